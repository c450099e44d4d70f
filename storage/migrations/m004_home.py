"""Budgets by what a call is for, and totals from which reports are read, however many the lines."""

import apsw

_GROUPED = {
    "source": "source",
    "model": "provider || '/' || coalesce(nullif(model_served, ''), model_asked)",
    "task": "task",
}


def up(db: apsw.Connection) -> None:
    """Money is micro-dollars; `day` is the person's local date; no row holds a text of the user's.

    `spend` sums the lines of a day: all of them (scope `all`, no name) and those of one provider,
    caller, kind of task or price tier. `totals` sums what reports show, and `waits` counts how long
    answered requests took, by day and by month: `bucket` is that of `ledger.totals`. All are filled
    from the lines there are; only the sums by tier, of which older lines know nothing, begin now.
    """
    db.execute(
        """
        alter table attempts add column tier text not null default '';
        alter table attempts add column arm text not null default '';
        alter table attempts add column escalated integer not null default 0;
        alter table attempts add column stood integer not null default 0;
        alter table attempts add column baseline_model text not null default '';

        create table spend_by_scope (
            day text not null,
            scope text not null,
            name text not null,
            held integer not null default 0,
            spent integer not null default 0,
            primary key (day, scope, name)
        ) strict, without rowid;
        insert into spend_by_scope select day, 'all', '', held, spent from spend;
        insert into spend_by_scope
            select day, 'provider', provider, sum(iif(outcome = 'open', held, 0)), sum(cost)
            from attempts group by 1, 3 having sum(held) + sum(cost) > 0;
        insert into spend_by_scope
            select day, 'caller', caller, sum(iif(outcome = 'open', held, 0)), sum(cost)
            from attempts group by 1, 3 having sum(held) + sum(cost) > 0;
        insert into spend_by_scope
            select day, 'task', task, sum(iif(outcome = 'open', held, 0)), sum(cost)
            from attempts group by 1, 3 having sum(held) + sum(cost) > 0;
        drop table spend;
        alter table spend_by_scope rename to spend;

        create table totals (
            day text not null,
            by text not null,
            name text not null,
            attempts integer not null default 0,
            requests integer not null default 0,
            answered integer not null default 0,
            hits integer not null default 0,
            local integer not null default 0,
            spent integer not null default 0,
            baseline integer not null default 0,
            unconfirmed integer not null default 0,
            tokens_in integer not null default 0,
            tokens_out integer not null default 0,
            primary key (by, day, name)
        ) strict, without rowid;

        create table waits (
            span text not null,
            period text not null,
            bucket integer not null,
            requests integer not null,
            ms integer not null,
            primary key (span, period, bucket)
        ) strict, without rowid;
        """
    )
    for by, name in _GROUPED.items():
        db.execute(
            f"""
            insert into totals
            with ended as (
                select *,
                    outcome = 'ok' as ok,
                    case when cached <> 'no' then 'cache' when local then 'local' else 'cloud' end
                        as source,
                    row_number() over (
                        partition by request_id order by outcome = 'ok' desc, number desc, id desc
                    ) = 1 as stands
                from attempts where outcome <> 'open'
            )
            select
                day, '{by}', {name}, count(*), sum(stands), sum(stands and ok),
                sum(stands and ok and source = 'cache'), sum(stands and ok and source = 'local'),
                sum(cost), sum(iif(stands and ok, baseline, 0)),
                sum(iif(outcome = 'lost', cost, 0)), sum(input_tokens), sum(output_tokens)
            from ended group by 1, 3
            """  # noqa: S608  (our own column names)
        )
    waits: dict[tuple[str, str, int], list[int]] = {}
    for day, ms in db.execute(
        """
        with ended as (
            select request_id, day, outcome = 'ok' as ok, total_ms, row_number() over (
                partition by request_id order by outcome = 'ok' desc, number desc, id desc
            ) = 1 as stands
            from attempts where outcome <> 'open'
        )
        select max(iif(stands, day, '')), sum(total_ms) from ended
        group by request_id having max(ok) and sum(total_ms) is not null
        """
    ):
        for span, period in (("day", day), ("month", day[:7])):
            row = waits.setdefault((span, period, _bucket(ms)), [0, 0])
            row[0] += 1
            row[1] += ms
    db.executemany(
        "insert into waits values (?, ?, ?, ?, ?)", [(*key, *row) for key, row in waits.items()]
    )


def _bucket(ms: int) -> int:
    """As `ledger.totals.bucket_of` was when this step was written."""
    ms = max(ms, 0)
    shift = max(ms.bit_length() - 8, 0)
    return (shift << 7) + (ms >> shift)
