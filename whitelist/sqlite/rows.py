"""What the tables of this room have in common."""

from collections.abc import Callable
from typing import Any

HOUR_MS = 3_600_000
KEPT_MS = 30 * 24 * HOUR_MS
"""How long a row that has ended is kept."""


def unused(db: Any, new_id: Callable[[], str]) -> str:
    """An id that no proposal, question or grant has: a person types it without saying of what."""
    while True:
        made = new_id()
        if not db.execute(
            "select 1 from proposals where id = ?1 union all select 1 from asks where id = ?1 "
            "union all select 1 from grants where id = ?1",
            (made,),
        ).fetchall():
            return made
