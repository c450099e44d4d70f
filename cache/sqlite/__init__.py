"""Remembered answers in one SQLite file."""

from cache.sqlite.answers import SqliteAnswers
from cache.sqlite.forgetting import Forgotten, forget

__all__ = ["Forgotten", "SqliteAnswers", "forget"]
