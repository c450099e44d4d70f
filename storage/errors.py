"""What a database can do to a person, in words."""

from vocabulary import HomewardError


class StorageError(HomewardError):
    """The database cannot be read or written: locked, full, read-only, damaged or not openable."""


class DamagedDatabase(StorageError):
    """The file is not a database, or its pages contradict each other."""


class CannotEncrypt(StorageError):
    """A file is to be encrypted, and there is no key for it, or no SQLite that can use one."""


class KeyMismatch(StorageError):
    """The file is encrypted with another key, or is encrypted or plain where it should not be."""
