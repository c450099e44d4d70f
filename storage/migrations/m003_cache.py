"""To which requests an answer was given, so that what is said of one is said of the answer."""

import apsw


def up(db: apsw.Connection) -> None:
    """Times are Unix milliseconds. No row holds a text; each goes with its answer.

    `fresh`: a model gave the answer to this request, which put it here. `similarity` and
    `confidence` are the guard's at the time, 1 for the same question. `mark` is the key of the
    lease that says that it was served a moment ago; `verdict` is what was said last, 1 for good.
    """
    db.execute(
        """
        create table given (
            number integer primary key autoincrement,
            request_id text not null unique,
            answer integer not null,
            fresh integer not null,
            similarity real not null,
            confidence real not null,
            mark text not null,
            at integer not null,
            verdict integer
        ) strict;
        create index given_by_answer on given (answer);
        create trigger given_gone after delete on answers
        begin
            delete from given where answer = old.id;
        end;
        """
    )
