"""What the commands about learning share: the outcomes, opened, and the prior they belong to."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mcp_server.places import make_private, places
from routing.learning.sqlite import SqliteOutcomes
from storage import Database
from storage.migrations import HOME
from vocabulary import HomewardError

if TYPE_CHECKING:
    from routing.prior import Prior


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The outcomes, and the database they are in."""

    outcomes: SqliteOutcomes
    database: Database


@contextmanager
def opened() -> Iterator[Kept]:
    """What is kept on this machine; nothing else of Homeward is started."""
    where = places()
    make_private(where.data)
    with closing(Database(where.home_database, HOME)) as database:
        yield Kept(outcomes=SqliteOutcomes(database), database=database)


def shipped_prior() -> "tuple[Prior | None, str]":
    """The prior, or why there is none."""
    from routing.prior import load

    try:
        return load(), ""
    except HomewardError as error:
        return None, str(error)


def requests(number: int) -> str:
    return f"{number:,} {'request' if number == 1 else 'requests'}"
