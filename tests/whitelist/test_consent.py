"""Every decision of a person is in the audit log; what cannot be written there is not allowed."""

from pathlib import Path

import pytest

from storage import Database
from storage.migrations import HOME
from whitelist import Audit, AuditError, FileKey, SqliteGrants, SqliteHeads, Unusable
from whitelist.consent import Consent
from whitelist.grants import Ask

NOW = 1_700_000_000.0


@pytest.fixture
def consent(tmp_path: Path) -> Consent:
    database = Database(tmp_path / "home.db", HOME)
    return Consent(
        grants=SqliteGrants(database, clock=lambda: NOW),
        audit=Audit(
            tmp_path / "audit.jsonl",
            key=FileKey(tmp_path / "audit.key"),
            heads=SqliteHeads(database),
            clock=lambda: NOW,
        ),
        channel="terminal",
    )


@pytest.fixture
def ask(consent: Consent) -> Ask:
    return consent.grants.ask(
        fingerprint="f",
        destination="api.openai.com",
        model="openai/gpt",
        task="translation",
        counts={"EMAIL": 2},
        samples=["j•••@a•••.com"],
        forms=["redacted"],
        documents=[],
        caller="Cursor",
    )


def unwritable(consent: Consent) -> None:
    consent.audit.path.mkdir()


def test_what_is_allowed_is_written_down(consent: Consent, ask: Ask) -> None:
    given = consent.allow(ask, "redacted")
    assert consent.grants.standing("f") == (given,)
    [line] = consent.audit.tail(9)
    assert (line.decision, line.consent, line.form) == ("consented", ask.id, "redacted")
    assert (line.destination, line.task, line.counts) == (
        "api.openai.com",
        "translation",
        {"EMAIL": 2},
    )
    assert (line.reason, line.caller) == ("by the person (terminal)", "Cursor")
    assert "j•" not in consent.audit.path.read_text()


def test_what_is_refused_is_written_down(consent: Consent, ask: Ask) -> None:
    assert consent.keep_local(ask).state == "refused"
    [line] = consent.audit.tail(9)
    assert (line.decision, line.consent) == ("refused", ask.id)


def test_a_host_for_a_while_is_written_down(consent: Consent) -> None:
    assert consent.allow_host("API.openai.com", caller="Cursor", seconds=900) == "api.openai.com"
    assert consent.grants.hosts() == ("api.openai.com",)
    [line] = consent.audit.tail(9)
    assert (line.decision, line.destination) == ("host allowed", "api.openai.com")
    assert line.reason == "by the person (terminal), for 900 s"


def test_nothing_is_allowed_that_cannot_be_written_down(consent: Consent, ask: Ask) -> None:
    unwritable(consent)
    with pytest.raises(AuditError):
        consent.allow(ask, "redacted")
    with pytest.raises(AuditError):
        consent.allow_host("api.openai.com", caller="x")
    assert consent.grants.standing("f") == ()
    assert consent.grants.hosts() == ()
    assert consent.grants.pending() == [ask]


def test_a_refusal_stands_even_if_it_cannot_be_written_down(consent: Consent, ask: Ask) -> None:
    unwritable(consent)
    assert consent.keep_local(ask).state == "refused"
    assert consent.grants.pending() == []


def test_what_may_not_be_allowed_leaves_no_line(consent: Consent, ask: Ask) -> None:
    with pytest.raises(Unusable):
        consent.allow(ask, "as_is")
    with pytest.raises(Unusable):
        consent.allow_host(".openai.com", caller="x")
    consent.grants.refuse(ask.id, channel="page")
    with pytest.raises(Unusable):
        consent.allow(ask, "redacted")
    assert consent.audit.tail(9) == []
