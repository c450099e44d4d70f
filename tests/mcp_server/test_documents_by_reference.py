"""Documents by reference, as an assistant asks for them: what it sees, and what it never does."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.homes import HARD, Home
from tests.mcp_server.clients import ERAS, Mode, connected, facts, text
from tests.wire.scribe import Scribe

pytestmark = pytest.mark.anyio

EMAIL = "ada.lovelace@analytical-engines.co.uk"
IBAN = "DE89370400440532013000"
PAPER = f"The rent is 900 EUR a month, to be paid to {IBAN}.\nQuestions go to {EMAIL}.\n"


@pytest.fixture(params=ERAS)
def era(request: pytest.FixtureRequest) -> Mode:
    mode: Mode = request.param
    return mode


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "rent.txt").write_text(PAPER)
    return folder


@contextmanager
def reading(home: Home, *folders: Path, says: str = "", context: int = 8192) -> Iterator[Scribe]:
    """A model at home that answers with `says`, else with all it was told; these folders open."""
    with Scribe(lambda said: [says or said]) as local:
        home.settings(
            f'[providers.llamacpp]\naddress = "{local.address}/v1"\n'
            f'[models."llamacpp/tiny"]\ncontext = {context}\n'
        )
        home.allow()
        rules = home.places.whitelist.read_text()
        opened = ", ".join(f"'{folder}'" for folder in folders)
        home.places.whitelist.write_text(f"folders = [{opened}]\n{rules}")
        yield local


async def test_the_answer_returns_without_the_data_and_the_model_at_home_saw_all_of_it(
    home: Home, papers: Path, monkeypatch: pytest.MonkeyPatch, era: Mode
) -> None:
    asked = {"prompt": "What is the rent?", "files": [str(papers / "rent.txt")]}
    with reading(home, papers) as local:
        async with connected(home, monkeypatch, era) as client:
            result = await client.call_tool("route_prompt", asked)
        assert IBAN in local.heard[0]
        assert "gives no instructions" in local.heard[0]
    told = facts(result)
    assert "The rent is 900 EUR" in told["answer"]
    assert "[[IBAN_1]]" in told["answer"]
    assert "[[EMAIL_1]]" in told["answer"]
    for value in (IBAN, EMAIL):
        assert value not in result.model_dump_json()
    assert any("Taken out of the answer: 1× IBAN" in notice for notice in told["notices"])
    assert told["where"] == "local"


async def test_delivered_to_a_file_only_its_path_returns_and_the_file_has_all(
    home: Home, papers: Path, monkeypatch: pytest.MonkeyPatch, era: Mode
) -> None:
    asked = {"prompt": "Copy it.", "files": [str(papers / "rent.txt")], "deliver": "file"}
    with reading(home, papers, says=PAPER):
        async with connected(home, monkeypatch, era) as client:
            first = facts(await client.call_tool("route_prompt", asked))
            second = facts(await client.call_tool("route_prompt", asked))
    written = Path(first["file"])
    assert written.parent == papers
    assert written.read_text() == PAPER
    assert written.stat().st_mode & 0o777 == 0o600
    assert first["answer"] == ""
    assert second["file"] != first["file"]
    assert (papers / "rent.txt").read_text() == PAPER


REFUSED = [
    ("no folder is open", False, "rent.txt", {}, "homeward folders add"),
    ("outside", True, "/etc/hostname", {}, "not in a folder that is open"),
    ("a way out", True, "../secret.txt", {}, "not in a folder that is open"),
    ("not there", True, "nothing.txt", {}, "nothing.txt"),
    ("nothing to write beside", True, "", {"deliver": "file"}, "none was named"),
    ("a plan", True, "rent.txt", {"dry_run": True}, "plan"),
    ("not a document", True, "tool.bin", {}, "not a document"),
]


@pytest.mark.parametrize(
    ("opened", "name", "more", "says"), [row[1:] for row in REFUSED], ids=[r[0] for r in REFUSED]
)
async def test_what_cannot_be_done_is_said_in_a_sentence_and_no_model_is_asked(
    home: Home,
    papers: Path,
    monkeypatch: pytest.MonkeyPatch,
    opened: bool,
    name: str,
    more: dict[str, object],
    says: str,
) -> None:
    (papers.parent / "secret.txt").write_text("It is hidden here.")
    (papers / "tool.bin").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(100))
    folders = [papers] if opened else []
    asked = {"prompt": "Read it.", "files": [name] if name else [], **more}
    with reading(home, *folders) as local:
        async with connected(home, monkeypatch) as client:
            result = await client.call_tool("route_prompt", asked)
        assert local.heard == []
    assert result.is_error
    assert says in text(result)
    assert "hidden" not in text(result)


async def test_a_document_larger_than_the_models_context_is_read_in_parts(
    home: Home, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"In year {year} the harvest was {year * 3} tons." for year in range(900)]
    (papers / "long.md").write_text("\n".join(lines))
    asked = {"prompt": "How was the harvest?", "files": ["long.md"]}
    with reading(home, papers, says="Good.", context=2048) as local:
        async with connected(home, monkeypatch) as client:
            told = facts(await client.call_tool("route_prompt", asked))
        parts = [heard for heard in local.heard if "This is part" in heard]
    assert len(parts) > 5
    assert all(any(line in part for part in parts) for line in lines)
    assert f"Read in {len(parts)} parts, and answered from notes on them." in told["notices"]


async def test_without_a_model_at_home_a_cloud_is_asked_about_never_used(
    home: Home, papers: Path, monkeypatch: pytest.MonkeyPatch, era: Mode
) -> None:
    with Scribe() as cloud:
        home.anthropic(cloud.address, "a-key-for-tests")
        home.allow(cloud.address.removeprefix("http://"))
        rules = home.places.whitelist.read_text()
        home.places.whitelist.write_text(f"folders = ['{papers}']\n{rules}")
        async with connected(home, monkeypatch, era) as client:
            asked = {"prompt": HARD, "files": ["rent.txt"]}
            told = facts(await client.call_tool("route_prompt", asked))
        assert cloud.heard == []
    assert told["status"] == "consent_required"
    assert "a document" in told["answer"]
    assert IBAN not in told["answer"]


async def test_the_answer_of_a_slow_model_is_not_told_in_part(
    home: Home, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"prompt": "Copy it.", "files": ["rent.txt"]}
    with reading(home, papers, says=PAPER):
        async with connected(home, monkeypatch, patience_s=0.0) as client:
            result = await client.call_tool("route_prompt", asked)
            assert IBAN not in result.model_dump_json()
            told = facts(result)
            while told["status"] == "working":
                redeemed = await client.call_tool("route_prompt", {"ticket": told["ticket"]})
                assert IBAN not in redeemed.model_dump_json()
                told = facts(redeemed)
    assert "[[IBAN_1]]" in told["answer"]


async def test_a_cloud_that_was_allowed_a_redacted_document_can_put_no_value_into_the_answer(
    home: Home, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = ("X1234567", "hunter2!Zq9", IBAN)
    note = f"Passport number: X1234567\nThe password is hunter2!Zq9\nIBAN: {IBAN}\n"
    (papers / "pass.txt").write_text(note)
    reply = "No: [[ID_1]], pw [[SECRET_1]], iban x[[IBAN_1]]y ref[[IBAN_1]]"
    with Scribe(lambda _: [reply]) as cloud:
        home.anthropic(cloud.address, "a-key-for-tests")
        home.allow(cloud.address.removeprefix("http://"))
        rules = home.places.whitelist.read_text()
        home.places.whitelist.write_text(f"folders = ['{papers}']\n{rules}")
        asked = {"prompt": HARD, "files": ["pass.txt"]}
        async with connected(home, monkeypatch) as client:
            told = facts(await client.call_tool("route_prompt", asked))
            async with home.app() as app:
                app.grants.grant(told["consent_id"], "redacted", channel="terminal")
            result = await client.call_tool("route_prompt", asked)
        sent = cloud.everything
    assert facts(result)["where"] == "cloud"
    for value in values:
        assert value not in sent
        assert value not in result.model_dump_json()
    assert hashlib.sha256(note.encode()).hexdigest()[:8] not in sent
