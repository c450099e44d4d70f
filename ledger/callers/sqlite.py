"""Reads the names of callers from the lines of the books."""

from storage import Database

_SEEN = "select caller from attempts group by caller order by max(at) desc, caller"


def callers(database: Database) -> tuple[str, ...]:
    """Everybody who ever asked, the latest first. Reads every line: for what a person waits for.

    Raises:
        StorageError: the books cannot be read.
    """
    return tuple(caller for (caller,) in database.rows(_SEEN))
