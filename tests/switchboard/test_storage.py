"""A full, locked, read-only or damaged disk: home still answers, nothing leaves unwritten."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import apsw
import pytest

from mcp_server.wiring import App, build
from storage import StorageError
from storage.errors import DamagedDatabase
from switchboard import Request
from switchboard.request import NOT_RECORDED
from tests.homes import EASY, HARD, Home
from tests.wire.faulty import WORDS, Faulty
from vocabulary import HomewardError
from whitelist.errors import AuditError

pytestmark = pytest.mark.anyio
CLOUD = "openai/gpt-6-luna"
LONG = "x" * 40_000
"""A caller's name whose row does not fit into what free space a page may still have."""

Trouble = Callable[[App], AbstractContextManager[None]]

OTHER_SERVED = f"You asked for {CLOUD.partition('/')[2]}, and tiny answered."
"""What a person is told of the stand-in, which serves under a name of its own."""


@contextmanager
def read_only(app: App) -> Iterator[None]:
    app.database.rows("pragma query_only = 1")  # binds root, too, whom file modes do not
    yield


@contextmanager
def full(app: App) -> Iterator[None]:
    [(pages,)] = app.database.rows("pragma page_count")
    app.database.rows(f"pragma max_page_count = {pages}")
    yield


@contextmanager
def locked(app: App) -> Iterator[None]:
    app.lessons.settle()
    app.database.rows("pragma busy_timeout = 50")
    other = apsw.Connection(str(app.database.path))
    other.execute("begin immediate")
    try:
        yield
    finally:
        other.close()


TROUBLES: list[tuple[str, Trouble, str]] = [
    ("read-only", read_only, "is read-only. Make the file and its folder writable"),
    ("full disk", full, "cannot grow: the disk is full. Free some space"),
    ("locked", locked, "is locked by another program. Close what holds it"),
]
each_trouble = pytest.mark.parametrize(
    ("trouble", "says"), [row[1:] for row in TROUBLES], ids=[row[0] for row in TROUBLES]
)


def with_a_cloud(home: Home, faulty: Faulty) -> None:
    """A cloud that would answer, and counts who comes."""
    address = faulty.at("none")
    home.openai(address)
    home.allow(address.split("//")[1].split("/")[0])


@each_trouble
async def test_a_local_answer_still_comes_and_says_that_it_was_not_recorded(
    local_home: Home, trouble: Trouble, says: str
) -> None:
    async with local_home.app() as app:
        with trouble(app):
            answer = await app.switchboard.answer(Request(prompt=EASY, max_tokens=20, caller=LONG))
        assert answer.local
        assert answer.text
        [notice] = [told for told in answer.notices if told.startswith(NOT_RECORDED)]
        assert says in notice
        assert app.database.rows("select id from attempts") == []


@each_trouble
async def test_a_remembered_answer_still_comes_and_says_the_same(
    local_home: Home, trouble: Trouble, says: str
) -> None:
    ask = Request(prompt=EASY, max_tokens=40, caller=LONG)
    async with local_home.app() as app:
        await app.switchboard.answer(ask)
        with trouble(app):
            again = await app.switchboard.answer(ask)
        assert again.cached == "exact"
        [notice] = again.notices
        assert notice.startswith(NOT_RECORDED)
        assert says in notice


@each_trouble
async def test_a_cloud_is_not_asked_when_its_cost_cannot_be_booked_first(
    local_home: Home, faulty: Faulty, trouble: Trouble, says: str
) -> None:
    with_a_cloud(local_home, faulty)
    async with local_home.app() as app:
        with trouble(app), pytest.raises(StorageError) as refusal:
            await app.switchboard.answer(
                Request(prompt=HARD, model=CLOUD, max_tokens=20, caller=LONG)
            )
        assert says in str(refusal.value)
        assert faulty.count["none"] == 0
        assert app.audit.tail(5) == []
        assert app.database.rows("select id from attempts") == []


async def test_the_same_cloud_is_asked_once_the_trouble_is_over(home: Home, faulty: Faulty) -> None:
    with_a_cloud(home, faulty)
    async with home.app() as app:
        ask = Request(prompt=HARD, model=CLOUD, max_tokens=20)
        with locked(app), pytest.raises(StorageError):
            await app.switchboard.answer(ask)
        answer = await app.switchboard.answer(ask)
        assert not answer.local
        assert answer.notices == (OTHER_SERVED,)
        assert faulty.count["none"] == 1
        assert app.database.rows("select outcome, cost from attempts") == [("ok", answer.cost)]


async def test_an_answer_that_was_paid_for_is_not_kept_back_by_books_that_fail_after_it(
    home: Home, faulty: Faulty
) -> None:
    with_a_cloud(home, faulty)
    async with home.app() as app:

        async def on_text(_: str) -> None:
            app.database.rows("pragma query_only = 1")

        ask = Request(prompt=HARD, model=CLOUD, max_tokens=20)
        answer = await app.switchboard.answer(ask, on_text=on_text)
        assert answer.text == "".join(WORDS)
        notice, other = answer.notices
        assert notice.startswith(NOT_RECORDED)
        assert other == OTHER_SERVED
        [(outcome, held)] = app.database.rows("select outcome, held from attempts")
        assert outcome == "open"
        assert held >= answer.cost  # what may have been spent stays taken off the budget


# --- the record -----------------------------------------------------------------------------


def no_file(home: Home) -> None:
    home.places.audit.mkdir()


def no_key(home: Home) -> None:
    home.places.audit_key.write_bytes(b"too short")


def no_lock(home: Home) -> None:
    home.places.audit.with_name("audit.jsonl.lock").mkdir()


@pytest.mark.parametrize("harm", [no_file, no_key, no_lock])
async def test_nothing_is_sent_while_it_cannot_be_written_down_first(
    home: Home, faulty: Faulty, harm: Callable[[Home], None]
) -> None:
    with_a_cloud(home, faulty)
    harm(home)
    async with home.app() as app:
        with pytest.raises(AuditError) as refusal:
            await app.switchboard.answer(Request(prompt=HARD, model=CLOUD, max_tokens=20))
        assert str(home.places.data) in refusal.value.what
        assert refusal.value.fix
        assert faulty.count["none"] == 0
        assert app.database.rows("select held, spent from spend where scope = 'all'") == [(0, 0)]


async def test_a_local_answer_needs_no_record(local_home: Home) -> None:
    no_file(local_home)
    async with local_home.app() as app:
        answer = await app.switchboard.answer(Request(prompt=EASY, max_tokens=40))
        assert answer.local
        assert answer.notices == ()


# --- damage ---------------------------------------------------------------------------------

NO_DATABASE = "Dear diary, this is not a database. " * 200


async def test_a_damaged_cache_is_moved_aside_and_answers_still_come(local_home: Home) -> None:
    local_home.places.cache_database.write_text(NO_DATABASE, encoding="utf-8")
    ask = Request(prompt=EASY, max_tokens=40)
    async with local_home.app() as app:
        answer = await app.switchboard.answer(ask)
        assert answer.text
        [notice] = answer.notices
        assert "The cache was damaged and has been moved to" in notice
        assert (await app.switchboard.answer(ask)).cached == "exact"
    [aside] = local_home.places.cache.glob("cache.db.damaged-*")
    assert aside.read_text(encoding="utf-8") == NO_DATABASE


async def test_a_cache_that_cannot_be_opened_is_done_without(local_home: Home) -> None:
    local_home.places.cache_database.symlink_to(local_home.places.cache_database)
    ask = Request(prompt=EASY, max_tokens=40)
    async with local_home.app() as app:
        for _ in range(2):
            answer = await app.switchboard.answer(ask)
            assert answer.cached == "no"
            assert answer.text
            [notice] = answer.notices
            assert "The cache rests for a minute." in notice
            assert "cannot be opened" in notice


async def test_a_damaged_ledger_is_told_before_anything_is_done(home: Home) -> None:
    home.places.home_database.write_text(NO_DATABASE, encoding="utf-8")
    with pytest.raises(DamagedDatabase) as refusal:
        build(home.places, environ=home.environ)
    assert str(refusal.value) == (
        f"The database {home.places.home_database} is damaged. "
        "Move it aside (Homeward makes a new one) and restore a backup if you have one."
    )
    assert home.places.home_database.read_text(encoding="utf-8") == NO_DATABASE


@pytest.mark.parametrize("folder", ["config", "data", "cache"])
async def test_a_folder_that_cannot_be_made_is_named(home: Home, folder: str) -> None:
    path = getattr(home.places, folder)
    for each in path.iterdir():
        each.unlink()
    path.rmdir()
    path.write_text("a file in its place", encoding="utf-8")
    with pytest.raises(HomewardError) as refusal:
        build(home.places, environ=home.environ)
    assert str(path) in refusal.value.what
    assert refusal.value.fix
