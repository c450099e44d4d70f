"""Benchmarks of the router's prior and of learning from outcomes, on files of known outcomes."""
