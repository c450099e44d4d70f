"""`homeward ask`: the answer on standard output, everything about it on standard error."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from storage import Database
from storage.migrations import HOME
from tests.homes import EASY, HARD, Home
from tests.mcp_server.commands import homeward, process
from tests.mcp_server.processes import HOMEWARD
from tests.wire.faulty import WORDS, Faulty
from tests.wire.ollama import Ollama
from tests.wire.tiny import SENTENCE

ASK = ("ask", EASY, "--max-tokens", "40")


def test_the_answer_goes_to_standard_output_and_its_facts_to_standard_error(
    local_home: Home,
) -> None:
    said = homeward(local_home, *ASK)
    assert (said.status, said.out) == (0, f"{SENTENCE}\n")
    assert re.search(
        r"ollama/tiny:latest · this machine · \d+\+\d+ tokens · \$0\.00 · \d+ ms · [0-9a-f]{12}\n",
        said.err,
    )


@pytest.mark.slow
def test_through_pipes_it_is_the_same(local_home: Home) -> None:
    said = process(local_home, *ASK)
    assert (said.status, said.out) == (0, f"{SENTENCE}\n")
    assert "ollama/tiny:latest · this machine" in said.err


@pytest.mark.slow
def test_at_a_terminal_it_streams_and_an_interrupt_ends_it_with_the_books_settled(
    home: Home, faulty: Faulty
) -> None:
    cloud(home, faulty, "stalls")
    ours, its = os.openpty()
    asking = subprocess.Popen(
        [HOMEWARD, "ask", HARD, "--model", "openai/gpt-6-luna"],
        env=home.for_process(),
        stdout=its,
        stderr=subprocess.PIPE,
    )
    with asking:
        assert os.read(ours, len(WORDS[0])) == WORDS[0].encode()
        asking.send_signal(signal.SIGINT)
        assert asking.wait(20) == 130
        assert asking.stderr is not None
        assert b"Traceback" not in asking.stderr.read()
    books = Database(home.places.home_database, HOME)
    assert books.rows("select outcome from attempts") == [("cancelled",)]
    books.close()


def cloud(home: Home, faulty: Faulty, fault: str) -> None:
    address = faulty.at(fault)
    home.openai(address)
    home.allow(address.split("//")[1].split("/")[0])


def test_a_pipe_gets_the_answer_that_stands_and_nothing_of_one_that_broke_off(
    local_home: Home, faulty: Faulty
) -> None:
    cloud(local_home, faulty, "dies")
    said = homeward(local_home, "ask", HARD, "--max-tokens", "40")
    assert (said.status, said.out) == (0, f"{SENTENCE}\n")


@pytest.mark.slow
def test_at_a_terminal_an_answer_that_broke_off_is_told_apart_from_the_one_that_stands(
    local_home: Home, faulty: Faulty
) -> None:
    cloud(local_home, faulty, "dies")
    ours, its = os.openpty()
    done = subprocess.run(
        [HOMEWARD, "ask", HARD, "--max-tokens", "40"],
        env=local_home.for_process(),
        stdout=its,
        stderr=subprocess.PIPE,
        timeout=60,
        check=True,
    )
    shown = os.read(ours, 4096).decode()
    assert shown.startswith(WORDS[0])
    assert shown.rstrip().endswith(SENTENCE)
    assert "— set aside; asking " in done.stderr.decode()


def test_a_dry_run_says_where_it_would_go_and_sends_nothing(
    local_home: Home, ollama_server: Ollama
) -> None:
    said = homeward(local_home, *ASK, "--dry-run")
    assert (said.status, said.out) == (0, "")
    assert "Nothing was sent." in said.err
    assert "order: ollama/tiny:latest" in said.err
    assert ollama_server.chats == []


def test_why_tells_the_decision_after_the_answer(local_home: Home) -> None:
    plain, told = homeward(local_home, *ASK), homeward(local_home, *ASK, "--why", "--fresh")
    assert told.out == plain.out
    assert "order: ollama/tiny:latest" in told.err
    assert "order:" not in plain.err


def test_a_repeated_question_is_said_to_come_from_the_cache(local_home: Home) -> None:
    homeward(local_home, *ASK)
    again = homeward(local_home, *ASK)
    assert again.out == f"{SENTENCE}\n"
    assert "exact cache hit" in again.err


def test_what_a_person_should_know_of_an_answer_is_added(local_home: Home) -> None:
    said = homeward(local_home, "ask", EASY, "--max-tokens", "3")
    assert "The answer was cut off at the token limit" in said.err


@pytest.mark.parametrize("option", ["-c", "--context"])
def test_a_file_is_sent_along_as_context(
    local_home: Home, ollama_server: Ollama, tmp_path: Path, option: str
) -> None:
    (tmp_path / "notes.txt").write_text("Größe: 3 µm", encoding="utf-8")
    said = homeward(local_home, *ASK, option, str(tmp_path / "notes.txt"))
    assert said.status == 0
    [message] = ollama_server.chats[-1]["messages"]
    assert message["content"] == f"Größe: 3 µm\n\n{EASY}"


def test_a_dash_reads_the_prompt_from_standard_input(
    local_home: Home, ollama_server: Ollama
) -> None:
    said = homeward(local_home, "ask", "-", "--max-tokens", "40", stdin="Größe?".encode())
    assert (said.status, said.out) == (0, f"{SENTENCE}\n")
    assert ollama_server.chats[-1]["messages"][-1]["content"] == "Größe?"


NOT_UTF_8 = "Größe".encode("latin-1")


def written(folder: Path, content: bytes) -> str:
    path = folder / "input.txt"
    path.write_bytes(content)
    return str(path)


Arguments = Callable[[Path], tuple[str, ...]]
WRONG: list[tuple[str, Arguments, bytes, str]] = [
    ("empty", lambda _: ("ask", ""), b"", "The prompt is empty."),
    ("empty input", lambda _: ("ask", "-"), b" \n", "The prompt is empty."),
    ("input not UTF-8", lambda _: ("ask", "-"), NOT_UTF_8, "Standard input is not UTF-8 text."),
    ("prompt not UTF-8", lambda _: ("ask", "Gr\udcf6\udcdfe"), b"", "half a character"),
    ("unknown model", lambda _: (*ASK, "--model", "tyny"), b"", "There is no model 'tyny' here"),
    ("file not UTF-8", lambda f: (*ASK, "-c", written(f, NOT_UTF_8)), b"", "is not UTF-8 text."),
    ("no such file", lambda f: (*ASK, "-c", str(f / "nope")), b"", "No such file or directory."),
    ("a folder", lambda f: (*ASK, "-c", str(f)), b"", "Is a directory."),
    ("contradiction", lambda _: (*ASK, "--prefer", "cloud", "--max-cost-usd", "0"), b"", "contra"),
    ("endless amount", lambda _: (*ASK, "--max-cost-usd", "inf"), b"", "not an amount of money"),
]


@pytest.mark.parametrize(
    ("arguments", "stdin", "says"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG]
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(
    local_home: Home,
    ollama_server: Ollama,
    tmp_path: Path,
    arguments: Arguments,
    stdin: bytes,
    says: str,
) -> None:
    said = homeward(local_home, *arguments(tmp_path), stdin=stdin)
    assert (said.status, said.out) == (1, "")
    assert says in said.err
    assert ollama_server.chats == []


@pytest.mark.parametrize(
    "option",
    [
        ("--max-tokens", "0"),
        ("--max-cost-usd", "-1"),
        ("--max-cost-usd", "nan"),
        ("--prefer", "moon"),
        ("--nope",),
    ],
    ids=" ".join,
)
def test_an_option_that_means_nothing_is_a_usage_error(
    local_home: Home, option: tuple[str, ...]
) -> None:
    said = homeward(local_home, "ask", EASY, *option)
    assert (said.status, said.out) == (2, "")
    assert option[0] in said.err


def test_without_any_model_it_says_how_to_get_one(home: Home) -> None:
    said = homeward(home, *ASK)
    assert (said.status, said.out) == (1, "")
    assert "There is no model to ask." in said.err
    assert "ollama pull" in said.err


def test_a_command_inside_an_error_is_not_broken_over_lines(home: Home) -> None:
    home.openai("https://api.openai.com/v1")
    said = homeward(home, "ask", HARD, "--model", "openai/gpt-6-luna", COLUMNS="40")
    assert "`homeward whitelist add cloud_api api.openai.com`" in said.err


COMMANDS = [
    *("demo", "mcp", "ask", "models", "check", "approve"),
    *("whitelist", "costs", "config", "doctor", "audit"),
]


@pytest.mark.slow
def test_an_unknown_command_is_a_usage_error(home: Home) -> None:
    said = process(home, "nope")
    assert (said.status, said.out) == (2, "")
    assert "No such command 'nope'" in said.err


def test_without_a_command_the_help_lists_them_all(home: Home) -> None:
    said = homeward(home)
    for command in COMMANDS:
        assert f" {command} " in said.everything


def test_asking_at_the_terminal_loads_nothing_of_the_protocol() -> None:
    """Importing mcp costs as much processor time as all the rest of a command."""
    program = "import mcp_server.cli.ask, sys; print({'mcp', 'numpy'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr
