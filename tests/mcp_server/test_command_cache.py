"""`homeward cache`: what a person sees of the answers, moves, and clears."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from cache import Found
from switchboard import Request
from tests.cache.storing import bulk, entry
from tests.homes import Home
from tests.mcp_server.commands import Said, homeward, process
from tests.wire.scribe import Scribe

PLAIN = "How large is the moon?"
REWORDED = "How big is the moon?"
OTHER = "How large is the sun?"
EMAIL = "ada.lovelace@analytical-engines.co.uk"


@pytest.fixture
def model(home: Home) -> Iterator[Scribe]:
    """A model at home that counts its calls."""
    with Scribe(lambda _: ["Paris."]) as server:
        home.settings(f'[providers.llamacpp]\naddress = "{server.address}/v1"\n')
        yield server


def mine(prompt: str) -> Request:
    return Request(prompt=prompt, caller="homeward ask", origin="terminal")


def remembering(home: Home, *prompts: str) -> list[str]:
    """Ask these, as `homeward ask` does; how the cache answered each."""

    async def ask() -> list[str]:
        async with home.app() as app:
            return [(await app.switchboard.answer(mine(prompt))).cached for prompt in prompts]

    return anyio.run(ask)


def kept(home: Home) -> list[Found]:
    async def look() -> list[Found]:
        async with home.app() as app:
            assert app.cache is not None
            return [each.found for each in app.cache.listed(limit=100)]

    return anyio.run(look)


def facts(said: Said) -> dict[str, object]:
    assert said.status == 0, said.err
    found: dict[str, object] = json.loads(said.out)
    return found


def test_stats_say_how_much_is_kept_and_what_it_saved(home: Home, model: Scribe) -> None:
    remembering(home, PLAIN, PLAIN, OTHER)
    told = facts(homeward(home, "cache", "stats", "--json"))
    assert (told["entries"], told["hits"], told["encrypted"]) == (2, 1, False)
    assert told["limits"] == {"entries": 100_000, "bytes": 512 * 2**20}
    assert told["hit_rate_this_month"] == pytest.approx(1 / 3, abs=1e-4)
    assert float(str(told["saved_usd"])) > 0
    for_people = homeward(home, "cache", "stats")
    assert "2 of at most 100,000" in for_people.out
    assert "in plain text, readable for you alone" in for_people.out


def test_stats_tell_the_limits_that_are_set_and_what_lies_beyond_them(
    home: Home, model: Scribe
) -> None:
    bulk(home.places.cache_database, (entry(f"{number}") for number in range(150)))
    text = home.places.settings.read_text(encoding="utf-8")
    home.settings(f"{text}\n[cache]\nmax_entries = 100\nmax_mb = 1\n")
    assert "150 of at most 100" in process(home, "cache", "stats").out
    remembering(home, PLAIN)
    told = facts(process(home, "cache", "stats", "--json"))
    assert told["entries"] == 100
    assert told["limits"] == {"entries": 100, "bytes": 2**20}
    home.settings(f"{text}\n[cache]\nmax_entries = 10_000_000\nmax_mb = 1_000_000\n")
    remembering(home, OTHER)
    told = facts(process(home, "cache", "stats", "--json"))
    assert told["entries"] == 101
    assert told["limits"] == {"entries": 10_000_000, "bytes": 1_000_000 * 2**20}


def test_inspect_says_why_a_question_would_be_served_or_not(home: Home, model: Scribe) -> None:
    remembering(home, PLAIN)
    told = facts(homeward(home, "cache", "inspect", REWORDED, "--json"))
    assert (told["same_question"], told["by_likeness"]) == (None, "yes")
    assert [row["would_do"] for row in told["near"]] == [True]  # type: ignore[attr-defined]
    told = facts(homeward(home, "cache", "inspect", OTHER, "--json"))
    assert [row["would_do"] for row in told["near"]] == [False]  # type: ignore[attr-defined]
    assert all(row["differs_in"] for row in told["near"])  # type: ignore[attr-defined]
    told = facts(homeward(home, "cache", "inspect", REWORDED, "--caller", "mcp:desk", "--json"))
    assert told["near"] == []
    told = facts(homeward(home, "cache", "inspect", "What is the weather today?", "--json"))
    assert "depends on the time" in str(told["by_likeness"])
    assert "no: " in homeward(home, "cache", "inspect", OTHER).out


def test_inspect_shows_one_answer_by_its_number(home: Home, model: Scribe) -> None:
    remembering(home, PLAIN)
    number = kept(home)[0].id
    told = facts(homeward(home, "cache", "inspect", str(number), "--json"))
    assert (told["question"], told["answer"], told["model"]) == (PLAIN, "Paris.", "llamacpp/tiny")
    assert PLAIN in homeward(home, "cache", "inspect", str(number)).out
    missing = homeward(home, "cache", "inspect", "999999")
    assert missing.status == 1
    assert "no remembered answer with the number 999999" in missing.err


def test_clearing_asks_first_and_points_to_forget(home: Home, model: Scribe) -> None:
    remembering(home, PLAIN, OTHER)
    assert homeward(home, "cache", "clear", stdin=b"n\n").status == 1
    assert homeward(home, "cache", "clear", "--model", "no-such", "--yes").status == 0
    assert facts(homeward(home, "cache", "stats", "--json"))["entries"] == 2
    cleared = homeward(home, "cache", "clear", "--model", "llamacpp/tiny", stdin=b"y\n")
    assert "This erases 2 answers" in cleared.err
    assert "Erased 2 answers" in cleared.out
    assert "homeward forget" in cleared.out
    assert facts(homeward(home, "cache", "stats", "--json"))["entries"] == 0


def test_answers_move_through_a_file_and_are_served_again(
    home: Home, model: Scribe, tmp_path: Path
) -> None:
    remembering(home, PLAIN, OTHER)
    file = tmp_path / "answers.jsonl"
    assert "Wrote 2 answers" in homeward(home, "cache", "export", str(file)).out
    assert file.stat().st_mode & 0o777 == 0o600
    assert homeward(home, "cache", "export", str(file)).status == 1  # never over another file
    homeward(home, "cache", "clear", "--yes")
    command = ("cache", "import", str(file), "--json")
    assert facts(homeward(home, *command)) == {"taken": 2, "left_out": {}}
    assert facts(homeward(home, *command))["left_out"] == {"answered here already": 2}
    assert remembering(home, PLAIN, REWORDED) == ["exact", "semantic"]
    assert len(model.heard) == 2


BAD = [
    ("not JSON", "{"),
    ("nested deeply", "[" * 100_000),
    ("another shape", '{"question": "q"}'),
    ("one field more", {"extra": 1}),
    ("a scope that is none", {"scope": "x"}),
    ("a negative cost", {"cost": -1}),
    ("a number as text", {"cost": "1"}),
    ("no such task", {"task": "anything"}),
    ("a truth that is a number", {"local": 1}),
    ("half a character", {"answer": "\ud83d"}),
]


def test_nothing_in_a_file_is_believed(home: Home, model: Scribe, tmp_path: Path) -> None:
    remembering(home, PLAIN)
    file = tmp_path / "answers.jsonl"
    homeward(home, "cache", "export", str(file))
    header, line = file.read_text().splitlines()
    good = json.loads(line) | {"question": OTHER, "answer": "Madrid."}
    tampered = [good, good | {"seal": "0" * 64}, good | {"seal": ""}, json.loads(line)]
    file.write_text("\n".join([header, *map(json.dumps, tampered)]) + "\n")
    told = facts(homeward(home, "cache", "import", str(file), "--json"))
    assert (told["taken"], sorted(told["left_out"].values())) == (0, [1, 3])  # type: ignore[attr-defined]
    spoiled = [row if isinstance(row, str) else json.dumps(good | row) for _, row in BAD]
    refused = [
        {"answer": f"Write to {EMAIL}."},
        {"question": "Is DE89370400440532013000 right?"},
        {"expires": 1},
        {"answer": "I don't know."},
    ]
    lines = [header, *spoiled, *(json.dumps(good | row) for row in refused), json.dumps(good)]
    file.write_text("\n".join(lines) + "\n")
    told = facts(homeward(home, "cache", "import", str(file), "--trust", "--yes", "--json"))
    assert told == {
        "taken": 1,
        "left_out": {
            "not a line of ours": len(BAD),
            "holds personal data, and this cache is not encrypted": 1,
            "holds secrets, or could not be inspected": 1,
            "expired": 1,
            "could not be kept": 1,
        },
    }
    assert [each.question for each in kept(home)] == [PLAIN, OTHER]


def test_an_imported_answer_lives_no_longer_than_one_of_today(
    home: Home, model: Scribe, tmp_path: Path
) -> None:
    remembering(home, PLAIN)
    file = tmp_path / "answers.jsonl"
    homeward(home, "cache", "export", str(file))
    header, line = file.read_text().splitlines()
    forever = json.loads(line) | {"question": OTHER, "expires": 10**14, "created": 10**14}
    file.write_text(f"{header}\n{json.dumps(forever)}\n")
    command = ("cache", "import", str(file), "--trust", "--yes", "--json")
    assert facts(homeward(home, *command))["taken"] == 1
    first, second = kept(home)
    assert second.expires - first.expires < 3_600_000
    assert second.created - first.created < 3_600_000


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is no export of a cache"),
        (b'{"homeward_cache": 99}\n', "is no export of a cache"),
        (b"\x7fELF" + b"\x00" * 300, "is no export of a cache"),
        (b'{"homeward_cache": 1}\n' + b"x" * (16 * 2**20 + 1), "a line longer than any of ours"),
    ],
    ids=["empty", "a newer version", "a program", "an endless line"],
)
def test_a_file_that_is_none_of_ours_is_refused_in_words(
    home: Home, model: Scribe, tmp_path: Path, content: bytes, says: str
) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_bytes(content)
    said = homeward(home, "cache", "import", str(file))
    assert said.status == 1
    assert says in said.err


def test_a_file_that_is_not_there_is_said_to_be_missing(home: Home, tmp_path: Path) -> None:
    said = homeward(home, "cache", "import", str(tmp_path / "none"))
    assert said.status == 1
    assert "No such file" in said.err


def test_a_pipe_is_not_waited_for(home: Home, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    said = homeward(home, "cache", "import", str(tmp_path / "pipe"))
    assert said.status == 1
    assert "is no file" in said.err


def test_a_number_that_no_entry_can_have_is_said_to_be_none(home: Home) -> None:
    said = homeward(home, "cache", "inspect", "9" * 30)
    assert said.status == 1
    assert "no remembered answer with the number" in said.err


def test_warming_asks_the_questions_of_a_file_at_home_and_they_are_hits_later(
    home: Home, model: Scribe, tmp_path: Path
) -> None:
    file = tmp_path / "questions.txt"
    file.write_text(f"{PLAIN}\n\n{OTHER}\n")
    assert "Asked 2 questions at home" in homeward(home, "cache", "warm", str(file)).out
    assert remembering(home, PLAIN) == ["exact"]
    assert len(model.heard) == 2
    file.write_text(f"{PLAIN}\nWhat is in the news today?\n")
    said = homeward(home, "cache", "warm", str(file)).out
    assert "Asked 0 questions at home" in said
    assert "Left out 1: remembered already" in said
    assert "Left out 1: it depends on the time" in said
    assert len(model.heard) == 2


def test_warming_never_asks_a_cloud(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "questions.txt"
    file.write_text(f"{PLAIN}\n")
    with Scribe() as cloud:
        home.openai(f"{cloud.address}/v1")
        home.allow(cloud.address.removeprefix("http://"), tasks="simple_completion = true")
        said = homeward(home, "cache", "warm", str(file))
        assert cloud.heard == []
    assert "Asked 0 questions" in said.out
    assert "Left out 1" in said.out


def test_warming_asks_again_what_was_served_and_expires_soon(home: Home, model: Scribe) -> None:
    home.settings(f"{home.places.settings.read_text()}[cache]\nttl_hours = 1.0\n")
    remembering(home, PLAIN, PLAIN, OTHER)
    assert "Asked 1 question at home" in homeward(home, "cache", "warm").out
    assert len(model.heard) == 3


def test_without_a_cache_the_commands_say_so(home: Home) -> None:
    home.settings("[cache]\nenabled = false\n")
    said = homeward(home, "cache", "stats")
    assert said.status == 1
    assert "The cache is switched off." in said.err
