"""Benchmarks: each measures us beside a floor or a peer in the same run, and prints the ratio."""
