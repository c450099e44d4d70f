"""What a person allowed: once, for exactly this content, to exactly one host, for a short while."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from storage import Database
from storage.migrations import HOME
from tests.clocks import Clock
from whitelist import Ask, Form, Refused, SqliteGrants, SqliteProposals, Unusable, Whitelist
from whitelist.proposals import IN_ALL_AN_HOUR, PER_CALLER_AN_HOUR

NOW = 1_700_000_000.0
HOUR = 3600.0
CONTENT = "f" * 64
BOTH: tuple[Form, ...] = ("as_is", "redacted")


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "home.db", HOME)
    yield database
    database.close()


@pytest.fixture
def grants(database: Database, clock: Clock) -> SqliteGrants:
    return SqliteGrants(database, clock=clock)


def asked(grants: SqliteGrants, **changes: Any) -> Ask:
    given: dict[str, Any] = {
        "fingerprint": CONTENT,
        "destination": "api.anthropic.com",
        "model": "anthropic/claude",
        "task": "translation",
        "counts": {"EMAIL": 2},
        "samples": ["j•••@a•••.com"],
        "forms": BOTH,
        "documents": ["acme.pdf"],
        "caller": "Cursor",
    }
    return grants.ask(**(given | changes))


# --- questions ------------------------------------------------------------------------------


def test_a_question_says_what_to_whom_for_what_and_waits_a_day(grants: SqliteGrants) -> None:
    made = asked(grants)
    assert made == Ask(
        id=made.id,
        fingerprint=CONTENT,
        destination="api.anthropic.com",
        model="anthropic/claude",
        task="translation",
        counts={"EMAIL": 2},
        samples=("j•••@a•••.com",),
        forms=BOTH,
        documents=("acme.pdf",),
        caller="Cursor",
        created=int(NOW * 1000),
        expires=int((NOW + 24 * HOUR) * 1000),
        state="pending",
    )
    assert grants.pending() == [made]
    assert grants.get(f" {made.id.upper()} ") == made


def test_the_same_content_to_the_same_host_is_one_question(grants: SqliteGrants) -> None:
    first = asked(grants)
    assert asked(grants, caller="another", destination="API.Anthropic.com.") == first
    assert asked(grants, fingerprint="e" * 64) != first
    assert asked(grants, destination="api.openai.com") != first
    assert len(grants.pending()) == 3


@pytest.mark.parametrize("after", ["refused an hour ago", "granted", "expired"])
def test_once_it_was_decided_the_same_is_a_new_question(
    grants: SqliteGrants, clock: Clock, after: str
) -> None:
    first = asked(grants)
    if after == "refused an hour ago":
        grants.refuse(first.id, channel="terminal")
        clock.now += HOUR + 1
    elif after == "granted":
        grants.grant(first.id, "redacted", channel="terminal")
    else:
        clock.now += 24 * HOUR
    seen = grants.get(first.id)
    assert seen is not None
    assert seen.state == after.split()[0]
    assert grants.pending() == []
    assert asked(grants).id != first.id


def test_a_no_is_not_asked_away_within_the_hour(grants: SqliteGrants) -> None:
    first = asked(grants)
    grants.refuse(first.id, channel="terminal")
    again = asked(grants)
    assert (again.id, again.state) == (first.id, "refused")
    assert asked(grants, fingerprint="e" * 64).state == "pending"


@pytest.mark.parametrize(
    "host", ["https://api.openai.com/v1", ".openai.com", "*", "a@b.com", "1.2.3.4", "a b.com", ""]
)
def test_what_is_no_exact_host_is_not_asked_about(grants: SqliteGrants, host: str) -> None:
    with pytest.raises(Unusable):
        asked(grants, destination=host)
    assert grants.pending() == []


def test_foreign_words_are_made_safe_for_a_terminal(grants: SqliteGrants) -> None:
    made = asked(
        grants,
        model="\x1b[2Jm",
        task="a\nb",
        samples=["\x1b]0;x\x07s"],
        documents=["a\r\nb" * 200],
        caller="evil\x1b[1A",
    )
    assert (made.model, made.task, made.samples, made.caller) == ("m", "a b", ("s",), "evil")
    assert len(made.documents[0]) == 120
    assert len(asked(grants, fingerprint="e", samples=["x"] * 500).samples) == 20


def test_one_caller_cannot_flood_the_person(grants: SqliteGrants, clock: Clock) -> None:
    for number in range(PER_CALLER_AN_HOUR):
        asked(grants, fingerprint=str(number))
    with pytest.raises(Refused) as caught:
        asked(grants, fingerprint="more")
    assert caught.value.rule == "rate of questions"
    asked(grants, fingerprint="0")  # what waits already may be asked for
    asked(grants, fingerprint="more", caller="y")
    clock.now += HOUR
    asked(grants, fingerprint="evenmore")


def test_changing_its_name_does_not_help_a_caller(grants: SqliteGrants) -> None:
    for number in range(IN_ALL_AN_HOUR):
        asked(grants, fingerprint=str(number), caller=f"caller {number}")
    with pytest.raises(Refused):
        asked(grants, fingerprint="more", caller="another")


def test_no_question_has_the_id_of_a_proposal(database: Database, clock: Clock) -> None:
    ids = iter(["aaaaaaaa", "aaaaaaaa", "bbbbbbbb", "aaaaaaaa", "bbbbbbbb", "cccccccc"])

    def next_id() -> str:
        return next(ids)

    grants = SqliteGrants(database, clock=clock, new_id=next_id)
    proposals = SqliteProposals(database, whitelist=Whitelist, clock=clock, new_id=next_id)
    assert proposals.propose("domain", "github.com", "", "x").id == "aaaaaaaa"
    assert asked(grants).id == "bbbbbbbb"
    assert proposals.propose("domain", "gitlab.com", "", "x").id == "cccccccc"


# --- grants ---------------------------------------------------------------------------------


def test_a_grant_is_for_this_content_and_host_in_this_form_for_a_quarter_of_an_hour(
    grants: SqliteGrants,
) -> None:
    made = asked(grants)
    given = grants.grant(made.id, "redacted", channel="terminal")
    assert (given.ask_id, given.destination, given.form) == (
        made.id,
        "api.anthropic.com",
        "redacted",
    )
    assert given.expires == int((NOW + 15 * 60) * 1000)
    assert grants.standing(CONTENT) == (given,)
    assert grants.standing("e" * 64) == ()


def test_a_grant_is_spent_once(grants: SqliteGrants) -> None:
    given = grants.grant(asked(grants).id, "as_is", channel="terminal")
    assert grants.spend(given.id)
    assert not grants.spend(given.id)
    assert grants.standing(CONTENT) == ()
    assert not grants.spend("unknown")


def test_a_grant_that_expired_is_not_spent(grants: SqliteGrants, clock: Clock) -> None:
    given = grants.grant(asked(grants).id, "as_is", channel="terminal")
    clock.now += 15 * 60
    assert grants.standing(CONTENT) == ()
    assert not grants.spend(given.id)


@pytest.mark.parametrize(
    "counts",
    [{"CARD": 1}, {"EMAIL": 3, "SECRET": 1}, {"SOMETHING_NEW": 1}],
    ids=["card", "secret", "unknown"],
)
def test_a_secret_is_never_granted_as_it_is_whatever_forms_says(
    grants: SqliteGrants, database: Database, counts: dict[str, int]
) -> None:
    made = asked(grants, counts=counts)
    assert made.forms == ("redacted",)
    database.rows("update asks set forms = '[\"as_is\"]'")
    with pytest.raises(Unusable, match="may not be sent in that form"):
        grants.grant(made.id, "as_is", channel="terminal")
    assert grants.standing(CONTENT) == ()
    assert grants.pending() != []  # it was no decision


def test_only_a_form_that_was_offered_is_granted(grants: SqliteGrants) -> None:
    made = asked(grants, forms=["redacted"])
    with pytest.raises(Unusable):
        grants.grant(made.id, "as_is", channel="page")
    assert grants.grant(made.id, "redacted", channel="page").form == "redacted"


def test_a_decision_is_taken_once(grants: SqliteGrants) -> None:
    made = asked(grants)
    assert grants.refuse(made.id, channel="page").state == "refused"
    with pytest.raises(Unusable, match="waits for a decision"):
        grants.grant(made.id, "redacted", channel="terminal")
    with pytest.raises(Unusable):
        grants.refuse("unknown", channel="terminal")
    assert grants.standing(CONTENT) == ()


@pytest.mark.parametrize("channel", ["terminal", "page", "in_client"])
def test_where_a_person_decided_is_kept(
    grants: SqliteGrants, database: Database, channel: Any
) -> None:
    grants.grant(asked(grants).id, "as_is", channel=channel)
    grants.allow_host("api.openai.com", channel=channel)
    found = database.rows("select channel from asks union all select channel from grants")
    assert [*found, *database.rows("select channel from allowed_hosts")] == [(channel,)] * 3


# --- hosts for a while ----------------------------------------------------------------------


def test_a_host_is_allowed_for_a_while(grants: SqliteGrants, clock: Clock) -> None:
    assert grants.allow_host("API.OpenAI.com.", channel="in_client") == "api.openai.com"
    grants.allow_host("api.mistral.ai:8443", channel="terminal", seconds=60)
    assert grants.hosts() == ("api.mistral.ai:8443", "api.openai.com")
    clock.now += 60
    assert grants.hosts() == ("api.openai.com",)
    clock.now += 3540
    assert grants.hosts() == ()


def test_allowing_it_again_never_makes_it_shorter(grants: SqliteGrants, clock: Clock) -> None:
    grants.allow_host("api.openai.com", channel="terminal")
    grants.allow_host("api.openai.com", channel="in_client", seconds=1)
    clock.now += 3599
    assert grants.hosts() == ("api.openai.com",)


@pytest.mark.parametrize(
    ("host", "seconds"),
    [
        (".openai.com", 60),
        ("*.openai.com", 60),
        ("com", 60),
        ("10.0.0.1", 60),
        ("https://api.openai.com", 60),
        ("api.openai.com", 0),
        ("api.openai.com", -1),
        ("api.openai.com", 3601),
        ("api.openai.com", float("nan")),
        ("api.openai.com", float("inf")),
    ],
)
def test_never_more_than_one_exact_host_for_an_hour(
    grants: SqliteGrants, host: str, seconds: float
) -> None:
    with pytest.raises(Unusable):
        grants.allow_host(host, channel="in_client", seconds=seconds)
    assert grants.hosts() == ()


# --- taking back ----------------------------------------------------------------------------


def test_taking_everything_back_ends_all_that_was_allowed_or_asked(grants: SqliteGrants) -> None:
    given = grants.grant(asked(grants).id, "as_is", channel="terminal")
    waiting = asked(grants, fingerprint="e" * 64)
    grants.allow_host("api.openai.com", channel="terminal")
    assert grants.withdraw() == 3
    assert (grants.standing(CONTENT), grants.pending(), grants.hosts()) == ((), [], ())
    assert not grants.spend(given.id)
    seen = grants.get(waiting.id)
    assert seen is not None
    assert seen.state == "withdrawn"
    assert grants.withdraw() == 0


def test_what_ended_is_deleted_after_a_month(
    grants: SqliteGrants, database: Database, clock: Clock
) -> None:
    first = asked(grants)
    grants.grant(first.id, "as_is", channel="terminal")
    clock.now += 29 * 24 * HOUR
    asked(grants)
    assert grants.get(first.id) is not None
    clock.now += 2 * 24 * HOUR
    asked(grants)
    assert grants.get(first.id) is None
    assert database.rows("select count(*) from grants") == [(0,)]


def test_what_was_made_before_a_day_is_forgotten_at_once(
    grants: SqliteGrants, clock: Clock
) -> None:
    old = grants.grant(asked(grants).id, "as_is", channel="terminal")
    grants.allow_host("api.openai.com", channel="terminal")
    clock.now += 60
    new = asked(grants, fingerprint="e" * 64)
    grants.forget(datetime.fromtimestamp(NOW + 30, UTC))
    assert not grants.spend(old.id)
    assert (grants.pending(), grants.hosts()) == ([new], ())
    grants.forget(None)
    assert grants.pending() == []


# --- many at once ---------------------------------------------------------------------------


def _spend(path: Path, ids: list[str], start: Any, results: Any) -> None:
    grants = SqliteGrants(Database(path, HOME), clock=lambda: NOW)
    start.wait()
    results.put([grants.spend(grant_id) for grant_id in ids])


def test_of_two_processes_exactly_one_spends_each_grant(
    grants: SqliteGrants, database: Database
) -> None:
    ids = []
    for number in range(200):
        made = asked(grants, fingerprint=str(number), caller=str(number // 10), forms=BOTH)
        ids.append(grants.grant(made.id, "as_is", channel="terminal").id)
        database.rows("update asks set created = 0")  # the person has a lot of time
    spawn = multiprocessing.get_context("spawn")
    start, results = spawn.Barrier(2), spawn.Queue()
    work = (database.path, ids, start, results)
    workers = [spawn.Process(target=_spend, args=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    spent = [results.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
    assert [one + other for one, other in zip(*spent, strict=True)] == [True] * 200


def test_of_many_threads_exactly_one_spends_a_grant(grants: SqliteGrants) -> None:
    for number in range(15):
        given = grants.grant(asked(grants, fingerprint=str(number)).id, "as_is", channel="page")
        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(grants.spend, [given.id] * 16)) == 1
