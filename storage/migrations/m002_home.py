"""Questions to the person and their answers, and how long the audit log is."""

import apsw


def up(db: apsw.Connection) -> None:
    """Times are Unix milliseconds; lists and counts are JSON. No row holds a text of the user's."""
    db.execute(
        """
        create table asks (
            id text primary key,
            fingerprint text not null,
            destination text not null,
            model text not null,
            task text not null,
            counts text not null,
            samples text not null,
            forms text not null,
            documents text not null,
            caller text not null,
            created integer not null,
            expires integer not null,
            state text not null,
            channel text not null default '',
            ended integer
        ) strict;
        create index asks_pending on asks (fingerprint) where state = 'pending';
        create index asks_by_time on asks (created);

        create table grants (
            id text primary key,
            ask_id text not null,
            fingerprint text not null,
            destination text not null,
            form text not null,
            channel text not null,
            created integer not null,
            expires integer not null,
            ended integer
        ) strict;
        create index grants_live on grants (fingerprint) where ended is null;

        create table allowed_hosts (
            host text primary key,
            channel text not null,
            created integer not null,
            expires integer not null
        ) strict, without rowid;

        create table audit_head (
            id integer primary key check (id = 1),
            count integer not null,
            mac text not null,
            seal text not null
        ) strict;
        """
    )
