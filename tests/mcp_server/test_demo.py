"""`homeward demo`, whole: real models, real answers, and a home of its own."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from mcp_server.places import places
from routing.providers.gemma import gemma
from tests.homes import Home
from tests.mcp_server.processes import HOMEWARD

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
PROMPTS = tomllib.loads((ROOT / "mcp_server" / "demo.toml").read_text(encoding="utf-8"))["prompt"]
ROW = re.compile(r"^ ?(\d+)\. (.*) → (cache|local|cloud|nowhere|failed)\b(.*)$", re.MULTILINE)


class Shown:
    """What a run said, and the folder that it ran in."""

    def __init__(self, folder: Path, status: int, out: str, err: str) -> None:
        self.folder, self.status, self.out, self.err = folder, status, out, err
        self.rows = [match.groups() for match in ROW.finditer(out)]
        self.flat = " ".join(out.split())

    def went(self, place: str) -> list[str]:
        return [about for _, _, to, about in self.rows if to == place]


@pytest.fixture(scope="session")
def models(encoder_folder: Path) -> Path:
    """The encoder and Gemma; the person's file of 253 MB is used where there is one."""
    made = gemma(places().models) if any(places().models.glob("gemma-*.gguf")) else None
    if made is not None:
        (encoder_folder / made.name).symlink_to(made)
    gemma(encoder_folder)
    return encoder_folder


@pytest.fixture(scope="session")
def shown(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """One run for all that is to be seen in it."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "cache").mkdir()
    (folder / "cache" / "models").symlink_to(models)
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder / "home"),
        "HOMEWARD_HOME": str(folder),
        "OLLAMA_HOST": "http://127.0.0.1:9",
        "OPENAI_API_KEY": "sk-synthetic-key-of-the-person",
        "TMPDIR": str(folder),
    }
    done = subprocess.run(
        [HOMEWARD, "demo", "--plain"], env=environ, capture_output=True, timeout=300
    )
    return Shown(folder, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_every_prompt_has_a_row_that_says_where_it_went_and_why(shown: Shown) -> None:
    assert (shown.status, shown.err) == (0, "")
    assert [int(number) for number, *_ in shown.rows] == list(range(1, 21))
    for (_, said, _, about), prompt in zip(shown.rows, PROMPTS, strict=True):
        assert prompt["text"].startswith(said)
        assert re.search(r"\(.+\); cache .+, .+ tokens, .+, ", about)


def test_it_shows_every_place_a_prompt_can_go(shown: Shown) -> None:
    assert shown.went("local")
    assert shown.went("cloud")
    assert all("$0.00," not in about for about in shown.went("cloud"))
    assert [about for about in shown.went("cache") if "cache exact" in about]
    assert [about for about in shown.went("cache") if "cache semantic 0.9" in about]
    assert shown.went("nowhere")
    assert shown.went("failed") == []


@pytest.mark.parametrize(
    ("note", "place"),
    [
        ("proof, holding an e-mail address", "local"),
        ("a card number", "local"),
        ("must stay at home", "local"),
        ("a cloud the whitelist forbids", "nowhere"),
        ("multi-step proof", "cloud"),
        ("code review", "cloud"),
    ],
)
def test_a_prompt_goes_where_the_rules_send_it(shown: Shown, note: str, place: str) -> None:
    [number] = [number for number, prompt in enumerate(PROMPTS) if prompt["note"] == note]
    assert shown.rows[number][2] == place


def test_questions_that_are_only_alike_have_answers_of_their_own(shown: Shown) -> None:
    alike = [n for n, prompt in enumerate(PROMPTS) if prompt["note"].startswith("alike, but not")]
    assert alike
    assert {shown.rows[number][2] for number in alike} == {"local"}


def test_it_ends_with_what_it_came_to_and_how_far_to_trust_it(shown: Shown) -> None:
    assert re.search(r"\b\d+ answered, \d+% by a local model, \d+% from the cache\.", shown.flat)
    assert re.search(r"Cost \$0\.0\d+; without Homeward, at anthropic/", shown.flat)
    assert "Nothing left this machine." in shown.flat
    assert "How far to trust these answers." in shown.flat
    assert "`ollama pull llama3.2:3b`" in shown.flat


def test_of_the_persons_own_folders_only_the_models_are_touched(shown: Shown) -> None:
    """And nothing of its own is left behind: its temporary home was in the same folder."""
    left = {path.relative_to(shown.folder).as_posix() for path in shown.folder.rglob("*")}
    assert left == {"cache", "cache/models"}


def test_where_an_ollama_has_a_model_it_is_used(local_home: Home, models: Path) -> None:
    done = subprocess.run(
        [HOMEWARD, "demo", "--plain", "--no-cloud"],
        env=local_home.for_process(),
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0
    rows = ROW.findall(done.stdout.decode())
    assert {to for _, _, to, _ in rows} <= {"local", "cache", "nowhere"}
    assert any("tiny" in about for _, _, _, about in rows)
    assert b"How far to trust" not in done.stdout
