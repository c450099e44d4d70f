"""Why a model is out: one row per case."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from routing.gates import Wishes, first_gate
from routing.values import Candidate, Need
from tests.routing.making import analysis, candidate
from vocabulary import Money

HOME = candidate("small", local=True, quality=0.7, context=1000)
AWAY = candidate("big", quality=0.9, cost=100, worst=2000, context=1000)

BLIND = replace(HOME, model=replace(HOME.model, able=frozenset()))
SLOW = replace(HOME, seconds=80.0)
IMAGES: frozenset[Need] = frozenset({"images"})


def well(_: str) -> str:
    return ""


def ill(_: str) -> str:
    return "It failed 3 times in a row; it is tried again in 30 s."


@pytest.mark.parametrize(
    ("asked", "wishes", "trouble", "gate"),
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
        pytest.param(BLIND, Wishes(max_tokens=10, needs=IMAGES), well, "ability", id="blind"),
        pytest.param(BLIND, Wishes(max_tokens=10), well, None, id="blind, and nothing to see"),
        pytest.param(AWAY, Wishes(max_tokens=10, needs=IMAGES), well, None, id="sees"),
        pytest.param(SLOW, Wishes(max_tokens=10, within_s=50.0), well, "time", id="too slow"),
        pytest.param(SLOW, Wishes(max_tokens=10, within_s=80.0), well, None, id="just in time"),
        pytest.param(SLOW, Wishes(max_tokens=10), well, None, id="slow, and there is time"),
        pytest.param(
            AWAY, Wishes(max_tokens=10, better_than="cloud/big"), well, "improve", id="the same"
        ),
        pytest.param(
            HOME,
            Wishes(max_tokens=10, better_than="cloud/big", above=0.9),
            well,
            "improve",
            id="not better",
        ),
        pytest.param(
            AWAY,
            Wishes(max_tokens=10, better_than="ollama/small", above=0.7),
            well,
            None,
            id="better",
        ),
        pytest.param(
            AWAY, Wishes(max_tokens=9999, prefer="local"), ill, "prefer", id="first of three"
        ),
    ],
)
def test_the_first_gate_that_stops_a_model_is_named(
    asked: Candidate, wishes: Wishes, trouble: Callable[[str], str], gate: str | None
) -> None:
    excluded = first_gate(asked, analysis(tokens=100), wishes, trouble)
    assert (excluded.gate if excluded else None) == gate
    if excluded:
        assert excluded.model == asked.model
        assert excluded.reason.endswith(".")
        assert excluded.fix.endswith(".")


def test_a_breaker_is_asked_about_the_model_by_its_id() -> None:
    asked: list[str] = []

    def trouble(model_id: str) -> str:
        asked.append(model_id)
        return ""

    first_gate(HOME, analysis(), Wishes(max_tokens=1), trouble)
    assert asked == ["ollama/small"]


def test_reasons_hold_the_figures_a_person_needs() -> None:
    context = first_gate(HOME, analysis(tokens=100), Wishes(max_tokens=4096), well)
    cost = first_gate(AWAY, analysis(), Wishes(max_tokens=1, max_cost=Money(50)), well)
    assert context is not None
    assert cost is not None
    assert "1,000" in context.reason
    assert "4,196" in context.reason
    assert "$0.0020" in cost.reason
