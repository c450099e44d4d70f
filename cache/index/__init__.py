"""Finds what may be near, fast, among the sign bits of many vectors."""
