"""Opens the database and applies numbered migrations."""

from storage.errors import StorageError
from storage.sqlite import Database

__all__ = ["Database", "StorageError"]
