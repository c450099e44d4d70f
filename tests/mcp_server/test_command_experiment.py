"""`homeward experiment`: begun, looked at, ended, and an arm kept in homeward.toml."""

import json
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from ledger import SqliteLedger
from ledger.experiments import Experiment, Letter, SqliteExperiments
from storage import Database
from storage.migrations import HOME
from tests.homes import NOBODY, Home
from tests.ledger.lines import entry, outcome
from tests.mcp_server.commands import homeward

BEGIN = ("experiment", "start", "bolder", "--by", "request")


@contextmanager
def opened(home: Home, *, ago: timedelta = timedelta()) -> Iterator[SqliteExperiments]:
    """What the machine keeps, as it is written some time ago."""
    with closing(Database(home.places.home_database, HOME)) as database:
        yield SqliteExperiments(database, now=lambda: datetime.now(UTC) - ago)


def answers(home: Home, number: int, *, bad: Letter | None = None) -> None:
    """Half an hour ago as many were answered in turn by each arm; those of one arm were bad."""
    with opened(home, ago=timedelta(minutes=30)) as kept:
        tried = running(kept)
        for n in range(number):
            letter: Letter = "B" if n % 2 else "A"
            kept.enter(tried, letter, f"unit {n}", f"r{n}")
            kept.finish(f"r{n}", answered=True, total_ms=1_000)
            if letter == bad:
                kept.hear(f"r{n}", good=False, spoken=True)


def running(kept: SqliteExperiments) -> Experiment:
    tried = kept.running()
    assert tried is not None
    return tried


def test_one_is_begun_seen_and_ended(home: Home) -> None:
    said = homeward(home, *BEGIN, "--strategy", "cascade", "--note", "is [b]it[/b] good?")
    assert said.status == 0, said.everything
    assert "bolder. Started." in said.out
    assert "B (50%): strategy 'cascade'" in said.out
    assert "finished requests are mostly enough" in said.out
    seen = homeward(home, "experiment", "status").out
    assert "is [b]it[/b] good?" in seen
    assert "No difference is shown yet" in seen
    assert "Each question of a caller keeps its arm and counts once" in seen
    assert "bolder ended now" in homeward(home, "experiment", "stop").out
    assert "stopped by hand" in homeward(home, "experiment", "status", "bolder").out
    again = homeward(home, "experiment", "stop")
    assert again.status == 1
    assert "No experiment runs" in again.err


def test_a_second_one_is_refused_and_a_rehearsal_is_none(home: Home) -> None:
    rehearsed = homeward(home, *BEGIN, "--strategy", "cost", "--detect", "0.05", "--dry-run")
    assert "Not started." in rehearsed.out
    assert "There was no experiment yet" in homeward(home, "experiment", "status").out
    assert homeward(home, *BEGIN, "--strategy", "cost").status == 0
    refused = homeward(home, *BEGIN, "--strategy", "cascade")
    assert refused.status == 1
    assert "two at once would blur each other" in refused.err


def test_the_estimate_grows_as_the_difference_shrinks(home: Home) -> None:
    sizes = [
        json.loads(
            homeward(
                home, *BEGIN, "--strategy", "cost", "--detect", detect, "--dry-run", "--json"
            ).out
        )["needed"]
        for detect in ("0.1", "0.05", "0.02")
    ]
    assert sizes == sorted(sizes)
    assert sizes[2] > 10 * sizes[0]


def test_few_callers_are_told_that_requests_would_do(home: Home) -> None:
    said = homeward(home, "experiment", "start", "slow", "--strategy", "cost", "--dry-run")
    assert "--by request" in said.out
    with closing(Database(home.places.home_database, HOME)) as database:
        books = SqliteLedger(database)
        for number in range(20):
            at = datetime.now(UTC) - timedelta(days=1)
            books.note(entry(caller=f"caller {number}", at=at), outcome())
    enough = homeward(home, "experiment", "start", "slow", "--strategy", "cost", "--dry-run")
    assert "--by request" not in enough.out


def test_a_cloud_in_an_arm_is_pointed_out(local_home: Home) -> None:
    local_home.anthropic(NOBODY, "a-key-for-tests")
    said = homeward(local_home, *BEGIN, "--model", "anthropic/claude-haiku-5-5", "--dry-run")
    assert "what would stay at home goes there" in said.out
    at_home = homeward(local_home, *BEGIN, "--model", "ollama/tiny:latest", "--dry-run")
    assert at_home.status == 0
    assert "goes there" not in at_home.out


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("openai/nope", "No model 'openai/nope' is known here."),
        ("ollama/tony", "Near it: ollama/tiny:latest"),
        ("anthropic/claude-haiku-5-5", "a cloud's are known once it has a key"),
        ("openai/no-price", "The price of openai/no-price is not known"),
    ],
)
@pytest.mark.parametrize("option", ["--model", "--a-model"])
def test_a_model_that_could_not_be_asked_is_refused(
    local_home: Home, model: str, says: str, option: str
) -> None:
    if "price" in model:
        local_home.openai(NOBODY)
        local_home.settings('[models."openai/no-price"]\nquality = 0.9\n')
    said = homeward(local_home, *BEGIN, option, model, "--min-quality", "0.5")
    assert said.status == 1
    assert says in said.err
    assert homeward(local_home, "experiment", "status", "--json").out.strip() == "null"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "Both arms would do the same"),
        (("--strategy", "cost", "--a-strategy", "cost"), "Both arms would do the same"),
        (("--strategy", "luck"), "no routing strategy called 'luck'"),
        (("--model", "haiku"), "'haiku' names no model"),
        (("--system", " "), "1 to 4,000 letters"),
        (("--system", "Write to jane.roe@acme-mail.com, always."), "hold personal data"),
        (("--strategy", "cost", "--detect", "0"), "a difference of nothing"),
    ],
)
def test_what_is_no_experiment_is_refused(home: Home, options: tuple[str, ...], says: str) -> None:
    said = homeward(home, *BEGIN, *options)
    assert said.status == 1
    assert says in said.err
    assert homeward(home, "experiment", "status", "--json").out.strip() == "null"


def test_status_tells_programs_everything(home: Home) -> None:
    options = ("--strategy", "cost", "--tolerate-cost-usd", "0.002", "--cap-latency-s", "30")
    homeward(home, *BEGIN, *options)
    answers(home, 60)
    said = json.loads(homeward(home, "experiment", "status", "--json").out)
    assert said["tolerated"]["cost"] == 0.002
    assert said["caps"]["latency"] == 30
    assert said["arms"] == {"A": {}, "B": {"strategy": "cost"}}
    assert said["seen"]["A"] == {
        "number": 30,
        "quality": 1,
        "cost": 0,
        "latency": 1,
        "refusals": 0,
    }
    assert said["verdict"] == "too early"
    assert said["difference"][0] < 0 < said["difference"][1]
    assert said["remaining"] > 0


def test_a_better_arm_is_named(home: Home) -> None:
    homeward(home, *BEGIN, "--strategy", "cost")
    answers(home, 120, bad="A")
    said = homeward(home, "experiment", "status").out
    assert "B is better: B differs from A in quality by +" in said


def test_an_arm_that_does_harm_is_ended_by_looking(home: Home) -> None:
    homeward(home, *BEGIN, "--strategy", "cost")
    answers(home, 120, bad="B")
    said = homeward(home, "experiment", "status").out
    assert "B does harm: fewer of B's answers are good, by more than 5.0 %" in said
    assert "Ended: fewer of B's answers are good" in said
    with opened(home) as kept:
        assert kept.running() is None
        assert kept.found("bolder").stopped_by == "guard"


def test_an_arm_is_kept_in_the_settings_and_nothing_else_changes(home: Home) -> None:
    home.settings('# mine\nprofile = "balanced"  # for now\n[routing]\nlearn = false # why not\n')
    homeward(home, *BEGIN, "--strategy", "cost", "--min-quality", "0.8", "--system", "Be short.")
    said = homeward(home, "experiment", "stop", "--keep", "B", "--yes")
    assert said.status == 0, said.everything
    assert '+strategy = "cost"' in said.out
    assert "Not written, for it is no setting: system" in said.out
    text = home.places.settings.read_text(encoding="utf-8")
    assert '# mine\nprofile = "balanced"  # for now\n[routing]\nlearn = false # why not\n' in text
    shown = json.loads(homeward(home, "config", "show", "--json").out)
    assert shown["settings"]["routing"]["strategy"] == "cost"
    assert shown["settings"]["routing"]["min_quality"] == 0.8
    assert "arm B was kept" in homeward(home, "experiment", "status").out


def test_declining_what_would_be_written_leaves_all_as_it_is(home: Home) -> None:
    before = home.places.settings.read_text(encoding="utf-8")
    homeward(home, *BEGIN, "--strategy", "cost")
    said = homeward(home, "experiment", "stop", "--keep", "B", stdin=b"n\n")
    assert said.status == 1
    assert home.places.settings.read_text(encoding="utf-8") == before
    with opened(home) as kept:
        assert running(kept).name == "bolder"


def test_a_file_is_made_where_there_was_none(home: Home) -> None:
    home.places.settings.unlink()
    homeward(home, *BEGIN, "--min-confidence", "0.4")
    homeward(home, "experiment", "stop", "--keep", "B", "--yes", "--json")
    text = home.places.settings.read_text(encoding="utf-8")
    assert text == "[routing]\nmin_confidence = 0.4\n"
    assert home.places.settings.stat().st_mode & 0o077 == 0


def test_a_damaged_file_is_told_of_and_the_experiment_goes_on(home: Home) -> None:
    homeward(home, *BEGIN, "--strategy", "cost")
    home.places.settings.write_text("[routing\n", encoding="utf-8")
    said = homeward(home, "experiment", "stop", "--keep", "B", "--yes")
    assert said.status == 1
    assert "not valid TOML" in said.err
    with opened(home) as kept:
        assert running(kept).name == "bolder"


def test_a_model_is_no_setting_to_keep(local_home: Home) -> None:
    homeward(local_home, *BEGIN, "--model", "ollama/tiny:latest")
    said = homeward(local_home, "experiment", "stop", "--keep", "B", "--yes")
    assert said.status == 1
    assert "changed model, which is no setting" in said.err
    kept_a = homeward(local_home, "experiment", "stop", "--keep", "A")
    assert kept_a.status == 0


def test_an_arm_is_kept_after_the_end_as_well(home: Home) -> None:
    homeward(home, *BEGIN, "--strategy", "cost")
    homeward(home, "experiment", "stop")
    said = json.loads(homeward(home, "experiment", "stop", "--keep", "B", "--yes", "--json").out)
    assert said["written"] == {"strategy": "cost"}
    assert said["stopped"] is False


@pytest.mark.parametrize("where", ["environment", ".env"])
def test_where_the_environment_would_overrule_it_nothing_is_written(home: Home, where: str) -> None:
    before = home.places.settings.read_bytes()
    homeward(home, *BEGIN, "--strategy", "cost")
    environ = {"HOMEWARD_STRATEGY": "privacy"}
    if where == ".env":
        home.places.dotenv.touch(mode=0o600)
        home.places.dotenv.write_text("HOMEWARD_STRATEGY=privacy\n", encoding="utf-8")
        environ = {}
    said = homeward(home, "experiment", "stop", "--keep", "B", "--yes", **environ)
    assert said.status == 1
    assert "HOMEWARD_STRATEGY is set, and overrules" in said.err
    assert home.places.settings.read_bytes() == before
    with opened(home) as kept:
        assert running(kept).name == "bolder"


def test_an_arm_of_which_nothing_is_shown_is_kept_only_after_a_word(home: Home) -> None:
    homeward(home, *BEGIN, "--strategy", "cost")
    asked = homeward(home, "experiment", "stop", "--keep", "B", stdin=b"y\n")
    assert asked.status == 0
    assert "has not shown that B is the better arm. No difference is shown yet" in asked.out
    assert "Counted: 0 of A, 0 of B." in asked.out
    assert "Write this all the same?" in asked.err


def test_what_was_shown_is_kept_without_a_warning(home: Home) -> None:
    homeward(home, *BEGIN, "--strategy", "cost")
    answers(home, 120, bad="A")
    said = homeward(home, "experiment", "stop", "--keep", "B", stdin=b"y\n")
    assert said.status == 0
    assert "has not shown" not in said.out
    assert "Write this?" in said.err


def test_what_is_kept_can_be_undone(home: Home) -> None:
    path = home.places.settings
    before = path.read_bytes()
    homeward(home, *BEGIN, "--strategy", "cost", "--min-quality", "0.8")
    said = homeward(home, "experiment", "stop", "--keep", "B", "--yes")
    [copy] = path.parent.glob("homeward.toml.*.bak")
    assert copy.read_bytes() == before
    assert f'Undo: mv "{copy}" "{path}"' in said.out


def test_programs_must_say_that_nobody_is_asked(home: Home) -> None:
    homeward(home, *BEGIN, "--strategy", "cost")
    assert homeward(home, "experiment", "stop", "--keep", "B", "--json").status == 2
    said = json.loads(homeward(home, "experiment", "stop", "--keep", "B", "--yes", "--json").out)
    assert said["doubt"].startswith("This experiment has not shown")
    assert said["copy"].endswith(".bak")


def test_a_name_is_short(home: Home) -> None:
    said = homeward(home, "experiment", "start", "x" * 81, "--strategy", "cost")
    assert said.status == 1
    assert "a name of 1 to 80 letters" in said.err


def test_what_waits_is_told(home: Home) -> None:
    homeward(home, *BEGIN, "--strategy", "cost")
    with opened(home) as kept:
        kept.enter(running(kept), "A", "unit", "r1")
    assert "1 more wait: not finished" in homeward(home, "experiment", "status").out


def test_guards_that_speak_before_anything_is_counted_say_why(home: Home) -> None:
    homeward(home, *BEGIN, "--strategy", "cost")
    with opened(home) as kept:
        kept.enter(running(kept), "A", "unit", "r1")
        kept.finish("r1", answered=True, total_ms=1_000)
    said = homeward(home, "experiment", "status").out
    assert "latency and refusals look at every finished request." in said
    assert "after 15 minutes" in said


def test_refusals_of_the_last_month_are_looked_at(home: Home) -> None:
    with closing(Database(home.places.home_database, HOME)) as database:
        books = SqliteLedger(database)
        for number in range(40):
            at = datetime.now(UTC) - timedelta(days=1)
            ended = outcome(result="error" if number % 2 else "ok")
            books.note(entry(at=at), ended)
    options = ("--strategy", "cost", "--metric", "refusals", "--dry-run", "--json")
    often = json.loads(homeward(home, *BEGIN, *options).out)["needed"]
    assert often == 5757  # of the largest deviation that a share has, 0.5


def test_a_file_that_says_so_already_is_left_alone(home: Home) -> None:
    home.settings('[routing]\nstrategy = "cost"\n')
    before = home.places.settings.stat()
    homeward(home, *BEGIN, "--strategy", "cost")
    said = homeward(home, "experiment", "stop", "--keep", "B")
    assert "says so already" in said.out
    assert home.places.settings.stat().st_ino == before.st_ino


def test_a_write_that_fails_leaves_the_old_file_and_no_other(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = home.places.settings.read_text(encoding="utf-8")
    homeward(home, *BEGIN, "--strategy", "cost")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    said = homeward(home, "experiment", "stop", "--keep", "B", "--yes")
    assert said.status == 1
    assert "cannot be written: No space left on device" in said.err
    assert [path.name for path in home.places.config.iterdir()] == ["homeward.toml"]
    assert home.places.settings.read_text(encoding="utf-8") == before
    with opened(home) as kept:
        assert running(kept).name == "bolder"
