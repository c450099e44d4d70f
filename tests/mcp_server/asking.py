"""A question to the person, as an assistant's prompt leaves one behind."""

from typing import Any

from storage import Database
from storage.migrations import HOME
from tests.homes import Home
from whitelist import Grant, SqliteGrants

LATER = 2_000_000_000.0  # far ahead, so that it still waits today


def question(home: Home, **changes: Any) -> str:
    """The id of a question that waits in this home."""
    given: dict[str, Any] = {
        "fingerprint": "f" * 64,
        "destination": "api.openai.com",
        "model": "openai/gpt-6-luna",
        "task": "creative_writing",
        "counts": {"EMAIL": 2, "PHONE": 1},
        "samples": ["j•••@a•••.com", "+49 •••67"],
        "forms": ["redacted", "as_is"],
        "documents": ["acme.pdf"],
        "caller": "mcp:Cursor",
    }
    books = Database(home.places.home_database, HOME)
    made = SqliteGrants(books, clock=lambda: LATER).ask(**(given | changes))
    books.close()
    return made.id


def granted(home: Home, fingerprint: str = "f" * 64) -> tuple[Grant, ...]:
    """What stands for that content now."""
    books = Database(home.places.home_database, HOME)
    found = SqliteGrants(books, clock=lambda: 0.0).standing(fingerprint)
    books.close()
    return found
