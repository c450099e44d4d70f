"""Experiments, and for each unit of one what came of its first request."""

import apsw


def up(db: apsw.Connection) -> None:
    """Times are Unix milliseconds; money is micro-dollars. No row holds a text of the user's.

    `arms` and `limits` are JSON; an arm may hold the words that it puts before a system prompt,
    which are a setting of the person's. `unit` in observations is a digest of who asked. At most
    one experiment has no end. `good` is null where nobody said anything; `spoken`: it was said in
    so many words.
    """
    db.execute(
        """
        create table experiments (
            id text primary key,
            name text not null,
            began integer not null,
            ended integer,
            why text not null default '',
            stopped_by text not null default '',
            by text not null,
            share real not null,
            metric text not null,
            detect real not null,
            arms text not null,
            limits text not null,
            note text not null
        ) strict;
        create unique index experiments_running on experiments ((1)) where ended is null;

        create table observations (
            number integer primary key autoincrement,
            experiment text not null,
            request_id text not null,
            arm text not null,
            unit text not null,
            began integer not null,
            ended integer,
            answered integer,
            cost integer,
            total_ms integer,
            good integer,
            spoken integer not null default 0
        ) strict;
        create unique index observations_by_unit on observations (experiment, unit);
        create index observations_by_request on observations (request_id);
        """
    )
