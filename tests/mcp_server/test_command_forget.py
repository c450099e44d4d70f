"""`homeward forget`: what is remembered in words goes, from every byte, and nothing else does."""

import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import pytest

from mcp_server.cli.forget import NoSuchTime, moment
from mcp_server.sqlite import SqliteTickets
from mcp_server.tickets import Tickets
from storage import Database
from storage.migrations import HOME
from tests import keyrings
from tests.cache.storing import entry
from tests.cache.test_forgetting import CANARY, cached, canaries, fill
from tests.encrypting import PATHS, on_disk, said
from tests.homes import Home
from tests.mcp_server.commands import homeward, process
from whitelist import SqliteGrants, SqliteProposals, Whitelist

DAY = 86_400.0


def bytes_of(home: Home) -> bytes:
    """Every byte of the data and cache folders, the encoder's graph left out."""
    (home.places.cache / "models").unlink(missing_ok=True)
    return on_disk(home.places.data) + on_disk(home.places.cache)


def left(home: Home) -> int:
    content = bytes_of(home)
    return sum(any(piece in content for piece in each) for each in canaries())


@contextmanager
def books(home: Home) -> Iterator[Database]:
    with closing(Database(home.places.home_database, HOME)) as database:
        yield database


def remember(home: Home, *, now: float) -> None:
    """Words of a person in every place that keeps some."""

    def clock() -> float:
        return now

    with cached(home.places.cache_database) as store:
        fill(store)
    with books(home) as database:
        tickets = Tickets(SqliteTickets(database), clock=clock)
        tickets.finish(tickets.issue(), "A sealed answer.")
        proposals = SqliteProposals(database, whitelist=Whitelist, clock=clock)
        proposals.propose("cloud_api", "api.openai.com", f"for the {CANARY} work", "a test")
        proposals.propose("cloud_api", "api.mistral.ai", "for other work", "a test")
        grants = SqliteGrants(database, clock=clock)
        for document in (f"{CANARY}.pdf", "other.pdf"):
            ask = grants.ask(
                fingerprint=document, destination="api.openai.com", model="m", task="translation",
                counts={"EMAIL": 1}, samples=["j•••@a•••.com"], forms=["redacted"],
                documents=[document], caller="a test",
            )  # fmt: skip
            grants.grant(ask.id, "redacted", channel="terminal")


@pytest.fixture
def filled(home: Home) -> Home:
    remember(home, now=datetime.now(UTC).timestamp())
    return home


def counts(home: Home) -> tuple[int, ...]:
    """Answers, tickets, reasons, questions and grants that are there."""
    with cached(home.places.cache_database) as store, books(home) as database:
        ((*found,),) = database.rows(
            "select (select count(*) from tickets), (select count(*) from proposals"
            " where reason <> ''), (select count(*) from asks), (select count(*) from grants)"
        )
        return (store.contents().entries, *found)


def test_the_canaries_are_in_the_bytes_before(filled: Home) -> None:
    assert left(filled) == len(canaries())
    assert counts(filled) == (120, 1, 2, 2, 2)


def test_what_holds_a_text_goes_and_is_in_no_byte(filled: Home) -> None:
    done = homeward(filled, "forget", "--matching", CANARY.upper(), "--yes")
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        "Erased: 40 answers with question and vector, 1 waiting ticket, 1 reason of a proposal, "
        "1 question of consent.\n"
        "Ledger and audit log keep amounts and counts; no text is in them.\n"
    )
    assert counts(filled) == (80, 0, 1, 1, 1)
    assert left(filled) == 0


def test_everything_goes_and_the_same_is_in_no_byte(filled: Home) -> None:
    done = homeward(filled, "forget", "--all", "--yes", "--json")
    assert json.loads(done.out) == {
        "dry_run": False, "answers": 120, "tickets": 1, "reasons": 2, "questions": 2,
        "lessons": 0,
        "whole": [], "busy": [],
    }  # fmt: skip
    assert counts(filled) == (0, 0, 0, 0, 0)
    content = bytes_of(filled)
    assert left(filled) == 0
    assert b"the router number" not in content
    assert b"for other work" not in content
    assert b"other.pdf" not in content


def test_what_is_older_goes_and_what_is_younger_stays(home: Home) -> None:
    now = datetime.now(UTC)
    with cached(home.places.cache_database) as store:
        for age in (40, 20, 1):
            then = round((now - timedelta(days=age)).timestamp() * 1000)
            lives = {"created": then, "expires": then + 100 * round(DAY) * 1000}
            store.put(entry(f"How do I reset it, {age}?", f"{CANARY} {age}", **lives))
    with books(home) as database:
        for age in (1.0, 40.0):
            Tickets(
                SqliteTickets(database), clock=lambda age=age: now.timestamp() - age * DAY
            ).issue()
    done = homeward(home, "forget", "--before", "30d", "--yes")
    assert "1 answer with question and vector, 1 waiting ticket." in done.out
    date = (now - timedelta(days=10)).strftime("%Y-%m-%d")
    done = homeward(home, "forget", "--before", date, "--yes")
    assert "Erased: 1 answer with question and vector.\n" in done.out
    content = bytes_of(home)
    assert [f"{CANARY} {age}".encode() in content for age in (40, 20, 1)] == [False, False, True]


def test_a_dry_run_says_how_much_and_leaves_all(filled: Home) -> None:
    done = homeward(filled, "forget", "--matching", CANARY, "--dry-run")
    assert done.out.startswith("Would erase: 40 answers with question and vector, 1 waiting")
    assert counts(filled) == (120, 1, 2, 2, 2)


@pytest.mark.parametrize(("typed", "status", "stays"), [(b"y\n", 0, 0), (b"n\n", 1, 120)])
def test_it_asks_first_and_does_what_is_answered(
    filled: Home, typed: bytes, status: int, stays: int
) -> None:
    done = homeward(filled, "forget", "--all", stdin=typed)
    assert done.status == status
    assert "This erases 120 answers" in done.err
    assert counts(filled)[0] == stays


def test_without_an_answer_nothing_is_erased(filled: Home) -> None:
    assert homeward(filled, "forget", "--all").status == 1
    assert counts(filled)[0] == 120


@pytest.mark.parametrize(
    "options",
    [(), ("--all", "--before", "1d"), ("--matching", "x", "--before", "1d"), ("--all", "--nope")],
    ids=" ".join,
)
def test_one_way_to_choose_has_to_be_named(filled: Home, options: tuple[str, ...]) -> None:
    assert homeward(filled, "forget", "--yes", *options).status == 2
    assert counts(filled)[0] == 120


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--before", "soon"), "That is no date and no length of time. Write a date (2026-11-30)"),
        (("--matching", " "), "A text to look for is needed."),
    ],
    ids=["no time", "no text"],
)
def test_what_cannot_be_understood_erases_nothing(
    filled: Home, options: tuple[str, ...], says: str
) -> None:
    done = homeward(filled, "forget", "--yes", *options)
    assert done.status == 1
    assert done.err.startswith(says)
    assert counts(filled)[0] == 120


def test_where_nothing_is_meant_that_is_said_and_no_file_is_made(home: Home) -> None:
    before = sorted(home.places.data.iterdir()), sorted(home.places.cache.iterdir())
    done = homeward(home, "forget", "--all")
    assert (done.status, done.out) == (0, "Nothing that is remembered is meant by that.\n")
    assert (sorted(home.places.data.iterdir()), sorted(home.places.cache.iterdir())) == before


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        ("Straße", "STRASSE"),
        ("Ärger", "a\u0308rger"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER C}anary", "canary"),
        ("İzmir", "i̇zmir"),
    ],
    ids=["sharp s", "composition", "width", "dotted i"],
)
def test_case_composition_and_width_do_not_hide_a_text(home: Home, kept: str, typed: str) -> None:
    with cached(home.places.cache_database) as store:
        store.put(entry("How do I say it?", f"Say {kept} please."))
        store.put(entry("How do I say another?", "Say nothing."))
    done = homeward(home, "forget", "--matching", typed, "--yes")
    assert done.out.startswith("Erased: 1 answer with question and vector.")


NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("30d", NOW - timedelta(days=30)),
        ("12h", NOW - timedelta(hours=12)),
        ("2026-11-20T08:00+02:00", datetime(2026, 11, 20, 6, 0, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 20).astimezone()),
    ],
)
def test_a_moment_is_a_date_or_a_time_ago(text: str, means: datetime) -> None:
    assert moment(text, NOW) == means


@pytest.mark.parametrize("text", ["", "d", "30", "-1d", "30 d", "9999999d", "2026-13-01", "٣d"])
def test_what_is_no_moment_is_told(text: str) -> None:
    with pytest.raises(NoSuchTime, match="That is no date"):
        moment(text, NOW)


# --- others have the files open -------------------------------------------------------------


def reading(path: Path) -> apsw.Connection:
    """Another program, in the middle of reading the state that the file has now."""
    reader = apsw.Connection(str(path))
    reader.execute("begin; select * from sqlite_schema").fetchall()
    return reader


@pytest.mark.slow  # it waits for the other program, as it should
def test_while_another_program_reads_it_says_what_stays_and_the_next_run_finishes(
    filled: Home,
) -> None:
    readers = [reading(filled.places.cache_database), reading(filled.places.home_database)]
    done = homeward(filled, "forget", "--matching", CANARY, "--yes")
    assert done.status == 1
    assert done.out.startswith("Erased: 40 answers")
    told = re.sub(r"\s+", " ", done.err)
    assert told == (
        "What was erased is out of everybody's reach, but another program still reads "
        f"{filled.places.cache_database} and {filled.places.home_database}, so bytes of it stay "
        "in there. Close that program, then run `homeward forget` again: it finishes the work. "
    )
    assert left(filled) > 0
    for reader in readers:
        reader.close()
    done = homeward(filled, "forget", "--matching", CANARY)
    assert (done.status, done.out) == (0, "Nothing that is remembered is meant by that.\n")
    assert left(filled) == 0


@pytest.mark.slow  # it waits for the other program, as it should
def test_a_file_that_another_program_locks_is_told(filled: Home) -> None:
    other = apsw.Connection(str(filled.places.home_database))
    other.execute("begin immediate")
    done = homeward(filled, "forget", "--all", "--yes")
    assert done.status == 1
    assert "is locked by another program. Close what holds it, then try again." in done.err
    other.close()


# --- the encrypted cache --------------------------------------------------------------------

FILL = """
import sys
from contextlib import closing
from pathlib import Path
from mcp_server.answers import answers
from mcp_server.places import places
from mcp_server.settings import load
from tests.cache.test_forgetting import fill
from whitelist.system_keyring import SystemKeyring
where = places()
with closing(answers(load(where.settings), where, SystemKeyring())) as store:
    fill(store)
    assert store.notice is None, store.notice
"""


@pytest.fixture
def encrypted(home: Home, tmp_path: Path) -> Home:
    home.settings("[cache]\nencrypted = true\n")
    kept = {"PYTHON_KEYRING_BACKEND": keyrings.KEPT, "KEPT_IN": str(tmp_path / "kept.json")}
    home.environ |= {"PYTHONPATH": PATHS, **kept}
    said(FILL, **home.for_process())
    assert home.places.encrypted_cache.stat().st_size > 100_000
    assert left(home) == 0
    return home


@pytest.mark.slow
def test_in_an_encrypted_cache_the_same_is_found_and_erased(encrypted: Home) -> None:
    done = process(encrypted, "forget", "--matching", CANARY, "--yes")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("Erased: 40 answers with question and vector.\n")
    done = process(encrypted, "forget", "--all", "--dry-run")
    assert done.out.startswith("Would erase: 80 answers with question and vector.\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"KEPT_IN": "/nowhere/kept.json"}, "The key of the encrypted cache is gone."),
        ({"PYTHON_KEYRING_BACKEND": keyrings.NONE}, "This machine has no system keyring"),
        ({"PYTHONPATH": ""}, "the SQLite that is installed cannot."),
    ],
    ids=["key gone", "no keyring", "no ciphers"],
)
def test_an_encrypted_cache_that_cannot_be_read_goes_as_a_whole_and_that_is_said(
    encrypted: Home, changes: dict[str, str], because: str
) -> None:
    done = process(encrypted, "forget", "--matching", "nothing like it", "--dry-run", **changes)
    assert "Would erase: whole files that could not be searched (" in done.out
    assert encrypted.places.encrypted_cache.exists()
    done = process(encrypted, "forget", "--matching", "nothing like it", "--yes", **changes)
    assert (done.status, done.err) == (0, "")
    assert because in done.out
    assert not encrypted.places.encrypted_cache.exists()
