"""How each strategy orders models: one row per case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.strategies import STRATEGIES, UnknownStrategy, strategy
from routing.values import Candidate, Preferences
from tests.routing.making import analysis, candidate

TINY = candidate("tiny", local=True, quality=0.5, speed=100)
LARGE = candidate("large", local=True, quality=0.8, speed=10)
FREE = candidate("free", quality=0.6, cost=0, speed=300)
CHEAP = candidate("cheap", quality=0.85, cost=10)
FAIR = candidate("fair", quality=0.85, cost=40)
BEST = candidate("best", quality=0.97, cost=900)
ALL = (CHEAP, TINY, BEST, FREE, LARGE, FAIR)
WEAK_HOME = (CHEAP, TINY, BEST, FREE)

BALANCED = Preferences()
EAGER = Preferences(try_local_first=False)
PERSONAL = Preferences(personal=True)


def order(
    name: str,
    candidates: tuple[Candidate, ...],
    preferences: Preferences = BALANCED,
    complexity: float = 0.5,
) -> str:
    ranking = strategy(name)(analysis(complexity), candidates, preferences)
    return " ".join(candidate.model.name for candidate in ranking.candidates)


@pytest.mark.parametrize(
    ("score", "candidates", "preferences", "expected"),
    [
        pytest.param(0.0, ALL, BALANCED, "tiny large cheap fair best free", id="simple: fastest"),
        pytest.param(0.29, ALL, BALANCED, "tiny large cheap fair best free", id="under 0.3"),
        pytest.param(0.3, ALL, BALANCED, "large tiny cheap fair best free", id="moderate: best"),
        pytest.param(0.59, ALL, BALANCED, "large tiny cheap fair best free", id="under 0.6"),
        pytest.param(0.6, ALL, BALANCED, "cheap fair best large tiny free", id="hard: cheapest"),
        pytest.param(0.79, ALL, BALANCED, "cheap fair best large tiny free", id="under 0.8"),
        pytest.param(0.8, ALL, BALANCED, "best cheap fair free large tiny", id="very hard: best"),
        pytest.param(0.7, (TINY, FREE), BALANCED, "tiny free", id="hard: no good cloud"),
        pytest.param(0.9, (TINY, LARGE), BALANCED, "large tiny", id="very hard: no cloud"),
        pytest.param(0.1, (BEST, CHEAP), BALANCED, "cheap best", id="simple: no local"),
        pytest.param(0.1, ALL, EAGER, "large cheap fair best tiny free", id="eager simple"),
        pytest.param(0.5, WEAK_HOME, EAGER, "cheap best tiny free", id="eager: weak home waits"),
        pytest.param(0.5, ALL, EAGER, "large cheap fair best tiny free", id="eager: good home"),
        pytest.param(0.9, ALL, PERSONAL, "large tiny best cheap fair free", id="personal, hard"),
        pytest.param(0.1, ALL, PERSONAL, "tiny large cheap fair best free", id="personal, simple"),
        pytest.param(
            0.85,
            ALL,
            Preferences(complexity_threshold=0.9),
            "large tiny cheap fair best free",
            id="conservative keeps it home",
        ),
        pytest.param(
            0.45,
            ALL,
            Preferences(complexity_threshold=0.4),
            "cheap fair best large tiny free",
            id="performance sends it out",
        ),
    ],
)
def test_complexity_follows_the_decision_tree(
    score: float, candidates: tuple[Candidate, ...], preferences: Preferences, expected: str
) -> None:
    assert order("complexity", candidates, preferences, score) == expected


@pytest.mark.parametrize(
    ("name", "candidates", "preferences", "expected"),
    [
        pytest.param("privacy", ALL, PERSONAL, "large tiny best cheap fair free", id="personal"),
        pytest.param("privacy", ALL, BALANCED, "best cheap fair free large tiny", id="impersonal"),
        pytest.param("privacy", (TINY, LARGE), BALANCED, "large tiny", id="privacy, no cloud"),
        pytest.param("cost", ALL, BALANCED, "large cheap fair best free tiny", id="free and good"),
        pytest.param("cost", WEAK_HOME, BALANCED, "cheap best free tiny", id="cheapest good"),
        pytest.param(
            "cost",
            ALL,
            Preferences(min_quality=0.9),
            "best cheap fair large free tiny",
            id="only the best will do",
        ),
        pytest.param(
            "cost",
            ALL,
            Preferences(min_quality=0.99),
            "best cheap fair large free tiny",
            id="none will do",
        ),
        pytest.param("local_first", ALL, BALANCED, "large tiny free cheap fair best", id="chain"),
        pytest.param("local_first", (BEST, CHEAP), BALANCED, "cheap best", id="chain, no local"),
    ],
)
def test_the_other_strategies_order_as_they_promise(
    name: str, candidates: tuple[Candidate, ...], preferences: Preferences, expected: str
) -> None:
    assert order(name, candidates, preferences) == expected


@pytest.mark.parametrize(
    ("name", "score", "candidates", "preferences", "reason"),
    [
        ("complexity", 0.1, ALL, BALANCED, "a simple request: a local model will do"),
        ("complexity", 0.5, ALL, BALANCED, "a moderate request: a local model will do"),
        (
            "complexity",
            0.5,
            (CHEAP,),
            BALANCED,
            "a moderate request, and no local model can answer",
        ),
        (
            "complexity",
            0.5,
            WEAK_HOME,
            EAGER,
            "a moderate request, and the local models are too weak for it",
        ),
        ("complexity", 0.7, ALL, BALANCED, "a hard request: the cheapest good cloud model"),
        (
            "complexity",
            0.7,
            (TINY, FREE),
            BALANCED,
            "a hard request, and no cloud model is good enough",
        ),
        ("complexity", 0.7, (TINY,), BALANCED, "a hard request, and no cloud model may answer"),
        ("complexity", 0.9, ALL, BALANCED, "a very hard request: the best cloud model"),
        ("complexity", 0.9, ALL, PERSONAL, "personal data stays at home: a local model will do"),
        ("complexity", 0.9, (), BALANCED, "a very hard request, and no model to choose from"),
        ("privacy", 0.5, ALL, PERSONAL, "personal data stays on a local model"),
        ("privacy", 0.5, (BEST,), PERSONAL, "no local model can answer"),
        ("privacy", 0.5, ALL, BALANCED, "no personal data, so cloud/best for quality"),
        ("privacy", 0.5, (TINY,), BALANCED, "no cloud model may answer, so the best local one"),
        ("cost", 0.5, ALL, BALANCED, "the cheapest model of quality 0.75 or better"),
        ("cost", 0.5, (TINY,), BALANCED, "no model reaches quality 0.75, so the best there is"),
        ("local_first", 0.5, ALL, BALANCED, "local models first"),
        ("local_first", 0.5, (BEST,), BALANCED, "no local model can answer, so the cheapest cloud"),
    ],
)
def test_the_reason_tells_what_really_happened(
    name: str,
    score: float,
    candidates: tuple[Candidate, ...],
    preferences: Preferences,
    reason: str,
) -> None:
    assert strategy(name)(analysis(score), candidates, preferences).reason == reason


def test_complexity_says_when_it_knows_nothing() -> None:
    ranking = strategy("complexity")(analysis(0.5, signals=False), ALL, BALANCED)
    assert ranking.reason == "nothing tells how hard this is: a local model will do"


@given(
    name=st.sampled_from(sorted(STRATEGIES)),
    score=st.floats(0, 1),
    threshold=st.floats(0, 1),
    least=st.floats(0, 1),
    eager=st.booleans(),
    personal=st.booleans(),
    candidates=st.permutations(ALL).flatmap(
        lambda found: st.integers(0, len(found)).map(lambda count: tuple(found[:count]))
    ),
)
def test_no_strategy_drops_or_doubles_a_candidate_or_heeds_the_order_it_got_them_in(
    name: str,
    score: float,
    threshold: float,
    least: float,
    eager: bool,
    personal: bool,
    candidates: tuple[Candidate, ...],
) -> None:
    preferences = Preferences(
        complexity_threshold=threshold,
        min_quality=least,
        try_local_first=not eager,
        personal=personal,
    )
    ranking = strategy(name)(analysis(score), candidates, preferences)
    ids = [candidate.model.id for candidate in ranking.candidates]
    assert sorted(ids) == sorted(candidate.model.id for candidate in candidates)
    assert ranking == strategy(name)(analysis(score), candidates[::-1], preferences)


def test_an_unknown_strategy_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UnknownStrategy) as refused:
        strategy("telepathy")
    assert "telepathy" in refused.value.what
    for name in STRATEGIES:
        assert name in refused.value.fix
