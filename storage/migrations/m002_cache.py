"""Vectors in plain tables, what is known of an answer's worth, and who is asking what just now."""

import apsw


def up(db: apsw.Connection) -> None:
    """Times are Unix milliseconds; money is micro-dollars.

    Answers stay. Their vectors go, with the tables of sqlite-vec: they were made by an encoder of
    another precision, and are made again in the background.

    `places` are scopes in which there are vectors of one space; `vectors` counts them. A place that
    empties goes, and neither its id nor a vector's number is ever given again: who holds sketches
    in memory knows by the counts and numbers what became of them. `sketch` is what they hold
    (cache/index), `floats` the whole vector in float32.

    `weight` is the number of binary digits of what an answer is worth (cache/sqlite/eviction);
    `verdicts` is JSON.
    """
    _drop_extension_tables(db)
    db.execute(
        """
        drop trigger vector_follows;
        drop table orphans;
        alter table answers drop column dimensions;
        alter table answers add column reading text;
        alter table answers add column task text not null default '';
        alter table answers add column model_version text not null default '';
        alter table answers add column hits integer not null default 0;
        alter table answers add column saved integer not null default 0;
        alter table answers add column weight integer not null default 0;
        alter table answers add column verdicts text not null default '[]';
        create index answers_by_reading on answers (reading, created) where reading is not null;
        create index answers_by_weight on answers (weight, created);
        create index answers_by_model on answers (model);
        create index answers_served on answers (hits, saved) where hits > 0;

        create table tally (
            id integer primary key check (id = 1),
            entries integer not null
        ) strict;
        insert into tally select 1, count(*) from answers;
        create trigger answer_counted after insert on answers
        begin
            update tally set entries = entries + 1;
        end;
        create trigger answer_gone after delete on answers
        begin
            update tally set entries = entries - 1;
            delete from vectors where answer = old.id;
        end;

        create table places (
            id integer primary key autoincrement,
            scope text not null,
            space text not null,
            dimensions integer not null,
            vectors integer not null default 0,
            unique (scope, space, dimensions)
        ) strict;
        create table vectors (
            number integer primary key autoincrement,
            answer integer not null,
            place integer not null,
            sketch blob not null,
            floats blob not null,
            unique (answer, place)
        ) strict;
        create index vectors_by_place on vectors (place, number, sketch);
        create trigger vector_counted after insert on vectors
        begin
            update places set vectors = vectors + 1 where id = new.place;
        end;
        create trigger vector_gone after delete on vectors
        begin
            update places set vectors = vectors - 1 where id = old.place;
            delete from places where id = old.place and vectors = 0;
        end;

        create table leases (
            key text primary key,
            owner text not null,
            until integer not null
        ) strict, without rowid;
        """
    )


def _drop_extension_tables(db: apsw.Connection) -> None:
    """Without the extension, which may not be there: what lies under its tables is ordinary."""
    virtual = "type = 'table' and name glob 'vectors_*' and sql like 'create virtual table%'"
    names = [name for (name,) in db.execute(f"select name from sqlite_schema where {virtual}")]  # noqa: S608
    if not names:
        return
    db.pragma("writable_schema", True)
    db.execute(f"delete from sqlite_schema where {virtual}")  # noqa: S608
    db.pragma("writable_schema", "reset")
    for name in names:
        under = "select name from sqlite_schema where type = 'table' and name glob ?"
        for (table,) in db.execute(under, (f"{name}_*",)).fetchall():
            db.execute(f'drop table "{table}"')
