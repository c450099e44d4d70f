"""The books in SQLite."""

from ledger.sqlite.books import SqliteLedger

__all__ = ["SqliteLedger"]
