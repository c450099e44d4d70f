"""Counts hits without making anybody wait: what cannot be written at once is written later."""

import threading
from typing import Any

from cache.sqlite.eviction import worth

Taken = dict[int, tuple[int, int]]
"""By entry: how many hits, and how much they saved in micro-dollars."""


class Hits:
    """Hits by entry that are not in the file yet. Those of a process that is killed are lost."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: Taken = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, entry_id: int, saved: int, hits: int = 1) -> None:
        with self._lock:
            hits_before, saved_before = self._waiting.get(entry_id, (0, 0))
            self._waiting[entry_id] = (hits_before + hits, saved_before + saved)

    def take(self) -> Taken:
        """All of them; who cannot write them gives them back."""
        with self._lock:
            taken, self._waiting = self._waiting, {}
            return taken

    def give_back(self, taken: Taken) -> None:
        for entry_id, (hits, saved) in taken.items():
            self.add(entry_id, saved, hits)


def write(tx: Any, taken: Taken) -> None:
    """Add them to the entries that are still there."""
    for entry_id, (more, also_saved) in taken.items():
        sql = "select cost, hits, saved from answers where id = ?"
        for cost, hits, saved in tx.execute(sql, (entry_id,)).fetchall():
            weight = worth(cost, hits + more, saved + also_saved).bit_length()
            tx.execute(
                "update answers set hits = hits + ?, saved = saved + ?, weight = ? where id = ?",
                (more, also_saved, weight, entry_id),
            )
