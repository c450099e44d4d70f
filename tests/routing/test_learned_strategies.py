"""The strategies that go by the chance of each model: one row per case."""

from dataclasses import replace

import pytest

from routing.strategies import EXPLORING, strategy
from routing.strategies.pinning import hold
from routing.strategies.ranking import Ranking
from routing.values import Analysis, Candidate, Pin, Preferences
from tests.routing.making import analysis, candidate
from vocabulary import Money

TINY = candidate("tiny", local=True, quality=0.5, speed=100)
WEAK = candidate("weak", local=True, quality=0.7)
POOR = candidate("poor", local=True, quality=0.3)
BAD = candidate("bad", quality=0.47, cost=500)
BETTER = candidate("better", quality=0.55, cost=20_000)
LARGE = candidate("large", local=True, quality=0.8, speed=10)
FREE = candidate("free", quality=0.6, cost=0, speed=300)
CHEAP = candidate("cheap", quality=0.85, cost=500)
FAIR = candidate("fair", quality=0.85, cost=2_000)
BEST = candidate("best", quality=0.97, cost=20_000)
ALL = (CHEAP, TINY, BEST, FREE, LARGE, FAIR)
CLOUDS = (CHEAP, BEST, FREE, FAIR)

BALANCED = Preferences()
THRIFTY = Preferences(worth=Money(20_000), home_advantage=0.2)
LAVISH = Preferences(worth=Money(1_000_000), home_advantage=0.03, min_quality=0.8)
PERSONAL = Preferences(personal=True)
CLUELESS = analysis(signals=False)


def order(
    name: str,
    candidates: tuple[Candidate, ...],
    preferences: Preferences = BALANCED,
    judged: Analysis | None = None,
) -> str:
    ranking = strategy(name)(judged or analysis(), candidates, preferences)
    return " ".join(each.model.name for each in ranking.candidates)


@pytest.mark.parametrize(
    ("candidates", "preferences", "first"),
    [
        pytest.param(ALL, BALANCED, "large", id="home is nearly as good, and home"),
        pytest.param((TINY, CHEAP, BEST), BALANCED, "cheap", id="home is too weak"),
        pytest.param((BEST, CHEAP), BALANCED, "cheap", id="both will do"),
        pytest.param((WEAK, CHEAP), BALANCED, "weak", id="just short of enough, but at home"),
        pytest.param((WEAK, CHEAP), LAVISH, "cheap", id="a weak wish to stay"),
        pytest.param((POOR, BAD, BETTER), BALANCED, "bad", id="none will do: nearly the best"),
        pytest.param((POOR, BETTER), BALANCED, "better", id="none will do: much the best"),
        pytest.param((POOR, BAD), THRIFTY, "poor", id="none will do: a strong wish to stay"),
        pytest.param((TINY, BEST), PERSONAL, "tiny", id="personal data"),
        pytest.param(
            (replace(LARGE, seconds=90.0), CHEAP),
            Preferences(patience_s=50.0),
            "cheap",
            id="home would take too long",
        ),
    ],
)
def test_learned_takes_the_best_deal(
    candidates: tuple[Candidate, ...], preferences: Preferences, first: str
) -> None:
    assert order("learned", candidates, preferences).split()[0] == first


def test_learned_says_what_it_expected_and_on_whose_experience() -> None:
    seen = replace(LARGE, outcomes=42.0)
    reason = strategy("learned")(analysis(), (seen, CHEAP), BALANCED).reason
    assert reason == (
        "80% likely to do, the best cloud 85%, from 42 outcomes of yours, by the catalogue alone"
    )


@pytest.mark.parametrize(
    ("candidates", "preferences", "expected"),
    [
        pytest.param(ALL, BALANCED, "large cheap best fair free tiny", id="each dearer and better"),
        pytest.param((TINY, BEST), BALANCED, "tiny best", id="one cheap, one good"),
        pytest.param(CLOUDS, BALANCED, "free cheap best fair", id="no model at home"),
        pytest.param(
            (replace(TINY, quality=0.1), CHEAP), BALANCED, "cheap tiny", id="hopeless is no rung"
        ),
        pytest.param((BEST, LARGE, TINY), PERSONAL, "large tiny best", id="personal data"),
    ],
)
def test_cascade_climbs_rungs_that_are_dearer_and_better(
    candidates: tuple[Candidate, ...], preferences: Preferences, expected: str
) -> None:
    assert order("cascade", candidates, preferences) == expected


@pytest.mark.parametrize(
    ("judged", "candidates", "preferences", "first"),
    [
        pytest.param(analysis(0.5), ALL, BALANCED, "large", id="as learned"),
        pytest.param(
            analysis(0.95), (WEAK, BEST), Preferences(worth=Money(50_000)), "best", id="very hard"
        ),
        pytest.param(
            analysis(0.7), (WEAK, BEST), Preferences(worth=Money(50_000)), "weak", id="only hard"
        ),
        pytest.param(analysis(0.95), ALL, BALANCED, "large", id="very hard, but home is good"),
        pytest.param(
            analysis(0.95),
            (replace(WEAK, outcomes=30.0), BEST),
            Preferences(worth=Money(50_000)),
            "weak",
            id="very hard by its words, but outcomes say otherwise",
        ),
        pytest.param(analysis(0.95), (TINY, BEST), PERSONAL, "tiny", id="very hard but personal"),
        pytest.param(
            replace(analysis(0.5), provable=True), (TINY, BEST), BALANCED, "tiny", id="a plain sum"
        ),
        pytest.param(CLUELESS, (TINY, CHEAP, BEST), BALANCED, "cheap", id="no signal: the middle"),
        pytest.param(CLUELESS, ALL, BALANCED, "large", id="no signal, and a middling one at home"),
    ],
)
def test_hybrid_is_learned_validated_by_complexity(
    judged: Analysis, candidates: tuple[Candidate, ...], preferences: Preferences, first: str
) -> None:
    assert order("hybrid", candidates, preferences, judged).split()[0] == first


def test_no_signal_is_flagged() -> None:
    ranking = strategy("hybrid")(CLUELESS, ALL, BALANCED)
    assert ranking.reason == "nothing tells how hard this is, so a middling model"


TIERS = {name: Preferences(tier=name) for name in ("free", "paid", "own_key")}


@pytest.mark.parametrize(
    ("tier", "of_ten", "candidates", "expected"),
    [
        pytest.param("free", 4.9, ALL, "tiny large free", id="free, easy: small local first"),
        pytest.param("free", 5.0, ALL, "free tiny large", id="free, hard: the free cloud"),
        pytest.param("paid", 3.9, ALL, "tiny large free cheap fair best", id="paid, easy"),
        pytest.param("paid", 4.0, ALL, "free cheap fair best tiny large", id="paid, middling"),
        pytest.param("paid", 7.0, ALL, "best cheap fair free tiny large", id="paid, hard"),
        pytest.param("own_key", 1.0, ALL, "best cheap fair free large tiny", id="own key"),
    ],
)
def test_tiers_begin_where_the_documents_say(
    tier: str, of_ten: float, candidates: tuple[Candidate, ...], expected: str
) -> None:
    assert order("tiered", candidates, TIERS[tier], analysis(of_ten / 10)) == expected


def test_the_free_tier_never_comes_to_a_model_that_costs_money() -> None:
    ranking = strategy("tiered")(analysis(0.9), CLOUDS, TIERS["free"])
    assert all(each.estimate == 0 for each in ranking.candidates)
    assert ranking.left_out


def test_personal_data_puts_home_first_in_every_tier() -> None:
    for preferences in TIERS.values():
        ranking = strategy("tiered")(analysis(0.9), ALL, replace(preferences, personal=True))
        places = [each.model.local for each in ranking.candidates]
        assert places == sorted(places, reverse=True)


@pytest.mark.parametrize(
    ("pin", "candidates", "first"),
    [
        pytest.param(None, (LARGE, CHEAP), "large", id="no conversation"),
        pytest.param("cloud/cheap", (FAIR, CHEAP), "cheap", id="nothing gained by changing"),
        pytest.param("cloud/cheap", (LARGE, CHEAP), "large", id="home is worth the change"),
        pytest.param("cloud/gone", (FAIR, CHEAP), "fair", id="it may not answer any more"),
        pytest.param("cloud/fair", (FAIR, CHEAP), "fair", id="it was first anyway"),
    ],
)
def test_a_conversation_stays_with_its_model_unless_another_is_worth_the_change(
    pin: str | None, candidates: tuple[Candidate, ...], first: str
) -> None:
    ranking = Ranking(candidates=candidates, reason="as ordered")
    held = hold(ranking, None if pin is None else Pin(model=pin, tokens=5000), BALANCED)
    assert held.candidates[0].model.name == first
    assert len(held.candidates) == len(candidates)


def test_a_pin_never_takes_personal_data_out() -> None:
    ranking = Ranking(candidates=(TINY, BEST), reason="personal")
    held = hold(ranking, Pin(model="cloud/best", tokens=5000), PERSONAL)
    assert held.candidates[0] is TINY


def test_only_strategies_that_learn_explore() -> None:
    assert {"learned", "hybrid"} == EXPLORING
