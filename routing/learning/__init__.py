"""Learns from what became of the person's own requests which model is good enough for what."""
