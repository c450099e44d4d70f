"""What is reserved, settled, noted and recovered adds up at every moment."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ledger import Budget, Ledger, OverBudget, Reservation, SqliteLedger
from ledger.processes import this_process
from storage import Database, StorageError
from tests.ledger.lines import NOON, adds_up, entry, outcome
from vocabulary import Money, Usage

BERLIN = ZoneInfo("Europe/Berlin")
NO_LIMIT = Budget()
TWO = Budget(daily=Money(2000), monthly=Money(1_000_000))


def spent(database: Database) -> dict[str, tuple[int, int]]:
    """Held and spent by day."""
    rows = database.rows("select day, held, spent from spend where scope = 'all'")
    return {row[0]: row[1:] for row in rows}


def test_the_sqlite_books_are_a_ledger(ledger: SqliteLedger) -> None:
    books: Ledger = ledger
    assert books.recover() == 0


def test_a_reservation_takes_its_worst_case_from_the_budget(
    ledger: SqliteLedger, database: Database
) -> None:
    ledger.reserve(entry(worst_case=Money(1500)), TWO)
    left = ledger.left(TWO)
    assert (left.day, left.month) == (500, 998_500)
    assert spent(database) == {"2026-11-20": (1500, 0)}


def test_a_settled_call_gives_back_what_it_did_not_use(
    ledger: SqliteLedger, database: Database
) -> None:
    reservation = ledger.reserve(entry(worst_case=Money(1500)), TWO)
    ledger.settle(reservation, outcome(cost=Money(400)))
    assert spent(database) == {"2026-11-20": (0, 400)}
    assert ledger.left(TWO).day == 1600


def test_a_call_that_does_not_fit_is_refused_in_words_and_writes_nothing(
    ledger: SqliteLedger, database: Database
) -> None:
    ledger.reserve(entry(worst_case=Money(1500)), TWO)
    before = database.rows("select * from attempts"), spent(database)
    with pytest.raises(OverBudget) as refused:
        ledger.reserve(entry(worst_case=Money(501)), TWO)
    assert str(refused.value) == (
        "This call could cost $0.000501, and $0.0005 is left of the budget for today. "
        "It renews on 2026-11-21 at 00:00 CET. Until then ask a local model, lower max_tokens, "
        "or raise the budget in homeward.toml."
    )
    assert refused.value.worst_case == 501
    assert refused.value.left == ledger.left(TWO)
    assert (database.rows("select * from attempts"), spent(database)) == before


def test_the_month_is_refused_with_the_months_renewal(ledger: SqliteLedger) -> None:
    with pytest.raises(OverBudget, match=r"this month\. It renews on 2026-12-01 at 00:00 CET"):
        ledger.reserve(entry(), Budget(monthly=Money(999)))


def test_settling_twice_changes_nothing(ledger: SqliteLedger, database: Database) -> None:
    reservation = ledger.reserve(entry(), NO_LIMIT)
    ledger.settle(reservation, outcome(cost=Money(400)))
    before = database.rows("select * from attempts")
    ledger.settle(reservation, outcome(cost=Money(900), result="error"))
    assert database.rows("select * from attempts") == before
    assert spent(database) == {"2026-11-20": (0, 400)}


def test_a_call_may_cost_more_than_its_worst_case_and_is_booked_in_full(
    ledger: SqliteLedger,
) -> None:
    reservation = ledger.reserve(entry(worst_case=Money(2000)), TWO)
    ledger.settle(reservation, outcome(cost=Money(2500)))
    assert ledger.left(TWO).day == 0


def test_a_line_keeps_everything_that_was_said_of_the_attempt(
    ledger: SqliteLedger, database: Database
) -> None:
    line = entry(number=2, fallback_from="groq/llama")
    reservation = ledger.reserve(line, NO_LIMIT)
    assert reservation == Reservation(entry_id=line.id, day=NOON.date(), held=line.worst_case)
    usage = Usage(
        input_tokens=5, output_tokens=4, cached_tokens=3, cache_write_tokens=2, reasoning_tokens=1
    )
    ledger.settle(reservation, outcome(usage=usage, result="cancelled", cached="no"))
    ((*row, owner, expires),) = database.rows(
        "select id, request_id, number, at, day, caller, task, strategy, profile, provider, local,"
        " model_asked, model_served, input_tokens, output_tokens, cached_tokens,"
        " cache_write_tokens, reasoning_tokens, price_source, held, cost, baseline,"
        " first_token_ms, total_ms, cached, outcome, fallback_from, owner, expires from attempts"
    )
    assert row == [
        line.id, line.request_id, 2, int(NOON.timestamp() * 1000), "2026-11-20", "claude-desktop",
        "translation", "complexity", "balanced", "anthropic", 0, "claude-haiku-5-5",
        "claude-haiku-5-5-20261001", 5, 4, 3, 2, 1, "genai-prices 0.2.3", 1000, 400, 10_000,
        120, 900, "no", "cancelled", "groq/llama",
    ]  # fmt: skip
    assert owner == this_process()
    assert expires > row[3]


def test_a_free_attempt_is_one_line_and_touches_no_total(
    ledger: SqliteLedger, database: Database
) -> None:
    free = entry(local=True, provider="ollama", worst_case=Money(0))
    ledger.note(free, outcome(cost=Money(0), cached="semantic"))
    assert database.rows("select outcome, cached, local, expires from attempts") == [
        ("ok", "semantic", 1, None)
    ]
    assert spent(database) == {}


def test_a_noted_attempt_that_cost_something_is_booked(
    ledger: SqliteLedger, database: Database
) -> None:
    ledger.note(entry(), outcome(cost=Money(7)))
    assert spent(database) == {"2026-11-20": (0, 7)}


def test_the_same_attempt_cannot_be_written_twice(ledger: SqliteLedger, database: Database) -> None:
    line = entry()
    ledger.reserve(line, NO_LIMIT)
    with pytest.raises(StorageError):
        ledger.reserve(line, NO_LIMIT)
    assert adds_up(database)
    assert spent(database) == {"2026-11-20": (1000, 0)}


# --- whose process died ---------------------------------------------------------------------


def test_what_a_dead_process_kept_is_booked_as_its_worst_case_once(database: Database) -> None:
    dead = SqliteLedger(database, zone=BERLIN, now=lambda: NOON, owner="dead")
    dead.reserve(entry(worst_case=Money(700)), NO_LIMIT)
    ledger = SqliteLedger(
        database, zone=BERLIN, now=lambda: NOON, gone=lambda owner: owner == "dead"
    )
    room = ledger.left(TWO)
    assert (ledger.recover(), ledger.recover()) == (1, 0)
    assert spent(database) == {"2026-11-20": (0, 700)}
    left = ledger.left(TWO)
    assert (left.day, left.month) == (room.day, room.month)
    assert database.rows("select outcome, cost, price_source from attempts") == [
        ("lost", 700, "worst case")
    ]


def test_what_a_living_process_keeps_is_left_alone(
    ledger: SqliteLedger, database: Database
) -> None:
    ledger.reserve(entry(), NO_LIMIT)
    assert ledger.recover() == 0
    assert spent(database) == {"2026-11-20": (1000, 0)}


def test_a_hold_too_old_to_be_anyones_is_recovered(database: Database) -> None:
    SqliteLedger(database).reserve(entry(), NO_LIMIT)
    later = NOON + timedelta(hours=2, seconds=1)
    assert SqliteLedger(database, now=lambda: later, gone=lambda _: False).recover() == 1


def test_an_answer_that_comes_after_recovery_puts_the_line_right_once(
    database: Database,
) -> None:
    ledger = SqliteLedger(database, zone=BERLIN, now=lambda: NOON, gone=lambda _: True)
    reservation = ledger.reserve(entry(worst_case=Money(700)), NO_LIMIT)
    ledger.recover()
    ledger.settle(reservation, outcome(cost=Money(120)))
    ledger.settle(reservation, outcome(cost=Money(999)))
    assert spent(database) == {"2026-11-20": (0, 120)}
    assert database.rows("select outcome, cost from attempts") == [("ok", 120)]
    assert ledger.recover() == 0


# --- the person's days ----------------------------------------------------------------------


def test_a_call_begun_before_midnight_belongs_to_the_day_it_began(
    ledger: SqliteLedger, database: Database
) -> None:
    late = datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC)  # 23:59:59 in Berlin
    reservation = ledger.reserve(entry(at=late), NO_LIMIT)
    ledger.note(entry(at=late + timedelta(seconds=1)), outcome(cost=Money(1)))
    ledger.settle(reservation, outcome(cost=Money(300)))
    assert spent(database) == {"2026-11-30": (0, 300), "2026-12-01": (0, 1)}


@pytest.mark.parametrize(
    "instants",
    [
        pytest.param(
            ["2026-11-20T12:00Z", "2026-11-19T12:00Z", "2026-11-20T12:00Z"], id="clock set back"
        ),
        pytest.param(["2026-10-25T00:30Z", "2026-10-25T01:30Z"], id="the hour that comes twice"),
        pytest.param(
            ["2028-02-28T12:00Z", "2028-02-29T12:00Z", "2028-03-01T12:00Z"], id="leap day"
        ),
        pytest.param(["2026-11-30T22:30Z", "2026-11-30T23:30Z"], id="month's end in another zone"),
    ],
)
def test_every_call_is_counted_once_in_its_day_and_its_month(
    database: Database, instants: list[str]
) -> None:
    for instant in instants:
        at = datetime.fromisoformat(instant)
        ledger = SqliteLedger(database, zone=BERLIN)
        reservation = ledger.reserve(entry(at=at, worst_case=Money(50)), NO_LIMIT)
        ledger.settle(reservation, outcome(cost=Money(10)))
    months: dict[str, int] = {}
    for day, (held, cost) in spent(database).items():
        assert held == 0
        months[day[:7]] = months.get(day[:7], 0) + cost
    assert sum(months.values()) == 10 * len(instants)
    last = datetime.fromisoformat(instants[-1])
    limit = Budget(monthly=Money(1000))
    left = SqliteLedger(database, zone=BERLIN, now=lambda: last).left(limit)
    assert left.month == 1000 - months[f"{last.astimezone(BERLIN):%Y-%m}"]
    assert adds_up(database)


def test_without_a_clock_and_a_zone_the_computers_own_are_used(database: Database) -> None:
    ledger = SqliteLedger(database)
    ledger.note(entry(at=datetime.now(UTC)), outcome(cost=Money(3)))
    assert ledger.left(Budget(monthly=Money(10))).least == 7


def test_a_new_day_and_a_new_month_begin_with_a_full_budget(database: Database) -> None:
    budget = Budget(daily=Money(1000), monthly=Money(1500))

    def left_at(text: str) -> tuple[Money | None, Money | None]:
        at = datetime.fromisoformat(text)
        left = SqliteLedger(database, zone=BERLIN, now=lambda: at).left(budget)
        return left.day, left.month

    SqliteLedger(database, zone=BERLIN).reserve(entry(worst_case=Money(900)), budget)
    assert left_at("2026-11-20T22:59Z") == (100, 600)
    assert left_at("2026-11-20T23:00Z") == (1000, 600)
    assert left_at("2026-11-30T23:00Z") == (1000, 1500)


# --- any order of events --------------------------------------------------------------------


@dataclass
class Expected:
    """The books as a dictionary: the simplest thing that could be right."""

    held: dict[str, int] = field(default_factory=dict)
    cost: dict[str, int] = field(default_factory=dict)
    final: set[str] = field(default_factory=set)

    def settle(self, name: str, cost: int) -> None:
        if name not in self.final:
            self.held.pop(name, None)
            self.cost[name] = cost
            self.final.add(name)

    def recover(self) -> None:
        self.cost |= self.held
        self.held.clear()


@pytest.mark.parametrize("seed", range(5))
def test_in_any_order_of_events_the_books_are_those_of_a_plain_dictionary(
    database: Database, seed: int
) -> None:
    rng = random.Random(seed)
    expected, kept = Expected(), []
    ledger = SqliteLedger(database, now=lambda: NOON, gone=lambda _: True)
    for _ in range(120):
        worst, cost = rng.randrange(1000), rng.randrange(1500)
        at = NOON + timedelta(hours=rng.randrange(-72, 72))
        match rng.choice(("reserve", "reserve", "settle", "settle", "note", "recover")):
            case "reserve":
                line = entry(at=at, worst_case=Money(worst))
                kept.append(ledger.reserve(line, NO_LIMIT))
                expected.held[line.id] = worst
            case "settle" if kept:
                reservation = rng.choice(kept)
                ledger.settle(reservation, outcome(cost=Money(cost)))
                expected.settle(reservation.entry_id, cost)
            case "note":
                line = entry(at=at)
                ledger.note(line, outcome(cost=Money(cost)))
                expected.settle(line.id, cost)
            case "recover":
                ledger.recover()
                expected.recover()
        assert adds_up(database)
        days = spent(database).values()
        assert (sum(day[0] for day in days), sum(day[1] for day in days)) == (
            sum(expected.held.values()),
            sum(expected.cost.values()),
        )
