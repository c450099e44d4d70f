"""Batches in the home database."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from ledger.batches.values import Batch, BatchLine, BatchState
from storage import Database
from vocabulary import Money, TaskKind


class SqliteBatches:
    """What was sent in batches and is not forgotten. Every change is on the disk when it returns.

    Raises:
        StorageError: from every method, when the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, batch: Batch, lines: Sequence[BatchLine]) -> None:
        """Remember a batch before anything of it is reserved or sent."""
        with self._database.transaction(durable=True) as db:
            db.execute(
                "insert into batches (id, provider, remote, state, owner, created, until)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(batch.id, batch.provider, batch.remote, batch.state, batch.owner),
                    *(_ms(batch.created), _ms(batch.until)),
                ),
            )
            db.executemany(
                "insert into batch_lines"
                " (batch, number, label, entry, at, held, task, model, instead)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(batch.id, *_columns(line)) for line in lines],
            )

    def drop(self, batch_id: str, numbers: Sequence[int]) -> None:
        """Forget lines that are not part of it after all."""
        with self._database.transaction(durable=True) as db:
            db.executemany(
                "delete from batch_lines where batch = ? and number = ?",
                [(batch_id, number) for number in numbers],
            )

    def now(self, batch_id: str, state: BatchState, *, remote: str = "") -> None:
        """The state that a batch is in from now on, and the provider's id of it once known."""
        with self._database.transaction(durable=True) as db:
            db.execute(
                "update batches set state = ?, remote = iif(? = '', remote, ?) where id = ?",
                (state, remote, remote, batch_id),
            )

    def all(self) -> list[Batch]:
        """Every batch, the newest first."""
        rows = self._database.rows(
            "select id, provider, remote, state, owner, created, until from batches"
            " order by created desc, id"
        )
        return [_batch(row) for row in rows]

    def lines(self, batch_id: str) -> list[BatchLine]:
        """The prompts of a batch in the order they were given."""
        rows = self._database.rows(
            "select number, label, entry, at, held, task, model, instead from batch_lines"
            " where batch = ? order by number",
            (batch_id,),
        )
        return [_line(row) for row in rows]


def _columns(line: BatchLine) -> tuple[Any, ...]:
    return (
        line.number,
        line.label,
        line.entry_id,
        _ms(line.at),
        line.held,
        line.task,
        line.model,
        line.instead,
    )


def _batch(row: Sequence[Any]) -> Batch:
    batch_id, provider, remote, state, owner, created, until = row
    return Batch(
        id=batch_id,
        provider=provider,
        remote=remote,
        state=state,
        owner=owner,
        created=_at(created),
        until=_at(until),
    )


def _line(row: Sequence[Any]) -> BatchLine:
    number, label, entry, at, held, task, model, instead = row
    return BatchLine(
        number=number,
        label=label,
        entry_id=entry,
        at=_at(at),
        held=Money(held),
        task=TaskKind(task),
        model=model,
        instead=instead,
    )


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
