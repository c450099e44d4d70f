"""The ledger, the whitelist's proposals and the tickets of slow answers."""

import apsw


def up(db: apsw.Connection) -> None:
    """Times are Unix milliseconds; money is micro-dollars; `day` is the person's local date."""
    db.execute(
        """
        create table attempts (
            id text primary key,
            request_id text not null,
            number integer not null,
            at integer not null,
            day text not null,
            caller text not null,
            task text not null,
            strategy text not null,
            profile text not null,
            provider text not null,
            local integer not null,
            model_asked text not null,
            model_served text not null,
            input_tokens integer not null default 0,
            output_tokens integer not null default 0,
            cached_tokens integer not null default 0,
            cache_write_tokens integer not null default 0,
            reasoning_tokens integer not null default 0,
            price_source text not null default '',
            held integer not null default 0,
            cost integer not null default 0,
            baseline integer not null default 0,
            first_token_ms integer,
            total_ms integer,
            cached text not null default 'no',
            outcome text not null,
            fallback_from text,
            owner text not null,
            expires integer
        ) strict;
        create index attempts_by_day on attempts (day);
        create index attempts_by_request on attempts (request_id);
        create index attempts_open on attempts (expires) where outcome = 'open';

        create table spend (
            day text primary key,
            held integer not null default 0,
            spent integer not null default 0
        ) strict, without rowid;

        create table proposals (
            id text primary key,
            resource_type text not null,
            resource_name text not null,
            reason text not null,
            caller text not null,
            created integer not null,
            expires integer not null,
            state text not null
        ) strict;

        create table tickets (
            id text primary key,
            created integer not null,
            expires integer not null,
            heartbeat integer not null,
            state text not null,
            sealed blob
        ) strict;
        """
    )
