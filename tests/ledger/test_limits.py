"""Limits for a part of what is spent: a provider, a caller, a kind of task, a price tier."""

from datetime import timedelta
from typing import Any

import pytest

from ledger import Budget, Limit, OverBudget, Scope, SqliteLedger
from storage import Database
from tests.ledger.lines import NOON, adds_up, entry, outcome
from vocabulary import Money, TaskKind

MATCHING: dict[Scope, dict[str, Any]] = {
    "provider": {"provider": "openai"},
    "caller": {"caller": "cursor"},
    "task": {"task": TaskKind.DEBUGGING},
    "tier": {"tier": "large"},
}
NAMES: dict[Scope, str] = {
    "provider": "openai",
    "caller": "cursor",
    "task": "debugging",
    "tier": "large",
}


@pytest.mark.parametrize("scope", ["provider", "caller", "task", "tier"])
def test_a_limit_holds_for_its_own_part_only(
    ledger: SqliteLedger, database: Database, scope: Scope
) -> None:
    budget = Budget(limits=(Limit(scope=scope, name=NAMES[scope], daily=Money(1500)),))
    one = ledger.reserve(entry(**MATCHING[scope]), budget)
    with pytest.raises(OverBudget, match=rf"\$0\.0005 is left of the budget for {scope}"):
        ledger.reserve(entry(**MATCHING[scope]), budget)
    ledger.reserve(entry(), budget)
    ledger.settle(one, outcome(cost=Money(400)))
    ledger.reserve(entry(**MATCHING[scope]), budget)
    assert adds_up(database)


def test_a_monthly_limit_of_a_part_counts_the_days_before(ledger: SqliteLedger) -> None:
    budget = Budget(limits=(Limit(scope="provider", name="anthropic", monthly=Money(1000)),))
    ledger.note(entry(at=NOON - timedelta(days=19)), outcome(cost=Money(900)))
    ledger.note(entry(at=NOON - timedelta(days=20)), outcome(cost=Money(5000)))  # October
    left = ledger.left(budget)
    assert left.least is None
    assert left.least_for(entry().scopes) == 100
    assert left.least_for(entry(provider="openai").scopes) is None
    with pytest.raises(OverBudget, match="for provider anthropic, this month") as refused:
        ledger.reserve(entry(worst_case=Money(101)), budget)
    assert "renews on 2026-12-01" in refused.value.fix


def test_the_tightest_of_several_limits_decides(ledger: SqliteLedger) -> None:
    budget = Budget(
        daily=Money(700),
        limits=(
            Limit(scope="provider", name="anthropic", daily=Money(600)),
            Limit(scope="task", name="translation", daily=Money(500), monthly=Money(900)),
        ),
    )
    assert ledger.left(budget).least_for(entry().scopes) == 500


def test_a_part_tells_when_a_mark_is_passed(ledger: SqliteLedger) -> None:
    limit = Limit(scope="caller", name="claude-desktop", daily=Money(1000))
    budget = Budget(limits=(limit,))
    assert ledger.note(entry(), outcome(cost=Money(400)), budget) == ()
    kept = ledger.reserve(entry(caller="cursor"), budget)
    assert ledger.settle(kept, outcome(cost=Money(500)), budget) == ()
    kept = ledger.reserve(entry(worst_case=Money(500)), budget)
    (notice,) = ledger.settle(kept, outcome(cost=Money(400)), budget)
    assert (notice.limit, notice.period, notice.percent, notice.left) == (limit, "day", 80, 200)


def test_what_others_hold_neither_passes_a_mark_nor_hides_one(ledger: SqliteLedger) -> None:
    budget = Budget(daily=Money(1000))
    other = ledger.reserve(entry(worst_case=Money(400)), budget)
    kept = ledger.reserve(entry(worst_case=Money(600)), budget)
    assert ledger.settle(kept, outcome(cost=Money(490)), budget) == ()
    (notice,) = ledger.settle(other, outcome(cost=Money(10)), budget)
    assert (notice.percent, notice.left) == (50, 500)


def test_what_the_provider_works_on_belongs_to_no_process_and_is_held_until_then(
    database: Database,
) -> None:
    now = [NOON]
    ledger = SqliteLedger(database, now=lambda: now[0], gone=lambda _: True)
    until = NOON + timedelta(hours=26)
    kept = ledger.reserve(entry(), Budget(), until=until)
    now[0] = until - timedelta(seconds=1)
    assert ledger.recover() == 0
    now[0] = until + timedelta(seconds=1)
    assert ledger.recover() == 1
    ledger.settle(kept, outcome(cost=Money(3)))
    assert database.rows("select outcome, cost from attempts") == [("ok", 3)]
    assert adds_up(database)
