"""Which model was chosen for what, what came of it, and up to where that has been learned."""

import apsw


def up(db: apsw.Connection) -> None:
    """Times are Unix milliseconds; money is micro-dollars. No row holds a text of the user's.

    `question` is a keyed digest, `features` half-precision floats, `considered` JSON. `answered` is
    the model whose answer was given; the one chosen first is `model`. A reward's number is never
    given again: `learned` says up to which of them routing has learned.
    """
    db.execute(
        """
        create table choices (
            number integer primary key autoincrement,
            request_id text not null unique,
            at integer not null,
            task text not null,
            kind text not null,
            likeness real not null,
            prior_version text not null,
            features blob not null,
            question text not null,
            considered text not null,
            model text not null,
            answered text not null,
            strategy text not null,
            least real not null,
            explored integer not null,
            local integer not null,
            cost integer not null,
            first_reward integer
        ) strict;
        create index choices_waiting on choices (at) where first_reward is null;
        create index choices_rewarded on choices (first_reward) where first_reward is not null;
        create index choices_by_question on choices (question, at);

        create table rewards (
            number integer primary key autoincrement,
            choice integer not null,
            model text not null,
            signal text not null,
            reward real not null,
            weight real not null,
            at integer not null
        ) strict;
        create index rewards_by_choice on rewards (choice);
        create trigger choice_rewarded after insert on rewards
        begin
            update choices set first_reward = new.number
            where number = new.choice and first_reward is null;
        end;
        create trigger choice_gone after delete on choices
        begin
            delete from rewards where choice = old.number;
        end;

        create table learned (
            id integer primary key check (id = 1),
            through integer not null,
            prior_version text not null,
            at integer not null,
            outcomes integer not null,
            says text not null
        ) strict;
        """
    )
