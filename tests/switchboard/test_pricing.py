"""What a call is billed, at home and away, and what it is compared with."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ledger import Prices, Quote, UnknownPrice
from routing.values import Completion, Model
from switchboard.pricing import Baseline, LocalCost, Pricing, worst_case
from vocabulary import Money, TaskKind, Usage

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
USUAL = ("anthropic", "claude-sonnet-5-5")
THOUSAND = Usage(input_tokens=1000, output_tokens=1000)
HAIKU = Model(provider="anthropic", name="claude-haiku-5-5", local=False, host="api.anthropic.com")
HOME = Model(provider="ollama", name="tiny", local=True, host="127.0.0.1:11434")


def pricing(
    *,
    estimate: bool = False,
    local: LocalCost | None = None,
    baseline: Baseline | tuple[str, str] = USUAL,
) -> Pricing:
    prices = Prices(unknown="estimate" if estimate else "refuse")
    return Pricing(prices, baseline=baseline, clock=lambda: AT, local=local)


def answer(model: str, usage: Usage = THOUSAND, **more: int) -> Completion:
    given = Completion(text="", model=model, finish="stop", usage=usage, counting="counted")
    return replace(given, **more)


# --- the bill ---------------------------------------------------------------------------------


def test_a_providers_own_figure_wins_over_every_price() -> None:
    bill = pricing().bill(HAIKU, answer("claude-opus-5-5", cost=Money(7)), AT)
    assert bill == Quote(cost=Money(7), source="anthropic")


def test_who_served_is_billed_before_who_was_asked() -> None:
    assert pricing().bill(HAIKU, answer("claude-opus-5-5"), AT).cost == 24_000


@pytest.mark.parametrize("estimate", [False, True])
def test_a_known_price_of_who_was_asked_goes_before_a_guess_of_who_served(estimate: bool) -> None:
    bill = pricing(estimate=estimate).bill(HAIKU, answer("claude-nobody-knows"), AT)
    assert (bill.cost, bill.estimated) == (600, False)


def test_only_where_neither_is_known_is_it_guessed() -> None:
    unknown = replace(HAIKU, name="claude-nobody")
    completion = answer("claude-nobody-knows")
    bill = pricing(estimate=True).bill(unknown, completion, AT)
    assert (bill.cost, bill.estimated) == (90_000, True)
    assert bill.source.startswith("estimate: dearest of anthropic")
    with pytest.raises(UnknownPrice):
        pricing().bill(unknown, completion, AT)


def test_a_batch_is_billed_at_its_own_price() -> None:
    batch = pricing().in_batch()
    assert batch.bill(HAIKU, answer("claude-haiku-5-5"), AT).cost == 300
    assert batch.of(HAIKU, THOUSAND) == 300
    assert batch.baseline(THOUSAND) == pricing().baseline(THOUSAND)


# --- at home ----------------------------------------------------------------------------------


def test_a_local_answer_is_free_unless_the_person_says_otherwise() -> None:
    assert pricing().bill(HOME, answer("tiny", total_ms=60_000), AT) == Quote(
        cost=Money(0), source="local"
    )
    assert pricing().local_estimate(60) == 0


@pytest.mark.parametrize(
    ("ms", "micro_dollars"),
    [(3_600_000, 360_000), (1000, 100), (1, 1), (0, 0), (15, 2)],
    ids=["an hour", "a second", "a millisecond rounds up", "nothing", "not down"],
)
def test_a_local_answer_costs_the_time_it_took_where_they_do(ms: int, micro_dollars: int) -> None:
    own = LocalCost(an_hour=Decimal(360_000), source="homeward.toml, by the hour")
    priced = pricing(local=own)
    assert priced.bill(HOME, answer("tiny", total_ms=ms), AT) == Quote(
        cost=Money(micro_dollars), source="homeward.toml, by the hour"
    )
    assert priced.local_estimate(ms / 1000) == micro_dollars


def test_what_a_machine_at_home_costs_changes_nothing_for_a_cloud() -> None:
    own = LocalCost(an_hour=Decimal(10**9), source="homeward.toml, by the hour")
    assert (
        pricing(local=own).bill(HAIKU, answer("claude-haiku-5-5", total_ms=10**6), AT).cost == 600
    )
    assert pricing(local=own).baseline(THOUSAND) == pricing().baseline(THOUSAND)


# --- the baseline -----------------------------------------------------------------------------

BY_TASK = Baseline(usual=USUAL, by_task={TaskKind.TRANSLATION: ("google", "gemini-4-argon")})


@pytest.mark.parametrize(
    ("task", "asked", "micro_dollars"),
    [
        pytest.param(None, "", 12_000, id="the usual model"),
        pytest.param(TaskKind.DEBUGGING, "", 12_000, id="a task like any other"),
        pytest.param(TaskKind.TRANSLATION, "", 12_000, id="a task with a model of its own"),
        pytest.param(
            TaskKind.TRANSLATION, "anthropic/claude-opus-5-5", 24_000, id="the one insisted on"
        ),
        pytest.param(TaskKind.DEBUGGING, None, 0, id="it was to stay at home"),
        pytest.param(None, "openrouter/x/y/z", 0, id="one whose price is not known"),
    ],
)
def test_a_request_is_compared_with_where_it_would_have_gone(
    task: TaskKind | None, asked: str | None, micro_dollars: int
) -> None:
    priced = pricing(baseline=BY_TASK)
    assert priced.baseline(THOUSAND, task=task, model_asked=asked) == micro_dollars


def test_a_task_is_compared_with_its_own_model() -> None:
    assert BY_TASK.of(TaskKind.TRANSLATION) == ("google", "gemini-4-argon")
    assert BY_TASK.of(TaskKind.DEBUGGING) == BY_TASK.of() == USUAL
    assert BY_TASK.of(TaskKind.TRANSLATION, ("a", "b")) == ("a", "b")
    assert BY_TASK.models == (USUAL, ("google", "gemini-4-argon"))


def test_no_saving_rests_on_a_guess() -> None:
    guessed = pricing(estimate=True, baseline=("anthropic", "claude-nobody-knows"))
    assert guessed.baseline(THOUSAND) == 0


# --- the worst case ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tokens", "micro_dollars"),
    [(1000, 4000), (10_000, 50_000)],
    ids=["too short to be kept", "written to the provider's cache"],
)
def test_the_worst_case_covers_what_it_costs_to_have_a_prompt_kept(
    tokens: int, micro_dollars: int
) -> None:
    opus = replace(HAIKU, name="claude-opus-5-5")
    usage = Usage(input_tokens=tokens)
    assert worst_case(pricing().of, opus, usage) == micro_dollars


def test_the_worst_case_is_never_below_the_plain_price() -> None:
    argon = replace(HAIKU, provider="google", name="gemini-4-argon")
    usage = Usage(input_tokens=10_000, output_tokens=10)
    assert worst_case(pricing().of, argon, usage) == pricing().of(argon, usage)


def test_what_a_local_answer_will_cost_is_not_known_from_its_tokens() -> None:
    own = LocalCost(an_hour=Decimal(10**9), source="homeward.toml, by the hour")
    assert pricing(local=own).of(HOME, THOUSAND) == 0
