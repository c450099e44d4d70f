"""`homeward router` and `homeward feedback`: what was learned, said, moved and forgotten."""

import json
import stat
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from routing.learning.outcomes import Experience, packed
from routing.learning.sqlite import SqliteOutcomes
from routing.prior import DIMENSIONS, load
from storage import Database
from storage.migrations import HOME
from tests.homes import Home
from tests.mcp_server.commands import homeward
from tests.routing.learning.worlds import SMALL, TRUTH, World, choice, considered

ID = "3f9a0c27b1d4"


def fill(home: Home, experiences: Iterable[Experience]) -> None:
    with closing(Database(home.places.home_database, HOME)) as database:
        outcomes = SqliteOutcomes(database)
        for each in experiences:
            outcomes.put(each)


def world(requests: int, seed: int = 1) -> list[Experience]:
    """Experiences of yesterday, with a vector that says of which kind each request was."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    made = []
    for each in World(seed=seed).log(requests):
        vector = np.zeros(DIMENSIONS, dtype=np.float32)
        vector[0], vector[2 + list(TRUTH).index(each.choice.kind)] = 1, 3
        of_today = replace(
            each.choice, at=yesterday, features=packed(vector), prior_version=load().version
        )
        made.append(replace(each, choice=of_today))
    return made


def without_alternative(each: Experience) -> Experience:
    """The same, where only the model that was chosen was permitted: no change can do harm."""
    [chosen] = (one for one in each.choice.considered if one.model == each.choice.model)
    return replace(each, choice=replace(each.choice, considered=(replace(chosen, propensity=1),)))


def one() -> Experience:
    made = choice(at=datetime.now(UTC) - timedelta(days=3), prior_version=load().version)
    return Experience(number=1, choice=made, outcomes=())


# --- feedback -------------------------------------------------------------------------------


def test_feedback_is_noted_for_the_model_that_answered_and_can_be_taken_back(home: Home) -> None:
    fill(home, [one()])
    assert homeward(home, "feedback", ID, "good").out == f"Noted: {SMALL} did well here.\n"
    said = homeward(home, "feedback", ID, "bad", "--json")
    assert json.loads(said.out) == {"id": ID, "model": SMALL, "verdict": "bad"}
    explained = json.loads(homeward(home, "router", "explain", ID, "--json").out)
    assert [each["says"] for each in explained["outcomes"]] == ["called good", "called bad"]
    assert explained["worth"] == {SMALL: 0.0}


def test_feedback_for_an_unknown_id_says_what_ids_look_like(home: Home) -> None:
    said = homeward(home, "feedback", "nonsense", "good")
    assert said.status == 1
    assert "Nothing is known of a request with that id. Ids look like 3f9a0c27b1d4" in said.err
    assert "nonsense" not in said.err


def test_feedback_is_good_or_bad(home: Home) -> None:
    assert homeward(home, "feedback", ID, "improve").status == 2


# --- stats ----------------------------------------------------------------------------------


def test_in_a_fresh_home_nothing_was_learned_and_nothing_can_be_promised(home: Home) -> None:
    said = homeward(home, "router", "stats")
    assert said.status == 0
    assert "0 requests kept, 0 with an outcome" in said.out
    assert "Nothing was learned yet." in said.out
    assert "300 more are needed" in said.out
    assert json.loads(homeward(home, "router", "stats", "--json").out)["models"] == []


def test_what_is_known_is_shown_by_model_and_kind(home: Home) -> None:
    fill(home, world(200))
    facts = json.loads(homeward(home, "router", "stats", "--json").out)
    assert facts["requests"] == facts["with_outcomes"] == 200
    assert 0 < facts["explored_share"] < 0.1
    assert sum(row["outcomes"] for row in facts["models"]) == 200
    rows = {(row["model"], row["kind"]): row for row in facts["models"]}
    assert rows["cloud/middle", "facts"]["mean"] > rows["cloud/middle", "code"]["mean"]
    table = homeward(home, "router", "stats").out
    assert "cloud/middle" in table
    assert facts["promise"]["says"] in table


def test_outcomes_of_another_prior_are_named(home: Home) -> None:
    [first, *_] = world(5)
    fill(home, [replace(first, choice=replace(first.choice, prior_version="none of ours"))])
    said = homeward(home, "router", "stats")
    assert "1 request with outcomes cannot be used: another version of the prior" in said.out


# --- train ----------------------------------------------------------------------------------


def test_training_says_what_it_takes_and_then_what_it_did(home: Home) -> None:
    said = homeward(home, "router", "train")
    assert said.status == 0
    assert "Everything stays as it is: 0 new outcomes; it takes 30" in said.out
    fill(home, [without_alternative(each) for each in world(300)])
    trained = json.loads(homeward(home, "router", "train", "--json").out)
    assert trained["applied"]
    assert trained["outcomes"] == 300
    assert trained["says"] in homeward(home, "router", "stats").out


# --- explain --------------------------------------------------------------------------------


def test_an_earlier_choice_is_explained(home: Home) -> None:
    made = replace(
        one(),
        choice=replace(
            one().choice, explored=True, considered=considered(propensities=(0.02, 0.97, 0.01))
        ),
    )
    fill(home, [made])
    said = homeward(home, "router", "explain", ID)
    assert f"{SMALL} was chosen to learn how it does, with a probability of 0.020" in said.out
    assert "Nothing came of it yet." in said.out
    facts = json.loads(homeward(home, "router", "explain", ID, "--json").out)
    assert [each["propensity"] for each in facts["models"]] == [0.02, 0.97, 0.01]
    assert homeward(home, "router", "explain", "abc").status == 1


def test_what_would_be_done_with_a_text_is_explained_and_nothing_is_sent(full_home: Home) -> None:
    text = "A train leaves at 9:40 and takes 95 minutes. When does it arrive?"
    facts = json.loads(homeward(full_home, "router", "explain", "--prompt", text, "--json").out)
    assert facts["kind"]
    assert facts["reasons"]
    assert {row["model"] for row in facts["models"]} >= set(facts["order"])
    assert all(0 < row["forecast"] < 1 for row in facts["models"])
    said = homeward(full_home, "router", "explain", "--prompt", text)
    assert said.out.startswith("Nothing was sent.")
    assert json.loads(homeward(full_home, "costs", "--json").out)["requests"] == 0


@pytest.mark.parametrize("arguments", [(), (ID, "--prompt", "hello")], ids=["neither", "both"])
def test_it_is_either_a_request_or_a_text(home: Home, arguments: tuple[str, ...]) -> None:
    assert homeward(home, "router", "explain", *arguments).status == 2


# --- reset and forget -----------------------------------------------------------------------


def test_a_reset_forgets_everything_after_asking(home: Home) -> None:
    fill(home, [without_alternative(each) for each in world(100)])
    assert json.loads(homeward(home, "router", "train", "--json").out)["applied"]
    refused = homeward(home, "router", "reset", stdin=b"n\n")
    assert refused.status == 1
    assert "This erases what was learned, and 100 requests with all outcomes." in refused.err
    assert json.loads(homeward(home, "router", "reset", "--yes", "--json").out) == {
        "erased": 100,
        "finished": True,
    }
    facts = json.loads(homeward(home, "router", "stats", "--json").out)
    assert (facts["requests"], facts["learned"]) == (0, None)


def test_one_request_or_the_older_ones_can_be_forgotten(home: Home) -> None:
    fill(home, [one(), *world(10)])
    assert homeward(home, "router", "forget", "--id", "nonsense", "--yes").status == 1
    assert "Erased 1 request," in homeward(home, "router", "forget", "--before", "2d", "--yes").out
    said = homeward(home, "router", "forget", "--id", f"{3:012x}", "--yes", "--json")
    assert json.loads(said.out)["erased"] == 1
    assert json.loads(homeward(home, "router", "stats", "--json").out)["requests"] == 9
    assert homeward(home, "router", "forget", "--before", "soon", "--yes").status == 1


@pytest.mark.parametrize("arguments", [(), ("--id", ID, "--before", "1d")])
def test_what_is_to_be_forgotten_must_be_said_in_one_way(
    home: Home, arguments: tuple[str, ...]
) -> None:
    assert homeward(home, "router", "forget", *arguments).status == 2


# --- export and import ----------------------------------------------------------------------


def test_what_was_exported_can_be_imported_and_is_learned_from_only_when_told(
    home: Home, tmp_path: Path
) -> None:
    fill(home, world(100))
    file = tmp_path / "outcomes.jsonl"
    assert "Wrote 100 requests" in homeward(home, "router", "export", str(file)).out
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert homeward(home, "router", "export", str(file)).status == 1  # it is there already
    printed = homeward(home, "router", "export", "-").out
    assert printed == file.read_text(encoding="utf-8")

    homeward(home, "router", "reset", "--yes")
    taken = homeward(home, "router", "import", str(file), "--yes", "--json")
    assert json.loads(taken.out) == {"taken": 100, "left_out": {}}
    again = homeward(home, "router", "import", str(file), "--yes")
    assert "Left out 100 requests: here already." in again.out
    assert homeward(home, "router", "export", "-").out == printed
    assert json.loads(homeward(home, "router", "stats", "--json").out)["learned"] is None


def test_a_line_that_lies_is_left_out(home: Home, tmp_path: Path) -> None:
    fill(home, world(2))
    header, first, second = homeward(home, "router", "export", "-").out.splitlines()
    homeward(home, "router", "reset", "--yes")
    lies = [
        json.dumps(json.loads(first) | change)
        for change in (
            {"least": 2},
            {"likeness": float("nan")},
            {"at": "2999-01-01T00:00:00+00:00"},
            {"request_id": "'; drop"},
            {"prompt": "a text"},
            {"considered": []},
        )
    ]
    file = tmp_path / "lies.jsonl"
    file.write_text("\n".join([header, *lies, "{", "", second]), encoding="utf-8")
    said = json.loads(homeward(home, "router", "import", str(file), "--yes", "--json").out)
    assert said == {"taken": 1, "left_out": {"not a line of ours": 6, "from the future": 1}}


@pytest.mark.parametrize("content", ["", "{}", '{"homeward_outcomes": 2}', "\x00"])
def test_a_file_of_another_kind_is_refused(home: Home, tmp_path: Path, content: str) -> None:
    file = tmp_path / "file"
    file.write_text(content, encoding="utf-8")
    said = homeward(home, "router", "import", str(file), "--yes")
    assert said.status == 1
    assert "is no export of outcomes" in said.err


def test_an_import_asks_whether_its_writer_is_trusted(home: Home, tmp_path: Path) -> None:
    said = homeward(home, "router", "import", str(tmp_path / "file"), stdin=b"n\n")
    assert said.status == 1
    assert "Do you trust whoever wrote it?" in said.err
