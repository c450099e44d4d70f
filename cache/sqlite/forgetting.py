"""Erases remembered answers by their age or their words, so that no byte of them is left."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from storage import Database
from storage.erasing import erase
from storage.errors import CannotEncrypt, DamagedDatabase, KeyMismatch
from storage.migrations import CACHE
from storage.sqlite import BUSY_TIMEOUT_MS

Chosen = Callable[[int, Sequence[str]], bool]
"""Whether what was made then (Unix milliseconds), and has these texts, is to go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was erased: single answers, and files as a whole, each with the reason in a sentence.

    `finished` is False while other processes still read an older state of the file.
    """

    answers: int = 0
    whole: tuple[str, ...] = ()
    finished: bool = True


def forget(
    path: Path,
    chosen: Chosen,
    *,
    key: Callable[[], bytes] | None = None,
    busy_timeout_ms: int = BUSY_TIMEOUT_MS,
    dry_run: bool = False,
) -> Forgotten:
    """Erase the chosen answers with their questions and vectors, also from log and free pages.

    A file that cannot be searched (its key is gone, it is damaged, it was moved aside) is erased as
    a whole: it may be thrown away, and what is in it may be what was meant. What an earlier run
    left unfinished is finished. `dry_run` only counts.

    Raises:
        StorageError: the file is locked, or may not be written.
    """
    aside = tuple(f"The database {file} is damaged." for file in _asides(path))
    if not dry_run:
        erase_asides(path)
    if not path.exists():
        return Forgotten(whole=aside)
    try:
        given = None if key is None else key()
        with closing(Database(path, CACHE, key=given, busy_timeout_ms=busy_timeout_ms)) as db:
            if dry_run:
                return Forgotten(answers=len(_numbers(db, chosen)), whole=aside)
            gone = _delete(db, chosen)
            return Forgotten(answers=gone, whole=aside, finished=db.scrub())
    except (CannotEncrypt, KeyMismatch, DamagedDatabase) as error:
        if not dry_run:
            erase(path)
        return Forgotten(whole=(error.what, *aside))


def erase_asides(path: Path) -> None:
    """Erase the damaged files that were moved aside from this place.

    Raises:
        StorageError: one could not be erased.
    """
    for file in _asides(path):
        erase(file)


def _asides(path: Path) -> list[Path]:
    """Files only: a folder that was in the way holds nothing of ours."""
    return sorted(file for file in path.parent.glob(f"{path.name}.damaged-*") if file.is_file())


def _numbers(db: Database, chosen: Chosen) -> list[tuple[int]]:
    rows = db.rows("select id, created, question, answer from answers")
    return [(number,) for number, created, *texts in rows if chosen(created, texts)]


def _delete(db: Database, chosen: Chosen) -> int:
    with db.transaction() as tx:
        numbers = _numbers(db, chosen)
        tx.executemany("delete from answers where id = ?", numbers)
    return len(numbers)
