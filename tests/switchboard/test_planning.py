"""From models to a plan, and from an empty plan to a sentence: pure, a row per case."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ledger import Left, Limit, Restraint, Step, UnknownPrice
from ledger.budgets import LimitLeft
from routing.gates import Wishes
from routing.strategies import UnknownStrategy
from routing.values import Analysis, Excluded, Model, Plan, Preferences
from switchboard.planning import Drawn, draw_plan, nothing_left
from switchboard.weighing import INPUT_SAFETY, Facts
from tests.routing.making import analysis
from vocabulary import Money, TaskKind, Usage
from whitelist import Findings, Whitelist
from whitelist.detector.detect import detect
from whitelist.grants import Grant

HERE = Model(provider="ollama", name="small", local=True, host="127.0.0.1:11434", quality=0.6)
AWAY = Model(provider="cloud", name="big", local=False, host="api.example.com", quality=0.9)
BOTH = (HERE, AWAY)
EVERYTHING = Whitelist(
    cloud_apis=("api.example.com",), allowed_for_cloud=dict.fromkeys(TaskKind, True)
)
NOTHING_FOUND = detect("hello")
EMAIL_FOUND = detect("ada.lovelace@analytical-engines.co.uk")
CANNOT_TELL = Findings(items=(), complete=False, failure="it took too long", version="x")


def per_token(_: Model, usage: Usage) -> Money:
    """A micro-dollar for each token read, two for each written."""
    return Money(usage.input_tokens + 2 * usage.output_tokens)


def unknown(model: Model, _: Usage) -> Money:
    raise UnknownPrice(f"The price of {model.id} is not known.", fix="Add it to homeward.toml.")


def well(_: str) -> str:
    return ""


def ill(_: str) -> str:
    return "It failed once; it is tried again in 30 s."


def left_over(money: int) -> Left:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    return Left(day=Money(money), month=None, day_renews=now, month_renews=now)


def facts(
    *,
    models: tuple[Model, ...] = BOTH,
    findings: Findings = NOTHING_FOUND,
    whitelist: Whitelist = EVERYTHING,
    price: Callable[[Model, Usage], Money] = per_token,
    left: int | None = None,
    trouble: Callable[[str], str] = well,
    kinds: Sequence[TaskKind] = (TaskKind.REASONING_TASKS,),
) -> Facts:
    return Facts(
        models=models,
        kinds=kinds,
        findings=findings,
        whitelist=whitelist,
        price=price,
        left=None if left is None else left_over(left),
        trouble=trouble,
    )


def plan(
    known: Facts,
    wishes: Wishes | None = None,
    *,
    about: Analysis | None = None,
    strategy: str = "complexity",
) -> Plan:
    return drawn_from(known, wishes, about=about, strategy=strategy).plan


def drawn_from(
    known: Facts,
    wishes: Wishes | None = None,
    *,
    about: Analysis | None = None,
    strategy: str = "complexity",
) -> Drawn:
    return draw_plan(
        about or analysis(0.9),
        wishes or Wishes(max_tokens=100),
        Preferences(),
        known,
        strategy_name=strategy,
    )


def gates(drawn: Plan) -> Mapping[str, str]:
    return {entry.model.id: entry.gate for entry in drawn.excluded}


# --- who is out, and by which gate ----------------------------------------------------------

DENY = Whitelist(allowed_for_cloud=dict.fromkeys(TaskKind, True))
NO_TASKS = Whitelist(
    cloud_apis=("api.example.com",), allowed_for_cloud=dict.fromkeys(TaskKind, False)
)

CASES: list[tuple[str, Facts, Wishes, Mapping[str, str]]] = [
    ("all allowed", facts(), Wishes(max_tokens=100), {}),
    ("host not listed", facts(whitelist=DENY), Wishes(max_tokens=100), {"cloud/big": "whitelist"}),
    ("task not allowed", facts(whitelist=NO_TASKS), Wishes(max_tokens=9), {AWAY.id: "whitelist"}),
    ("e-mail", facts(findings=EMAIL_FOUND), Wishes(max_tokens=9), {AWAY.id: "consent"}),
    (
        "e-mail, and a price that is not known",
        facts(findings=EMAIL_FOUND, price=unknown),
        Wishes(max_tokens=9),
        {AWAY.id: "price"},
    ),
    ("not inspected", facts(findings=CANNOT_TELL), Wishes(max_tokens=9), {AWAY.id: "whitelist"}),
    ("price not known", facts(price=unknown), Wishes(max_tokens=9), {AWAY.id: "price"}),
    ("wants local", facts(), Wishes(max_tokens=9, prefer="local"), {AWAY.id: "prefer"}),
    ("wants cloud", facts(), Wishes(max_tokens=9, prefer="cloud"), {HERE.id: "prefer"}),
    ("too long", facts(), Wishes(max_tokens=9000), {HERE.id: "context", AWAY.id: "context"}),
    ("too weak", facts(), Wishes(max_tokens=9, min_quality=0.7), {HERE.id: "quality"}),
    ("too dear", facts(), Wishes(max_tokens=9, max_cost=Money(5)), {AWAY.id: "cost"}),
    ("budget used up", facts(left=0), Wishes(max_tokens=9), {AWAY.id: "budget"}),
    ("both ill", facts(trouble=ill), Wishes(max_tokens=9), {HERE.id: "health", AWAY.id: "health"}),
    (
        "the whitelist before the price",
        facts(whitelist=DENY, price=unknown),
        Wishes(max_tokens=9),
        {AWAY.id: "whitelist"},
    ),
    (
        "the price before the wishes",
        facts(price=unknown),
        Wishes(max_tokens=9, prefer="local"),
        {AWAY.id: "price"},
    ),
    (
        "the wishes before health and budget",
        facts(left=0, trouble=ill),
        Wishes(max_tokens=9, prefer="local"),
        {HERE.id: "health", AWAY.id: "prefer"},
    ),
    (
        "health before the budget",
        facts(left=0, trouble=ill),
        Wishes(max_tokens=9),
        {HERE.id: "health", AWAY.id: "health"},
    ),
]


@pytest.mark.parametrize(
    ("known", "wishes", "expected"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_each_model_is_stopped_by_its_first_gate_or_stands_in_the_plan(
    known: Facts, wishes: Wishes, expected: Mapping[str, str]
) -> None:
    drawn = plan(known, wishes)
    assert gates(drawn) == expected
    kept = {candidate.model.id for candidate in drawn.candidates}
    assert kept == {HERE.id, AWAY.id} - set(expected)
    for entry in drawn.excluded:
        assert entry.reason.endswith(".")
        assert entry.fix


def test_a_model_that_was_asked_for_stands_alone_and_of_the_others_nothing_is_told() -> None:
    drawn = plan(facts(whitelist=DENY), Wishes(max_tokens=9, model=HERE.id))
    assert [candidate.model for candidate in drawn.candidates] == [HERE]
    assert drawn.excluded == ()


def test_what_stays_at_home_is_asked_neither_the_whitelist_nor_a_price() -> None:
    known = facts(findings=EMAIL_FOUND, whitelist=Whitelist(), price=unknown, left=0)
    [candidate] = plan(known).candidates
    assert candidate.model == HERE
    assert (candidate.estimate, candidate.worst_case) == (0, 0)


def test_the_estimate_is_what_is_likely_and_the_worst_case_is_the_limit() -> None:
    about = analysis(0.9, tokens=1000)
    [candidate] = plan(facts(models=(AWAY,)), Wishes(max_tokens=500), about=about).candidates
    assert candidate.estimate == 1000 + 2 * about.output_tokens
    assert candidate.worst_case == int(1000 * INPUT_SAFETY) + 64 + 2 * 500


@pytest.mark.parametrize(("left", "out"), [(1313, {AWAY.id: "budget"}), (1314, {}), (None, {})])
def test_a_budget_lets_through_what_the_worst_case_just_fits_into(
    left: int | None, out: Mapping[str, str]
) -> None:
    about = analysis(0.9, tokens=1000)
    assert gates(plan(facts(left=left), Wishes(max_tokens=0), about=about)) == out


def test_the_quality_is_that_of_the_kind_of_task() -> None:
    poet = Model(
        provider="ollama",
        name="poet",
        local=True,
        host="127.0.0.1:11434",
        quality=0.3,
        quality_by_task={TaskKind.SIMPLE_COMPLETION: 0.8},
    )
    drawn = plan(facts(models=(poet,)), Wishes(max_tokens=9, min_quality=0.7))
    assert [candidate.quality for candidate in drawn.candidates] == [0.8]


@pytest.mark.parametrize(
    ("strategy", "complexity", "first"),
    [
        ("complexity", 0.9, AWAY),
        ("complexity", 0.1, HERE),
        ("privacy", 0.1, AWAY),
        ("local_first", 0.9, HERE),
        ("cost", 0.1, AWAY),
    ],
)
def test_the_strategy_orders_what_is_left_and_says_why(
    strategy: str, complexity: float, first: Model
) -> None:
    drawn = plan(facts(), about=analysis(complexity), strategy=strategy)
    assert drawn.candidates[0].model == first
    assert drawn.strategy == strategy
    assert drawn.reason


# --- what the person can be asked -----------------------------------------------------------

FAR = Model(provider="other", name="huge", local=False, host="api.example.net", quality=0.95)
BOTH_CLOUDS = Whitelist(
    cloud_apis=("api.example.com", "api.example.net"),
    allowed_for_cloud=dict.fromkeys(TaskKind, True),
)


def test_the_models_that_would_do_with_consent_are_named_best_first() -> None:
    drawn = drawn_from(
        facts(models=(AWAY, FAR), findings=EMAIL_FOUND, whitelist=BOTH_CLOUDS), strategy="privacy"
    )
    assert drawn.plan.candidates == ()
    assert {candidate.model.id for candidate, _ in drawn.asking} == {AWAY.id, FAR.id}
    assert all(verdict.ask == ("redacted", "as_is") for _, verdict in drawn.asking)
    ranked = plan(facts(models=(AWAY, FAR), whitelist=BOTH_CLOUDS), strategy="privacy")
    assert [c.model.id for c, _ in drawn.asking] == [c.model.id for c in ranked.candidates]


def test_nobody_is_asked_about_a_model_that_could_not_answer_anyway() -> None:
    known = facts(findings=EMAIL_FOUND, left=0)
    assert drawn_from(known).asking == []
    assert drawn_from(facts(findings=EMAIL_FOUND, whitelist=DENY)).asking == []


def test_consent_brings_its_model_into_the_plan_and_no_other() -> None:
    grant = Grant(id="g", ask_id="a", destination="api.example.com", form="redacted", expires=2**60)
    known = facts(models=(AWAY, FAR), findings=EMAIL_FOUND, whitelist=BOTH_CLOUDS)
    drawn = drawn_from(replace(known, grants=[grant]))
    assert [candidate.model for candidate in drawn.plan.candidates] == [AWAY]
    assert drawn.terms[AWAY.id].form == "redacted"
    assert drawn.terms[AWAY.id].grant == grant
    assert [candidate.model for candidate, _ in drawn.asking] == [FAR]


def test_every_kind_of_task_this_may_be_must_be_allowed_before_anybody_is_asked() -> None:
    rules = Whitelist(cloud_apis=("api.example.com",))
    kinds = (TaskKind.REASONING_TASKS, TaskKind.TRANSLATION)
    drawn = drawn_from(facts(findings=EMAIL_FOUND, whitelist=rules, kinds=kinds))
    assert drawn.asking == []
    assert gates(drawn.plan) == {AWAY.id: "whitelist"}


def test_a_strategy_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownStrategy, match="complexity, privacy, cost, local_first"):
        plan(facts(), strategy="fastest")


# --- when nobody is left --------------------------------------------------------------------


def empty(*excluded: Excluded) -> Plan:
    return Plan(strategy="complexity", reason="none", candidates=(), excluded=excluded)


def out(name: str, gate: str, reason: str, fix: str = "") -> Excluded:
    model = Model(provider="cloud", name=name, local=False, host="api.example.com")
    return Excluded(model=model, gate=gate, reason=reason, fix=fix)


@pytest.mark.parametrize(
    ("troubles", "says"),
    [
        ((), "There is no model to ask. No model server is set up."),
        (("Ollama is down.",), "There is no model to ask. Ollama is down."),
        (
            ("Ollama is down.", "vLLM hangs."),
            "There is no model to ask. Ollama is down. vLLM hangs.",
        ),
    ],
    ids=["none", "one", "two"],
)
def test_without_any_model_the_servers_troubles_are_told_and_how_to_get_one(
    troubles: tuple[str, ...], says: str
) -> None:
    error = nothing_left(empty(), troubles)
    assert error.what == says
    assert "`ollama pull llama3.2:3b`" in error.fix
    assert "`homeward doctor`" in error.fix


def test_models_with_the_same_gate_and_reason_share_a_sentence() -> None:
    error = nothing_left(
        empty(
            out("a", "whitelist", "It is not allowed.", "Allow it."),
            out("b", "whitelist", "It is not allowed.", "Allow it."),
            out("c", "whitelist", "The text holds a card.", "Take it out."),
            out("d", "budget", "It is not allowed.", "Wait."),
        ),
        ["Ollama is down."],
    )
    assert error.what == (
        "No model may answer this. "
        "cloud/a, cloud/b (whitelist): It is not allowed. "
        "cloud/c (whitelist): The text holds a card. "
        "cloud/d (budget): It is not allowed. "
        "Ollama is down."
    )
    assert error.fix == "Ways out: Allow it. Take it out. Wait."


def test_many_models_are_counted_not_all_named() -> None:
    same = [out(f"m{n}", "whitelist", "It is not allowed.", "Allow it.") for n in range(9)]
    error = nothing_left(empty(*same), [])
    assert "cloud/m0, cloud/m1, cloud/m2 and 6 more (whitelist): It is not allowed." in error.what
    assert "m3" not in error.what


def test_at_most_four_ways_out_are_named_each_once() -> None:
    reasons = [out(f"m{n}", f"gate{n}", f"Reason {n}.", f"Way {n}.") for n in range(6)]
    error = nothing_left(empty(*reasons, reasons[0]), [])
    assert error.fix == "Ways out: Way 0. Way 1. Way 2. Way 3."


@pytest.mark.parametrize(
    ("step", "out"),
    [
        ("cheaper", {}),  # a nominal call comes to 0.3 cents: a medium model
        ("free", {AWAY.id: "restraint"}),
        ("local", {AWAY.id: "restraint"}),
        ("stop", {AWAY.id: "restraint", HERE.id: "restraint"}),
    ],
)
def test_when_money_runs_short_dearer_models_are_out(step: Step, out: Mapping[str, str]) -> None:
    held_back = Restraint(step=step, why="80 % of the daily budget is used.")
    found = plan(replace(facts(), restraints=(held_back,)))
    assert gates(found) == out
    assert all(each.reason == held_back.why for each in found.excluded)


@pytest.mark.parametrize(
    ("limit", "is_out"),
    [
        (Limit(scope="provider", name="cloud", daily=Money(1)), True),
        (Limit(scope="provider", name="other", daily=Money(1)), False),
        (Limit(scope="caller", name="cursor", daily=Money(1)), True),
        (Limit(scope="task", name="reasoning_tasks", monthly=Money(1)), True),
        (Limit(scope="tier", name="medium", daily=Money(1)), True),
        (Limit(scope="tier", name="large", daily=Money(1)), False),
    ],
)
def test_the_limit_of_a_part_keeps_out_what_it_is_for(limit: Limit, is_out: bool) -> None:
    left = replace(
        left_over(10**9), limits=(LimitLeft(limit=limit, day=limit.daily, month=limit.monthly),)
    )
    about = replace(analysis(), task=TaskKind.REASONING_TASKS)
    found = plan(replace(facts(), left=left, caller="cursor"), about=about)
    assert gates(found) == ({AWAY.id: "budget"} if is_out else {})
