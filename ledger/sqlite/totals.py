"""Keeps the totals in step with the lines, inside the transaction that changes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ledger.totals import FIGURES, Line, Share, changed, share_of

_LINES = """
    select
        id, number, day,
        case when cached <> 'no' then 'cache' when local then 'local' else 'cloud' end,
        provider || '/' || coalesce(nullif(model_served, ''), model_asked),
        task, outcome, stood, cost, baseline, input_tokens, output_tokens, total_ms
    from attempts where request_id = ? and outcome <> 'open'
"""

_ADD = f"""
    insert into totals (day, by, name, {", ".join(FIGURES)})
    values (?, ?, ?, {", ".join("?" * len(FIGURES))})
    on conflict (day, by, name) do update set
    {", ".join(f"{name} = {name} + excluded.{name}" for name in FIGURES)}
"""  # noqa: S608  (our own column names)

_WAIT = """
    insert into waits (span, period, bucket, requests, ms) values (?, ?, ?, ?, ?)
    on conflict (span, period, bucket) do update set
        requests = requests + excluded.requests, ms = ms + excluded.ms
"""


@contextmanager
def retotalled(db: Any, request_id: str) -> Iterator[None]:
    """Whatever happens to this request's lines inside, the totals follow."""
    before = _share(db, request_id)
    yield
    after = _share(db, request_id)
    for key, figures in changed(before, after).items():
        db.execute(_ADD, (*key, *figures))
    if before.wait != after.wait:
        for wait, sign in ((before.wait, -1), (after.wait, 1)):
            if wait is not None:
                day, bucket, ms = wait
                for span, period in (("day", day), ("month", day[:7])):
                    db.execute(_WAIT, (span, period, bucket, sign, sign * ms))


def _share(db: Any, request_id: str) -> Share:
    return share_of(
        [
            Line(
                id=id_,
                number=number,
                day=day,
                source=source,
                model=model,
                task=task,
                ok=outcome == "ok",
                stood=bool(stood),
                lost=outcome == "lost",
                cost=cost,
                baseline=baseline,
                tokens_in=tokens_in,
                tokens_out=tokens_out,
                ms=ms,
            )
            for (
                id_,
                number,
                day,
                source,
                model,
                task,
                outcome,
                stood,
                cost,
                baseline,
                tokens_in,
                tokens_out,
                ms,
            ) in db.execute(_LINES, (request_id,))
        ]
    )
