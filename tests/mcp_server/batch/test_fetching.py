"""`homeward batch fetch`: answers cost half, and are settled once."""

import json
from pathlib import Path

import pytest

from storage import Database
from storage.migrations import HOME
from tests.homes import Home
from tests.mcp_server.batch.doing import (
    QUESTIONS,
    attempts,
    fetch,
    held,
    prompts,
    send,
    spent,
    three,
)
from tests.mcp_server.commands import Said, homeward
from tests.wire.batches import BatchServer


def test_answers_are_settled_at_half_the_price(cloud: Home, server: BatchServer) -> None:
    send(cloud, three(cloud, model="anthropic/claude-opus-5-5"))
    server.finish()
    answers = fetch(cloud)
    assert {name: each["text"] for name, each in answers.items()} == {
        f"q{n}": f"to: {text}" for n, text in enumerate(QUESTIONS)
    }
    each_cost = (100 * 2 + 10 * 10, "batch")  # opus at half: 2 and 10 dollars a million
    assert [(cost, source.split(", ")[1]) for _, _, cost, source in attempts(cloud)] == [
        each_cost
    ] * 3
    assert (held(cloud), spent(cloud)) == (0, 3 * 300)
    assert {each["cost_usd"] for each in answers.values()} == {0.0003}


def test_only_what_succeeded_is_billed(cloud: Home, server: BatchServer) -> None:
    lines = [{"id": f"q{n}", "prompt": f"Why is it {n}?"} for n in range(4)]
    send(cloud, prompts(cloud, *lines))
    server.finish("succeeded", "errored", "canceled", "expired")
    answers = fetch(cloud)
    results = {name: each["result"] for name, each in answers.items()}
    assert results == {"q0": "succeeded", "q1": "errored", "q2": "canceled", "q3": "expired"}
    outcomes = sorted((outcome, cost > 0) for outcome, _, cost, _ in attempts(cloud))
    assert outcomes == [("cancelled", False), ("error", False), ("ok", True), ("timeout", False)]
    assert held(cloud) == 0


def test_fetching_twice_settles_once(cloud: Home, server: BatchServer) -> None:
    sent = send(cloud, three(cloud))
    server.finish()
    first = fetch(cloud)
    booked = spent(cloud)
    assert fetch(cloud, sent["batch"][:8]) == first
    assert spent(cloud) == booked > 0
    [batch] = json.loads(homeward(cloud, "batch", "status", "--json").out)
    assert batch["state"] == "fetched"


def test_what_was_fetched_before_a_break_stays_settled_and_the_rest_follows(
    cloud: Home, server: BatchServer
) -> None:
    send(cloud, three(cloud))
    server.finish()
    server.break_results_after = 1
    out = cloud.places.data / "answers.jsonl"
    broken = homeward(cloud, "batch", "fetch", "--out", str(out))
    assert broken.status == 1
    assert not out.exists()
    assert sorted(outcome for outcome, *_ in attempts(cloud)) == ["ok", "open", "open"]
    once = spent(cloud)
    server.break_results_after = None
    assert len(fetch(cloud)) == 3
    assert (held(cloud), spent(cloud)) == (0, 3 * once)


def test_answers_that_come_after_the_money_was_given_up_put_the_books_right(
    cloud: Home, server: BatchServer
) -> None:
    send(cloud, three(cloud))
    server.finish()
    database = Database(cloud.places.home_database, HOME)
    with database.transaction(durable=True) as db:
        db.execute("update attempts set expires = 1")
    database.close()
    homeward(cloud, "batch", "status")  # every start looks for what was lost
    assert {outcome for outcome, *_ in attempts(cloud)} == {"lost"}
    worst = spent(cloud)
    fetch(cloud)
    assert {outcome for outcome, *_ in attempts(cloud)} == {"ok"}
    assert spent(cloud) < worst


def test_tokens_that_cannot_be_believed_cost_the_worst_case(
    cloud: Home, server: BatchServer
) -> None:
    sent = send(cloud, prompts(cloud, {"id": "a", "prompt": QUESTIONS[0]}))
    server.usage = {"input_tokens": -1, "output_tokens": 10}
    server.finish()
    fetch(cloud)
    [(_, _, cost, source)] = attempts(cloud)
    assert (cost, source) == (round(sent["worst_case_usd"] * 10**6), "worst case: not counted")


def test_until_it_has_ended_there_is_nothing_to_fetch(cloud: Home, server: BatchServer) -> None:
    send(cloud, three(cloud))
    said = homeward(cloud, "batch", "fetch")
    assert said.status == 1
    assert "3 prompts are not answered yet" in said.err
    assert {outcome for outcome, *_ in attempts(cloud)} == {"open"}


def test_answers_go_into_a_new_file_for_this_person_alone(
    cloud: Home, server: BatchServer, tmp_path: Path
) -> None:
    send(cloud, three(cloud))
    server.finish()
    out = tmp_path / "answers.jsonl"
    said = homeward(cloud, "batch", "fetch", "--out", str(out))
    assert "3 succeeded" in said.out
    assert len(out.read_text().splitlines()) == 3
    assert out.stat().st_mode & 0o077 == 0
    again = homeward(cloud, "batch", "fetch", "--out", str(out))
    assert again.status == 1
    assert "exists already" in again.err


def test_a_batch_can_be_stopped(cloud: Home, server: BatchServer) -> None:
    sent = send(cloud, three(cloud))
    said = homeward(cloud, "batch", "cancel", sent["batch"][:12])
    assert said.status == 0
    assert server.newest.status == "canceling"
    assert "canceling, 3 to go" in homeward(cloud, "batch", "status").out


def test_results_are_read_from_the_address_that_is_allowed(
    cloud: Home, server: BatchServer
) -> None:
    send(cloud, three(cloud))
    server.finish()  # and names another host for its results
    fetch(cloud)
    assert server.listening.requests[-1].path.endswith("/results")


@pytest.mark.parametrize("command", ["fetch", "cancel"])
def test_an_unknown_batch_is_told(cloud: Home, command: str) -> None:
    said: Said = homeward(cloud, "batch", command, "nobody")
    assert said.status == 1
    assert "There is no such batch." in said.err
