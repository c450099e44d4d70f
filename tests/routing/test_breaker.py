"""A model that keeps failing is left alone for a while, and tried again with care."""

import pytest

from routing.breaker import LONGEST_COOL_DOWN_S, LOST_PROBE_S, Breakers, Health
from tests.clocks import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breakers(clock: Clock) -> Breakers:
    return Breakers(clock, failures_to_open=3, cool_down_s=30.0)


def fail(breakers: Breakers, times: int) -> None:
    for _ in range(times):
        breakers.failed("m")


def test_a_model_nobody_has_tried_is_allowed_and_leaves_no_trace(breakers: Breakers) -> None:
    assert breakers.allows("m")
    assert breakers.snapshot() == {}


def test_it_opens_at_the_third_failure_in_a_row(breakers: Breakers) -> None:
    fail(breakers, 2)
    assert breakers.allows("m")
    assert breakers.snapshot() == {"m": Health(state="closed", failures=2, retry_in_s=0.0)}
    fail(breakers, 1)
    assert not breakers.allows("m")
    assert breakers.snapshot() == {"m": Health(state="open", failures=3, retry_in_s=30.0)}


def test_a_success_in_between_starts_the_count_anew(breakers: Breakers) -> None:
    fail(breakers, 2)
    breakers.succeeded("m")
    fail(breakers, 2)
    assert breakers.allows("m")


def test_one_models_failures_are_not_anothers(breakers: Breakers) -> None:
    fail(breakers, 3)
    assert breakers.allows("other")


def test_after_the_pause_exactly_one_call_may_probe(breakers: Breakers, clock: Clock) -> None:
    fail(breakers, 3)
    clock.now += 29.9
    assert not breakers.allows("m")
    clock.now += 0.1
    assert breakers.snapshot()["m"].state == "half-open"
    assert [breakers.allows("m") for _ in range(3)] == [True, False, False]


def test_looking_takes_no_probe(breakers: Breakers, clock: Clock) -> None:
    fail(breakers, 3)
    assert not breakers.healthy("m")
    clock.now += 30
    assert [breakers.healthy("m") for _ in range(3)] == [True, True, True]
    assert breakers.allows("m")
    assert not breakers.healthy("m")


def test_a_probe_that_succeeds_closes_it(breakers: Breakers, clock: Clock) -> None:
    fail(breakers, 3)
    clock.now += 30
    assert breakers.allows("m")
    breakers.succeeded("m")
    assert breakers.allows("m")
    assert breakers.snapshot() == {}


def test_each_probe_that_fails_doubles_the_pause_up_to_a_cap(
    breakers: Breakers, clock: Clock
) -> None:
    fail(breakers, 3)
    pauses = []
    for _ in range(7):
        pauses.append(breakers.snapshot()["m"].retry_in_s)
        clock.now += pauses[-1]
        assert breakers.allows("m")
        breakers.failed("m")
    assert pauses == [30, 60, 120, 240, 480, LONGEST_COOL_DOWN_S, LONGEST_COOL_DOWN_S]


def test_calls_begun_before_it_opened_do_not_lengthen_the_pause(
    breakers: Breakers, clock: Clock
) -> None:
    fail(breakers, 3)
    clock.now += 10
    fail(breakers, 5)
    assert breakers.snapshot()["m"].retry_in_s == 20


def test_a_server_that_asks_for_a_pause_gets_it_at_once(breakers: Breakers, clock: Clock) -> None:
    breakers.failed("m", retry_after=90.0)
    assert breakers.snapshot()["m"] == Health(state="open", failures=1, retry_in_s=90.0)
    clock.now += 89
    assert not breakers.allows("m")
    clock.now += 1
    assert breakers.allows("m")


def test_an_older_call_that_ends_well_does_not_cut_a_pause_short(
    breakers: Breakers, clock: Clock
) -> None:
    breakers.failed("m", retry_after=90.0)
    breakers.succeeded("m")
    assert not breakers.allows("m")
    clock.now += 90
    assert breakers.allows("m")
    breakers.succeeded("m")
    assert breakers.snapshot() == {}


def test_a_model_whose_rate_limit_is_used_up_rests_without_having_failed(
    breakers: Breakers, clock: Clock
) -> None:
    breakers.succeeded("m")
    breakers.rests("m", 12.0)
    breakers.rests("m", 2.0)
    breakers.succeeded("m")
    assert not breakers.allows("m")
    assert breakers.snapshot() == {"m": Health(state="resting", failures=0, retry_in_s=12.0)}
    clock.now += 12
    assert [breakers.allows("m") for _ in range(2)] == [True, True]
    assert breakers.snapshot() == {}


def test_of_a_rest_and_a_pause_the_longer_holds(breakers: Breakers, clock: Clock) -> None:
    fail(breakers, 3)
    breakers.rests("m", 50.0)
    assert breakers.snapshot() == {"m": Health(state="resting", failures=3, retry_in_s=50.0)}
    clock.now += 30
    assert not breakers.allows("m")
    clock.now += 20
    assert [breakers.allows("m") for _ in range(2)] == [True, False]


def test_why_a_model_is_left_alone_is_said_in_a_sentence(breakers: Breakers, clock: Clock) -> None:
    assert breakers.why("m") == ""
    breakers.failed("m", retry_after=29.5)
    assert breakers.why("m") == "It failed once; it is tried again in 30 s."
    clock.now += 30
    assert breakers.why("m") == ""
    breakers.allows("m")
    assert breakers.why("m") == "It failed once, and one call is trying it again now."
    breakers.succeeded("m")
    fail(breakers, 3)
    assert breakers.why("m") == "It failed 3 times in a row; it is tried again in 30 s."
    breakers.rests("other", 7.2)
    assert breakers.why("other") == "Its rate limit is used up; it renews in 8 s."


def test_a_short_request_for_a_pause_is_no_longer_than_that(
    breakers: Breakers, clock: Clock
) -> None:
    breakers.failed("m", retry_after=1.0)
    assert breakers.snapshot()["m"].retry_in_s == 1.0
    clock.now += 1
    assert [breakers.allows("m") for _ in range(2)] == [True, False]


def test_a_short_request_for_a_pause_does_not_shorten_that_of_failures_in_a_row(
    breakers: Breakers,
) -> None:
    fail(breakers, 2)
    breakers.failed("m", retry_after=1.0)
    assert breakers.snapshot()["m"].retry_in_s == 30.0


def test_requests_for_a_pause_do_not_count_towards_longer_ones(
    breakers: Breakers, clock: Clock
) -> None:
    for _ in range(2):
        breakers.failed("m", retry_after=1.0)
        clock.now += 1
        assert breakers.allows("m")
    breakers.failed("m")
    assert breakers.snapshot()["m"] == Health(state="open", failures=3, retry_in_s=30.0)


def test_a_call_broken_off_by_us_frees_the_probe(breakers: Breakers, clock: Clock) -> None:
    fail(breakers, 3)
    clock.now += 30
    assert breakers.allows("m")
    breakers.abandoned("m")
    assert breakers.allows("m")
    breakers.abandoned("never tried")


def test_a_probe_of_which_nothing_is_heard_does_not_bar_the_model_for_ever(
    breakers: Breakers, clock: Clock
) -> None:
    fail(breakers, 3)
    clock.now += 30
    assert breakers.allows("m")
    clock.now += LOST_PROBE_S - 1
    assert not breakers.allows("m")
    clock.now += 1
    assert breakers.allows("m")
