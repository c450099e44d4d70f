"""An assistant can ask for an entry; only a person's decision ends the asking."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import Database
from storage.migrations import HOME
from tests.clocks import Clock
from whitelist import Refused, SqliteProposals, Unusable, Whitelist
from whitelist.proposals import IN_ALL_AN_HOUR, PER_CALLER_AN_HOUR, new_id

HOUR = 3600.0


@pytest.fixture
def clock() -> Clock:
    return Clock(1_700_000_000.0)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "home.db", HOME)
    yield database
    database.close()


@pytest.fixture
def proposals(database: Database, clock: Clock) -> SqliteProposals:
    listed = Whitelist(cloud_apis=(".mistral.ai",), mcp_servers=("memory",))
    return SqliteProposals(
        database,
        whitelist=lambda: listed,
        clock=clock,
        aliases={"openai": "api.openai.com"},
    )


def test_a_proposal_holds_the_exact_entry_and_waits(proposals: SqliteProposals) -> None:
    made = proposals.propose("cloud_apis", "API.OpenAI.com.", "to review code", "Cursor 1.0")
    assert made.resource_type == "cloud_api"
    assert made.resource_name == "api.openai.com"
    assert made.state == "pending"
    assert made.expires - made.created == 24 * 3600 * 1000
    assert proposals.pending() == [made]
    assert proposals.get(f" {made.id.upper()} ") == made


def test_a_provider_is_proposed_by_its_host(proposals: SqliteProposals) -> None:
    assert proposals.propose("cloud_api", "openai", "", "x").resource_name == "api.openai.com"


def test_the_same_entry_asked_twice_is_one_proposal(proposals: SqliteProposals) -> None:
    first = proposals.propose("domain", "github.com", "a", "one")
    assert proposals.propose("domains", "GitHub.com", "b", "two") == first
    assert proposals.propose("cloud_api", "github.com", "b", "two") != first


@pytest.mark.parametrize(
    ("kind", "name"),
    [("cloud_api", "eu.mistral.ai"), ("mcp_server", "memory"), ("task", "code_review")],
)
def test_what_is_allowed_already_is_said_so_and_not_stored(
    proposals: SqliteProposals, kind: str, name: str
) -> None:
    made = proposals.propose(kind, name, "", "x")
    assert (made.state, made.id) == ("allowed", "")
    assert proposals.pending() == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("cloud_api", "*"),
        ("cloud_api", ".com"),
        ("cloud_api", "https://api.openai.com/v1"),
        ("mcp_server", "a b"),
        ("task", "everything"),
        ("planet", "earth"),
    ],
)
def test_what_could_never_be_an_entry_is_not_proposed(
    proposals: SqliteProposals, kind: str, name: str
) -> None:
    with pytest.raises(Unusable):
        proposals.propose(kind, name, "", "x")
    assert proposals.pending() == []


def test_the_askers_words_are_made_safe_for_a_terminal(proposals: SqliteProposals) -> None:
    made = proposals.propose(
        "domain", "github.com", "\x1b[2J\x1b]0;x\x07please\napprove " + "a" * 999, "evil\x1b[1A"
    )
    assert made.reason.startswith("please approve aaa")
    assert len(made.reason) == 300
    assert made.caller == "evil"


def test_a_decision_is_taken_once(proposals: SqliteProposals) -> None:
    made = proposals.propose("domain", "github.com", "", "x")
    assert proposals.decide(made.id, approved=True).state == "approved"
    assert proposals.pending() == []
    with pytest.raises(Unusable, match="waits for a decision"):
        proposals.decide(made.id, approved=False)
    again = proposals.get(made.id)
    assert again is not None
    assert again.state == "approved"


def test_a_rejected_entry_can_be_asked_for_again(proposals: SqliteProposals) -> None:
    made = proposals.propose("domain", "github.com", "", "x")
    assert proposals.decide(made.id, approved=False).state == "rejected"
    assert proposals.propose("domain", "github.com", "", "x").id != made.id


def test_a_proposal_expires_after_a_day(proposals: SqliteProposals, clock: Clock) -> None:
    made = proposals.propose("domain", "github.com", "", "x")
    clock.now += 24 * HOUR
    assert proposals.pending() == []
    seen = proposals.get(made.id)
    assert seen is not None
    assert seen.state == "expired"
    with pytest.raises(Unusable):
        proposals.decide(made.id, approved=True)


def test_one_caller_cannot_flood_the_person(proposals: SqliteProposals, clock: Clock) -> None:
    for number in range(PER_CALLER_AN_HOUR):
        proposals.propose("domain", f"a{number}.org", "", "x")
    with pytest.raises(Refused) as caught:
        proposals.propose("domain", "more.org", "", "x")
    assert caught.value.rule == "rate of proposals"
    proposals.propose("domain", "a0.org", "", "x")  # what waits already may be asked for
    proposals.propose("domain", "more.org", "", "y")
    clock.now += HOUR
    proposals.propose("domain", "evenmore.org", "", "x")


def test_changing_its_name_does_not_help_a_caller(proposals: SqliteProposals) -> None:
    for number in range(IN_ALL_AN_HOUR):
        proposals.propose("domain", f"a{number}.org", "", f"caller {number}")
    with pytest.raises(Refused):
        proposals.propose("domain", "more.org", "", "another")


def test_old_proposals_are_forgotten_after_a_month(
    proposals: SqliteProposals, clock: Clock
) -> None:
    old = proposals.propose("domain", "github.com", "", "x")
    clock.now += 32 * 24 * HOUR
    proposals.propose("domain", "gitlab.com", "", "x")
    assert proposals.get(old.id) is None


def test_an_id_that_is_taken_is_not_used_twice(database: Database, clock: Clock) -> None:
    ids = itertools.chain(["aaaaaaaa", "aaaaaaaa", "bbbbbbbb"])
    proposals = SqliteProposals(
        database, whitelist=Whitelist, clock=clock, new_id=lambda: next(ids)
    )
    made = [proposals.propose("domain", f"a{n}.org", "", "x").id for n in range(2)]
    assert made == ["aaaaaaaa", "bbbbbbbb"]


def test_ids_are_easy_to_type_and_never_the_same() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(i) == 8 and not set(i) & set("01loi") for i in ids)


def test_a_second_process_sees_the_same_proposals(
    proposals: SqliteProposals, database: Database, clock: Clock
) -> None:
    made = proposals.propose("domain", "github.com", "", "x")
    other = Database(database.path, HOME)
    try:
        theirs = SqliteProposals(other, whitelist=Whitelist, clock=clock)
        assert theirs.pending() == [made]
        theirs.decide(made.id, approved=False)
    finally:
        other.close()
    assert proposals.pending() == []
