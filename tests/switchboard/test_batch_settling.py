"""What one prompt of a batch comes to in the books."""

from datetime import UTC, datetime

import pytest

from ledger import Prices
from ledger.batches import BatchLine
from routing.providers.batches import Ending, Result
from routing.values import Completion
from switchboard.batch_settling import nothing_sent, settled
from switchboard.pricing import UNASKED, Pricing
from vocabulary import Money, TaskKind, Usage

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
PRICING = Pricing(
    Prices(), baseline=("anthropic", "claude-sonnet-5-5"), clock=lambda: AT, batch=True
)


def line(model: str = "claude-opus-5-5", instead: str | None = UNASKED) -> BatchLine:
    return BatchLine(
        number=0,
        label="a",
        entry_id="e",
        at=AT,
        held=Money(99_999),
        task=TaskKind.REASONING_TASKS,
        model=model,
        instead=instead,
    )


def answered(model: str, *, counted: bool = True) -> Result:
    usage = Usage(input_tokens=1000, output_tokens=1000)
    given = Completion(
        text="Hi",
        model=model,
        finish="stop",
        usage=usage,
        counting="counted" if counted else "estimated",
    )
    return Result(id="x", ending="succeeded", completion=given)


@pytest.mark.parametrize(
    ("asked", "result", "cost", "source"),
    [
        pytest.param(
            "claude-opus-5-5",
            answered("claude-opus-5-5"),
            12_000,
            "genai-prices 0.2.3, batch",
            id="half",
        ),
        pytest.param(
            "claude-opus-5-5",
            answered("claude-nobody"),
            12_000,
            "genai-prices 0.2.3, batch",
            id="who served is not known",
        ),
        pytest.param(
            "claude-nobody",
            answered("claude-nobody"),
            99_999,
            "worst case: price unknown",
            id="nobody is",
        ),
        pytest.param(
            "claude-opus-5-5",
            answered("claude-opus-5-5", counted=False),
            99_999,
            "worst case: not counted",
            id="not counted",
        ),
    ],
)
def test_an_answer_is_billed_at_batch_prices_or_at_its_worst(
    asked: str, result: Result, cost: int, source: str
) -> None:
    outcome = settled(line(asked), "anthropic", result, PRICING).outcome
    assert (outcome.result, outcome.cost, outcome.price_source) == ("ok", cost, source)


@pytest.mark.parametrize(("instead", "baseline"), [(UNASKED, 12_000), (None, 0)])
def test_it_is_compared_with_an_ordinary_call(instead: str | None, baseline: int) -> None:
    came = settled(line(instead=instead), "anthropic", answered("claude-opus-5-5"), PRICING)
    assert came.outcome.baseline == baseline


@pytest.mark.parametrize(
    ("ending", "how"), [("errored", "error"), ("canceled", "cancelled"), ("expired", "timeout")]
)
def test_what_did_not_succeed_costs_nothing(ending: Ending, how: str) -> None:
    came = settled(line(), "anthropic", Result(id="x", ending=ending), PRICING)
    assert (came.outcome.result, came.outcome.cost, came.completion) == (how, 0, None)


def test_what_never_left_costs_nothing() -> None:
    assert nothing_sent(line()).cost == 0
