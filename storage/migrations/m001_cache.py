"""Remembered answers, and a note of every vector whose answer is gone."""

import apsw


def up(db: apsw.Connection) -> None:
    """Times are Unix milliseconds; money is micro-dollars.

    Vectors live in tables beside these, `vectors_384` for 384 dimensions: sqlite-vec fixes the
    dimensions of a table, so each is made when its first vector comes. `dimensions` says which
    table holds the vector of an answer; null where it has none. An answer may go while sqlite-vec
    cannot be loaded; `orphans` keeps its vector in mind until it can.
    """
    db.execute(
        """
        create table answers (
            id integer primary key autoincrement,
            key text not null unique,
            scope text not null,
            dimensions integer,
            created integer not null,
            expires integer not null,
            provider text not null,
            model text not null,
            local integer not null,
            cost integer not null,
            input_tokens integer not null,
            output_tokens integer not null,
            cached_tokens integer not null,
            cache_write_tokens integer not null,
            reasoning_tokens integer not null,
            question text not null,
            answer text not null
        ) strict;
        create index answers_by_scope on answers (scope);
        create index answers_by_expiry on answers (expires);

        create table orphans (
            id integer primary key,
            dimensions integer not null
        ) strict;
        create trigger vector_follows after delete on answers when old.dimensions is not null
        begin
            insert into orphans values (old.id, old.dimensions);
        end;
        """
    )
