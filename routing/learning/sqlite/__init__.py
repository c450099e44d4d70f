"""Choices and outcomes in the home database."""

from routing.learning.sqlite.store import KEEP, SqliteOutcomes, Tally

__all__ = ["KEEP", "SqliteOutcomes", "Tally"]
