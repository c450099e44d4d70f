"""Experiments in the home database, and what the books say of the last month."""

from ledger.experiments.sqlite.history import History, Spread
from ledger.experiments.sqlite.store import HEAR_FOR, KEEP, LOST_AFTER, SqliteExperiments

__all__ = ["HEAR_FOR", "KEEP", "LOST_AFTER", "History", "Spread", "SqliteExperiments"]
