"""What must have happened before a page's first command: by page, else a home with a cloud."""

import re
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta

from ledger import SqliteLedger
from storage import Database
from storage.migrations import HOME
from tests.docs.session import Session
from tests.homes import EASY, HARD, NOBODY
from tests.ledger.lines import entry, outcome
from tests.mcp_server.asking import question
from tests.mcp_server.commands import homeward
from tests.wire.batches import BatchServer
from tests.wire.listening import Reply, Request
from tests.wire.scribe import Scribe
from vocabulary import Money
from whitelist import SqliteProposals, Whitelist

Scene = Callable[[Session], None]


class _AtOnce(BatchServer):
    """Its batches have ended when they are looked at first."""

    async def _take(self, request: Request, reply: Reply) -> None:
        await super()._take(request, reply)
        self.finish()


def _asked(session: Session, *words: str) -> str:
    """The id of an answer that was given."""
    said = homeward(session.home, "ask", *words, HOME=str(session.folder))
    assert said.status == 0, said.everything
    [found] = set(re.findall(r"\b[0-9a-f]{12}\b", said.everything))
    return found


def _answered_at_home(session: Session) -> None:
    session.request_id = _asked(session, EASY)


def _answered_by_the_cloud(session: Session) -> None:
    session.request_id = _asked(session, HARD)


def _questions_and_proposals(session: Session) -> None:
    """A prompt went to the cloud, an assistant asked for another, and proposed a host."""
    _asked(session, HARD)
    session.names["w7k2pq9x"] = question(session.home)
    session.names["krk6ugpn"] = _proposed(session)


def _proposed(session: Session) -> str:
    with closing(Database(session.home.places.home_database, HOME)) as books:
        proposals = SqliteProposals(books, whitelist=Whitelist, clock=datetime.now(UTC).timestamp)
        return proposals.propose("cloud_api", "api.mistral.ai", "better code review", "mcp").id


def _remembered(session: Session) -> None:
    for each in ("What does acme sell?", "Who founded acme?"):
        _asked(session, each)


_CALLS = (
    ("claude-fable-5-2", datetime(2026, 11, 1, 12, tzinfo=UTC), 270_612),
    ("claude-fable-5-2", datetime(2026, 11, 2, 12, tzinfo=UTC), 156_951),
    ("claude-haiku-5-5", datetime.now(UTC), 90_000),
    ("claude-sonnet-5-5", datetime.now(UTC) - timedelta(hours=30), 40_000),
)


def _spent(session: Session) -> None:
    """Calls in the books, and an export that has others."""
    with closing(Database(session.home.places.home_database, HOME)) as books:
        ledger = SqliteLedger(books, zone=UTC)
        for model, at, cost in _CALLS:
            ledger.note(
                entry(at=at, model_asked=model), outcome(cost=Money(cost), model_served=model)
            )
    lines = (
        "2026-11-14,Claude Opus 5,input,3.21\n2026-11-01,Claude Fable 5.2,output,0.40\n"
        "2026-11-02,Claude Opus 5,input,0.01\n"
    )
    (session.folder / "claude_api_cost_2026_11.csv").write_text(
        f"usage_date_utc,model,token_type,cost_usd\n{lines}", encoding="utf-8"
    )


def _contracts(session: Session) -> None:
    """A folder with a contract, and a person whose home that is."""
    folder = session.folder / "Contracts"
    folder.mkdir()
    text = "The supplier pays a penalty of 5 % for late delivery. Contact: ann@acme.test.\n"
    (folder / "acme.txt").write_text(text, encoding="utf-8")


def _with_assistants(session: Session) -> None:
    """A machine on which these were started once."""
    named = (".cursor", ".codeium/windsurf", ".config/Claude", ".config/zed", ".claude")
    for name in (*named, ".config/Code/User", ".config/Code - Insiders/User"):
        (session.folder / name).mkdir(parents=True)
    (session.folder / ".claude.json").write_text("{}", encoding="utf-8")


def _with_a_key(session: Session) -> None:
    """A cloud with a key that nobody has allowed yet; nothing is sent to it."""
    del session.home.environ["ANTHROPIC_BASE_URL"]
    session.home.places.whitelist.unlink()


def _batches(session: Session) -> None:
    server = session.ending.enter_context(_AtOnce())
    session.home.anthropic(server.address, "a-key-for-tests")
    host = server.address.removeprefix("http://")
    session.home.allow(host, tasks="simple_completion = true")


_ANSWERS = {
    "capital of Spain": "Madrid.",
    "supplier pay": "The supplier pays 5 % for late delivery.",
}


def _with_a_model_that_knows(session: Session) -> None:
    """A person who begins: no settings yet, and a model at home that knows what the page asks."""
    known = Scribe(lambda said: [next((a for q, a in _ANSWERS.items() if q in said), "Hola.")])
    server = session.ending.enter_context(known)
    session.home.places.settings.unlink()
    session.home.environ = {"LLAMACPP_BASE_URL": f"{server.address}/v1", "OLLAMA_HOST": NOBODY}


def _as_a_newcomer(session: Session) -> None:
    _with_assistants(session)
    _with_a_key(session)
    _contracts(session)


HOSTS = ("claude-code", "claude-desktop", "cursor", "vscode", "windsurf", "zed")

SCENES: Mapping[str, Scene] = {
    "another-machine.md": _remembered,
    "batches.md": _batches,
    "cache.md": _remembered,
    "costs-in-the-terminal.md": _spent,
    "documents.md": _contracts,
    "first-answer.md": _with_a_model_that_knows,
    **{f"{host}.md": _with_assistants for host in ("hosts", *HOSTS)},
    "learning.md": _answered_at_home,
    "private-document.md": _with_a_model_that_knows,
    "private-documents.md": _contracts,
    "privacy.md": _questions_and_proposals,
    "providers.md": _with_a_key,
    "README.md": _as_a_newcomer,
    "review.md": _answered_by_the_cloud,
}
