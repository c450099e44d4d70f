"""Why a model is out: one row per case."""

from collections.abc import Callable

import pytest

from routing.gates import Wishes, first_gate
from routing.values import Candidate
from tests.routing.making import analysis, candidate
from vocabulary import Money

HOME = candidate("small", local=True, quality=0.7, context=1000)
AWAY = candidate("big", quality=0.9, cost=100, worst=2000, context=1000)


def well(_: str) -> bool:
    return True


def ill(_: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("asked", "wishes", "healthy", "gate"),
    [
        pytest.param(HOME, Wishes(max_tokens=10), well, None, id="no wishes"),
        pytest.param(AWAY, Wishes(max_tokens=10, model="ollama/small"), well, "model", id="other"),
        pytest.param(HOME, Wishes(max_tokens=10, model="ollama/small"), well, None, id="asked for"),
        pytest.param(AWAY, Wishes(max_tokens=10, prefer="local"), well, "prefer", id="not local"),
        pytest.param(HOME, Wishes(max_tokens=10, prefer="cloud"), well, "prefer", id="not cloud"),
        pytest.param(HOME, Wishes(max_tokens=10, prefer="local"), well, None, id="is local"),
        pytest.param(AWAY, Wishes(max_tokens=10, prefer="cloud"), well, None, id="is cloud"),
        pytest.param(HOME, Wishes(max_tokens=900), well, None, id="just fits"),
        pytest.param(HOME, Wishes(max_tokens=901), well, "context", id="one token too many"),
        pytest.param(HOME, Wishes(max_tokens=10, min_quality=0.7), well, None, id="just as good"),
        pytest.param(HOME, Wishes(max_tokens=10, min_quality=0.71), well, "quality", id="weak"),
        pytest.param(AWAY, Wishes(max_tokens=10, max_cost=Money(2000)), well, None, id="exactly"),
        pytest.param(AWAY, Wishes(max_tokens=10, max_cost=Money(1999)), well, "cost", id="dear"),
        pytest.param(HOME, Wishes(max_tokens=10, max_cost=Money(0)), well, None, id="free"),
        pytest.param(HOME, Wishes(max_tokens=10), ill, "health", id="breaker open"),
        pytest.param(
            AWAY, Wishes(max_tokens=9999, prefer="local"), ill, "prefer", id="first of three"
        ),
    ],
)
def test_the_first_gate_that_stops_a_model_is_named(
    asked: Candidate, wishes: Wishes, healthy: Callable[[str], bool], gate: str | None
) -> None:
    excluded = first_gate(asked, analysis(tokens=100), wishes, healthy)
    assert (excluded.gate if excluded else None) == gate
    if excluded:
        assert excluded.model == asked.model
        assert excluded.reason.endswith(".")
        assert excluded.fix.endswith(".")


def test_a_breaker_is_asked_about_the_model_by_its_id() -> None:
    asked: list[str] = []

    def healthy(model_id: str) -> bool:
        asked.append(model_id)
        return True

    first_gate(HOME, analysis(), Wishes(max_tokens=1), healthy)
    assert asked == ["ollama/small"]


def test_reasons_hold_the_figures_a_person_needs() -> None:
    context = first_gate(HOME, analysis(tokens=100), Wishes(max_tokens=4096), well)
    cost = first_gate(AWAY, analysis(), Wishes(max_tokens=1, max_cost=Money(50)), well)
    assert context is not None
    assert cost is not None
    assert "1,000" in context.reason
    assert "4,196" in context.reason
    assert "$0.0020" in cost.reason
