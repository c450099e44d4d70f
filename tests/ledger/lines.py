"""Lines for the books with everything filled in, and the sum that must always come out."""

import itertools
from datetime import UTC, datetime
from typing import Any

from ledger import Entry, Outcome
from storage import Database
from vocabulary import Money, TaskKind, Usage

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
_numbers = itertools.count(1)


def entry(**given: Any) -> Entry:
    """An attempt at a cloud model that may cost a tenth of a cent."""
    number = next(_numbers)
    filled: dict[str, Any] = {
        "id": f"attempt-{number}",
        "request_id": f"request-{number}",
        "number": 1,
        "at": NOON,
        "caller": "claude-desktop",
        "task": TaskKind.TRANSLATION,
        "strategy": "complexity",
        "profile": "balanced",
        "provider": "anthropic",
        "local": False,
        "model_asked": "claude-haiku-5-5",
        "worst_case": Money(1000),
    }
    return Entry(**filled | given)


def outcome(**given: Any) -> Outcome:
    """An answer that cost 0.04 cents and would have cost a cent."""
    filled: dict[str, Any] = {
        "result": "ok",
        "model_served": "claude-haiku-5-5-20261001",
        "usage": Usage(input_tokens=100, output_tokens=50),
        "cost": Money(400),
        "price_source": "genai-prices 0.2.3",
        "baseline": Money(10_000),
        "first_token_ms": 120,
        "total_ms": 900,
    }
    return Outcome(**filled | given)


def adds_up(database: Database) -> bool:
    """Every day's totals are the sums of that day's lines, held and spent alike."""
    lines = database.rows(
        "select day, sum(iif(outcome = 'open', held, 0)), sum(cost) from attempts"
        " group by day having sum(held) + sum(cost) > 0 order by day"
    )
    totals = database.rows("select day, held, spent from spend order by day")
    touched = {line[0] for line in lines}
    return lines == [row for row in totals if row[0] in touched] and all(
        row[1:] == (0, 0) for row in totals if row[0] not in touched
    )
