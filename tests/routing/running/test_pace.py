"""What a local model is expected to take, from what it took."""

from dataclasses import replace

import pytest

from routing.running.pace import FORGET_S, LOAD_S, READS_FASTER, Pace, Seconds
from routing.values import Model, Timings
from tests.clocks import Clock
from tests.routing.making import candidate

SLOW = replace(candidate("slow", local=True, speed=10.0).model)
ANSWER = Timings(load_s=5.0, read_tokens=1000, read_s=20.0, written_tokens=100, write_s=25.0)


@pytest.fixture
def clock() -> Clock:
    return Clock(50.0)


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(clock)


def takes(pace: Pace, model: Model = SLOW, *, warm: bool = True) -> Seconds:
    return pace.estimate(model, 1000, 100, warm=warm)


def test_before_any_answer_the_catalogues_speed_is_the_guess(pace: Pace) -> None:
    seconds = takes(pace, warm=False)

    assert seconds.load == LOAD_S
    assert seconds.prefill == pytest.approx(1000 / 10 / READS_FASTER)
    assert seconds.writing == pytest.approx(10.0)
    assert not seconds.measured


def test_the_first_answer_is_believed_whole(pace: Pace) -> None:
    pace.learn(SLOW.id, ANSWER)

    assert takes(pace, warm=False) == Seconds(load=5.0, prefill=20.0, writing=25.0, measured=True)
    assert takes(pace, warm=False).first_token == 25.0
    assert takes(pace, warm=False).total == 50.0
    assert takes(pace, warm=True).first_token == 20.0


def test_one_models_pace_is_not_anothers(pace: Pace) -> None:
    pace.learn("ollama/other", ANSWER)

    assert not takes(pace).measured


def test_answers_move_the_average_towards_them(pace: Pace) -> None:
    pace.learn(SLOW.id, ANSWER)
    for _ in range(20):
        pace.learn(SLOW.id, replace(ANSWER, load_s=2.0, read_s=10.0, write_s=50.0))

    seconds = takes(pace, warm=False)

    assert seconds.load == pytest.approx(2.0, rel=0.01)
    assert seconds.prefill == pytest.approx(10.0, rel=0.01)
    assert seconds.writing == pytest.approx(50.0, rel=0.01)


def test_a_prompt_that_was_cached_hardly_changes_what_reading_takes(pace: Pace) -> None:
    pace.learn(SLOW.id, ANSWER)
    pace.learn(SLOW.id, replace(ANSWER, read_s=0.001))

    assert takes(pace).prefill == pytest.approx(20.0 * (1 - 0.3 * 0.75))


def test_the_load_of_a_model_that_was_there_already_is_not_learned(pace: Pace) -> None:
    pace.learn(SLOW.id, ANSWER)
    pace.learn(SLOW.id, replace(ANSWER, load_s=0.04))

    assert takes(pace, warm=False).load == 5.0


@pytest.mark.parametrize(
    "nothing",
    [
        Timings(),
        Timings(read_tokens=3, read_s=9.0, written_tokens=3, write_s=9.0),
        Timings(read_tokens=500, written_tokens=500),
    ],
    ids=["nothing measured", "too few tokens", "no durations"],
)
def test_what_tells_nothing_teaches_nothing(pace: Pace, nothing: Timings) -> None:
    guess = takes(pace)
    pace.learn(SLOW.id, nothing)

    assert takes(pace) == guess


def test_after_a_while_without_an_answer_a_measurement_is_a_guess_again(
    pace: Pace, clock: Clock
) -> None:
    pace.learn(SLOW.id, ANSWER)
    clock.now += FORGET_S - 1
    assert takes(pace).measured
    clock.now += 1
    assert not takes(pace).measured
    assert takes(pace).prefill == 20.0


def test_patience_is_twice_what_a_warm_model_takes_to_read_and_a_second(pace: Pace) -> None:
    pace.learn(SLOW.id, ANSWER)

    assert pace.patience(SLOW, 500) == pytest.approx(21.0)
