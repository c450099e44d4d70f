"""`homeward feedback` on answers of models and of the cache, as a person gives it."""

import json
from collections.abc import Iterator
from contextlib import closing

import anyio
import pytest

from routing.learning.sqlite import SqliteOutcomes
from storage import Database
from storage.migrations import CACHE, HOME
from switchboard import Request
from switchboard.request import Answer
from tests.homes import Home
from tests.mcp_server.commands import homeward
from tests.wire.scribe import Scribe

QUESTION = "How large is the moon?"
REWORDED = "How big is the moon?"


@pytest.fixture
def model(home: Home) -> Iterator[Scribe]:
    """A model at home that counts its calls."""
    with Scribe(lambda _: ["It is 3,474 km wide."]) as server:
        home.settings(f'[providers.llamacpp]\naddress = "{server.address}/v1"\n')
        yield server


def ask(home: Home, *prompts: str) -> list[Answer]:
    async def answers() -> list[Answer]:
        async with home.app() as app:
            return [
                await app.switchboard.answer(
                    Request(prompt=prompt, caller="homeward ask", origin="terminal")
                )
                for prompt in prompts
            ]

    return anyio.run(answers)


def signals(home: Home, answer: Answer) -> list[str]:
    with closing(Database(home.places.home_database, HOME)) as database:
        found = SqliteOutcomes(database).found(answer.request_id)
        return [each.signal for each in found.outcomes if not each.signal.startswith("check")]


def test_a_bad_word_on_a_cached_answer_keeps_it_back_and_judges_the_model_that_gave_it(
    home: Home, model: Scribe
) -> None:
    first, hit = ask(home, QUESTION, QUESTION)
    assert (first.cached, hit.cached) == ("no", "exact")
    said = homeward(home, "feedback", hit.request_id, "bad")
    assert said.out == (
        "Noted: the remembered answer of llamacpp/tiny did badly here; this question is not served "
        "it again and the model is judged by it.\n"
    )
    assert signals(home, first) == ["bad"]
    [again] = ask(home, QUESTION)
    assert again.cached == "no"


def test_a_good_word_on_a_cached_answer_is_one_on_the_model_too(home: Home, model: Scribe) -> None:
    first, hit = ask(home, QUESTION, REWORDED)
    assert hit.cached == "semantic"
    said = homeward(home, "feedback", hit.request_id, "good", "--json")
    assert json.loads(said.out) == {
        "id": hit.request_id,
        "model": "llamacpp/tiny",
        "verdict": "good",
        "cached": True,
        "routing_learns": True,
    }
    assert signals(home, first) == ["good"]
    assert ask(home, REWORDED)[0].cached == "semantic"


def test_that_a_question_was_taken_for_another_is_no_fault_of_the_models(
    home: Home, model: Scribe
) -> None:
    first, hit = ask(home, QUESTION, REWORDED)
    said = homeward(home, "feedback", hit.request_id, "bad")
    assert said.out.endswith("this question is not served it again.\n")
    assert signals(home, first) == []
    asked = ask(home, REWORDED)
    assert asked[0].cached == "no"


def test_a_bad_word_on_a_models_answer_takes_it_out_of_the_cache(home: Home, model: Scribe) -> None:
    [first] = ask(home, QUESTION)
    said = homeward(home, "feedback", first.request_id, "bad")
    assert said.out == (
        "Noted: llamacpp/tiny did badly here. The cache serves that answer no more.\n"
    )
    assert ask(home, QUESTION)[0].cached == "no"


@pytest.mark.parametrize("cached", [False, True])
def test_better_says_that_it_was_not_enough_and_how_to_go_on(
    home: Home, model: Scribe, cached: bool
) -> None:
    first, hit = ask(home, QUESTION, QUESTION)
    wanted = (hit if cached else first).request_id
    said = homeward(home, "feedback", wanted, "better")
    assert "was not enough here" in said.out
    assert f'homeward ask "…" --improve {first.request_id}\n' in said.out
    assert signals(home, first) == ["improve"]
    facts = json.loads(homeward(home, "feedback", wanted, "better", "--json").out)
    assert facts["improve"] == first.request_id


def test_the_way_to_a_better_answer_works(home: Home, model: Scribe) -> None:
    [first] = ask(home, QUESTION)
    homeward(home, "feedback", first.request_id, "better")
    with Scribe(lambda _: ["It is 3,474 km wide, a quarter of the Earth."]) as cloud:
        home.anthropic(cloud.address, "a-key-for-tests")
        home.allow(cloud.address.removeprefix("http://"), tasks="simple_completion = true")
        better = homeward(home, "ask", QUESTION, "--improve", first.request_id)
    assert "a quarter of the Earth" in better.out
    assert cloud.heard


def test_without_learning_there_is_no_better_model_to_be_asked_by_an_id(
    home: Home, model: Scribe
) -> None:
    settings = home.places.settings.read_text(encoding="utf-8")
    home.settings(f"{settings}\n[routing]\nlearn = false\n")
    first, hit = ask(home, QUESTION, QUESTION)
    for answer in (first, hit):
        said = homeward(home, "feedback", answer.request_id, "better")
        assert said.status == 0
        assert "--fresh" in said.out
        assert "--improve" not in said.out


def test_a_cache_that_cannot_be_told_does_not_keep_routing_from_learning(
    home: Home, model: Scribe
) -> None:
    [first] = ask(home, QUESTION)
    with (
        closing(Database(home.places.cache_database, CACHE)) as database,
        database.transaction(),
    ):
        said = homeward(home, "feedback", first.request_id, "bad")
    assert said.status == 0
    assert "Noted: llamacpp/tiny did badly here." in said.out
    assert "The cache was not told." in said.out
    assert "is locked by another program" in said.out
    assert signals(home, first) == ["bad"]


def test_a_damaged_cache_is_begun_anew_and_routing_learns(home: Home, model: Scribe) -> None:
    [first] = ask(home, QUESTION)
    for file in home.places.cache.glob("cache.db*"):
        file.unlink()
    home.places.cache_database.write_bytes(b"no database" * 1000)
    said = homeward(home, "feedback", first.request_id, "bad")
    assert said.out == "Noted: llamacpp/tiny did badly here.\n"
    assert signals(home, first) == ["bad"]


def test_where_the_person_does_without_a_cache_nothing_of_one_is_made(home: Home) -> None:
    home.settings("[cache]\nenabled = false\n")
    said = homeward(home, "feedback", "3f9a0c27b1d4", "bad")
    assert said.status == 1
    assert "Nothing is known of a request with that id." in said.err
    assert not home.places.cache_database.exists()
