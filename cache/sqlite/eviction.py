"""Makes room: what has expired goes first, then the entries that are worth least."""

from typing import Any

from cache.store import Limits

SWEEP = 32
"""Expired entries removed with each new one: enough to keep up, too few to be felt."""

BATCH = 64
"""Most entries evicted with a new one. A limit that was lowered is reached in such steps."""

WAIT = 100
"""What a hit is worth beside the money it saves, in micro-dollars: nobody waited."""

FAIR_CHANCE_MS = 10 * 60 * 1000
"""A younger entry is rated as if it were this old: neither safe nor lost because it is new."""

# An entry's weight is the number of binary digits of its worth. Among entries of one weight the
# oldest are worth least, but for a factor of two: so the oldest of each weight are candidates, and
# no table of a million has to be read through.
CANDIDATES = """
    with recursive weights(weight) as (
        select min(weight) from answers
        union all
        select (select min(weight) from answers where weight > weights.weight)
        from weights where weights.weight is not null
    )
    select answers.id, cost, hits, saved, created from weights join answers on answers.id in (
        select id from answers as old where old.weight = weights.weight order by created limit ?2
    ) where answers.id <> ?1
"""


def worth(cost: int, hits: int, saved: int) -> int:
    """What an entry has saved, in micro-dollars, and would save if it were served once more."""
    return (hits + 1) * WAIT + saved + cost


def value(cost: int, hits: int, saved: int, age_ms: int) -> float:
    """Worth by age: hits times what each saved, divided by the time it took to get them."""
    return worth(cost, hits, saved) / max(age_ms, FAIR_CHANCE_MS)


def sweep(tx: Any, now: int) -> None:
    """Remove some of what has expired."""
    tx.execute(
        "delete from answers where id in (select id from answers where expires <= ? limit ?)",
        (now, SWEEP),
    )


def make_room(tx: Any, limits: Limits, *, spared: int, now: int) -> None:
    """Remove the least valuable while there is too much, a batch at most; never `spared`."""
    ((entries,),) = tx.execute("select entries from tally")
    surplus = entries - limits.max_entries
    if surplus <= 0 and used(tx) <= limits.max_bytes:
        return
    # Somewhat more than must be, so that not every new entry has to look for an old one.
    count = min(BATCH, max(surplus, limits.max_entries // 100)) if surplus > 0 else 0
    for place, entry in enumerate(_least_valuable(tx, spared, now)):
        if place >= count and used(tx) <= limits.max_bytes:
            return
        tx.execute("delete from answers where id = ?", (entry,))


def used(tx: Any) -> int:
    """Bytes of the file that hold something."""
    pages, free = tx.pragma("page_count"), tx.pragma("freelist_count")
    return int((pages - free) * tx.pragma("page_size"))


def _least_valuable(tx: Any, spared: int, now: int) -> list[int]:
    rows = tx.execute(CANDIDATES, (spared, BATCH + 1)).fetchall()
    rated = sorted(
        (value(cost, hits, saved, now - created), created, entry)
        for entry, cost, hits, saved, created in rows
    )
    return [entry for _, _, entry in rated[:BATCH]]
