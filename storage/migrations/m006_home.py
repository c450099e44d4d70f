"""Batches of prompts that a provider works on for up to a day, and what each holds in the books."""

import apsw


def up(db: apsw.Connection) -> None:
    """Times are Unix milliseconds; money is micro-dollars. No row holds a text of the user's: only
    the id that they gave a prompt, which is a plain name.

    `remote` is the provider's id, empty until it has taken the batch; `owner` the process that is
    sending it. `state` is preparing, sending, sent, fetched or failed. `entry` is the line in
    `attempts` that holds the money until it is settled.
    """
    db.execute(
        """
        create table batches (
            id text primary key,
            provider text not null,
            remote text not null default '',
            state text not null,
            owner text not null,
            created integer not null,
            until integer not null
        ) strict;

        create table batch_lines (
            batch text not null references batches (id) on delete cascade,
            number integer not null,
            label text not null,
            entry text not null,
            at integer not null,
            held integer not null,
            task text not null,
            model text not null,
            instead text,
            primary key (batch, number)
        ) strict, without rowid;
        """
    )
