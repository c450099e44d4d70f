"""`homeward forget`: erase what is remembered in words, from the bytes of the files as well."""

import json
import re
import time
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer

from cache import forget as forget_answers
from mcp_server.answers import CacheKey
from mcp_server.cli.running import screen, told
from mcp_server.places import Places, places
from mcp_server.sqlite import SqliteTickets
from routing.learning.sqlite import SqliteOutcomes
from storage import Database
from storage.migrations import HOME
from vocabulary import HomewardError
from whitelist.sqlite import SqliteGrants
from whitelist.sqlite.forgetting import forget as forget_words
from whitelist.system_keyring import SystemKeyring

_LESSONS = "requests that routing learns from"


class NoSuchTime(HomewardError):
    """Neither a date nor a length of time."""


class Unfinished(HomewardError):
    """Erased from reach, while bytes of it stay until other programs are done with a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What is to go: what was made before a moment, or holds a text; both None is everything."""

    before: datetime | None = None
    matching: str | None = None

    def __call__(self, created: int, texts: Sequence[str]) -> bool:
        """Whether something made then (Unix milliseconds) with these texts is meant."""
        if self.matching is not None:
            return any(self.matching in folded(text) for text in texts)
        return self.sealed(created)

    def sealed(self, created: int) -> bool:
        """The same for what nobody can look into: it may hold any text."""
        return self.before is None or created < self.before.timestamp() * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """How much was erased, or would be. `whole` tells why files went as a whole.

    `busy` names the files in which bytes stay while another program reads them.
    """

    answers: int
    tickets: int
    reasons: int
    questions: int
    lessons: int
    whole: tuple[str, ...]
    busy: tuple[str, ...]

    def __str__(self) -> str:
        parts = [
            _counted(self.answers, "answer", "with question and vector"),
            _counted(self.tickets, "waiting ticket"),
            _counted(self.reasons, "reason of a proposal", plural="reasons of proposals"),
            _counted(self.questions, "question of consent", plural="questions of consent"),
            _counted(self.lessons, "request that routing learns from", plural=_LESSONS),
        ]
        if self.whole:
            parts.append(f"whole files that could not be searched ({' '.join(self.whole)})")
        return ", ".join(filter(None, parts))


def run_forget(
    before: str | None, matching: str | None, *, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Say what would go, ask unless `yes`, erase it. Erasing needs nobody's approval."""
    with told():
        chosen = _choose(before, matching)
        where = places()
        found = _forget(where, chosen, dry_run=True)
        if not dry_run:
            if str(found) and not yes:
                typer.confirm(f"This erases {found}. Go on?", abort=True, err=True)
            found = _forget(where, chosen, dry_run=False)
        _report(found, dry_run=dry_run, as_json=as_json)


def moment(text: str, now: datetime) -> datetime:
    """The moment that a date, a date and time (local where it says no zone), `30d` or `12h` means.

    Raises:
        NoSuchTime: it is none of them.
    """
    try:
        if ago := re.fullmatch(r"([0-9]{1,6})([dh])", text):
            unit = timedelta(days=1) if ago[2] == "d" else timedelta(hours=1)
            return now - int(ago[1]) * unit
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError, OSError):
        raise NoSuchTime(
            "That is no date and no length of time.",
            fix="Write a date (2026-11-30), a date and time (2026-11-30T18:00), 30d or 12h.",
        ) from None


def folded(text: str) -> str:
    """The text without the differences of case, width and composition (Unicode NFKC casefold)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _choose(before: str | None, matching: str | None) -> Chosen:
    if before is not None:
        return Chosen(before=moment(before, datetime.now(UTC)))
    if matching is not None and not matching.strip():
        raise HomewardError("A text to look for is needed.", fix="Or erase everything: --all.")
    return Chosen(matching=None if matching is None else folded(matching))


def _forget(where: Places, chosen: Chosen, *, dry_run: bool) -> Erased:
    key = CacheKey(where.cache_key, None if where.cache_key.exists() else SystemKeyring())
    caches: tuple[tuple[Path, Callable[[], bytes] | None], ...] = (
        (where.cache_database, None),
        (where.encrypted_cache, key.read),
    )
    done = {
        path: forget_answers(path, chosen, key=given, dry_run=dry_run) for path, given in caches
    }
    busy = [path for path, each in done.items() if not each.finished]
    tickets = reasons = questions = lessons = 0
    if where.home_database.exists():
        with closing(Database(where.home_database, HOME)) as database:
            tickets = SqliteTickets(database).forget(chosen.sealed, dry_run=dry_run)
            words = forget_words(database, chosen, dry_run=dry_run)
            reasons, questions = words.reasons, words.questions
            if chosen.matching is None:  # they hold no words to look for
                lessons = SqliteOutcomes(database).forget(
                    lambda choice: chosen.sealed(round(choice.at.timestamp() * 1000)),
                    dry_run=dry_run,
                )
            if not dry_run:
                if chosen.matching is None:
                    SqliteGrants(database, clock=time.time).forget(chosen.before)
                if not database.scrub():
                    busy.append(where.home_database)
    return Erased(
        answers=sum(each.answers for each in done.values()),
        tickets=tickets,
        reasons=reasons,
        questions=questions,
        lessons=lessons,
        whole=tuple(reason for each in done.values() for reason in each.whole),
        busy=tuple(map(str, busy)),
    )


def _report(found: Erased, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"dry_run": dry_run, **asdict(found)}))
    elif not str(found):
        _say("Nothing that is remembered is meant by that.")
    else:
        _say(f"{'Would erase' if dry_run else 'Erased'}: {found}.")
        _say("Ledger and audit log keep amounts and counts; no text is in them.", style="dim")
    if found.busy:
        raise Unfinished(
            "What was erased is out of everybody's reach, but another program still reads "
            f"{' and '.join(found.busy)}, so bytes of it stay in there.",
            fix="Close that program, then run `homeward forget` again: it finishes the work.",
        )


def _say(text: str, *, style: str | None = None) -> None:
    screen().print(text, style=style, markup=False, soft_wrap=True)


def _counted(number: int, one: str, more: str = "", *, plural: str = "") -> str:
    if not number:
        return ""
    return f"{number} {one if number == 1 else plural or f'{one}s'} {more}".rstrip()
