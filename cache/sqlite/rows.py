"""A remembered answer as a row, and back."""

import json
from typing import Any

from cache.sqlite.eviction import worth
from cache.standing import Verdict
from cache.store import Entry, Found, Listed, Stored
from storage.errors import DamagedDatabase
from vocabulary import Money, Usage

FOUND = """
    select id, question, created, expires, task, model_version, hits, verdicts, provider, model,
        local, cost, input_tokens, output_tokens, cached_tokens, cache_write_tokens,
        reasoning_tokens, answer
    from answers
"""
EXACT = f"{FOUND} where key = ? and expires > ?"
READ = f"{FOUND} where reading = ? and expires > ? order by created desc, id desc limit 1"
NEAR = f"{FOUND} where id in (select value from json_each(?)) and expires > ?"  # noqa: S608
LISTED = f"""
    select scope, saved, (
        select json_group_array(space) from vectors join places on places.id = place
        where vectors.answer = listed.id
    ), listed.* from ({FOUND}) as listed join answers using (id)
    where id > ? order by id limit ?
"""  # noqa: S608
UNPLACED = """
    select id, question from answers where id > ? and not exists (
        select 1 from vectors join places on places.id = place
        where vectors.answer = answers.id and space = ?
    ) order by id limit ?
"""
INSERT = """
    insert into answers (key, scope, created, expires, question, reading, task, model_version,
        weight, provider, model, local, cost, input_tokens, output_tokens, cached_tokens,
        cache_write_tokens, reasoning_tokens, answer)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
COUNTS = """
    select (select entries from tally), (select count(*) from answers where expires <= ?),
        (select min(created) from answers), sum(hits), sum(saved)
    from answers where hits > 0
"""
SPACES = "select space, sum(vectors) from places group by space order by space"
USED = """
    select (pages - free) * (select page_size from pragma_page_size)
    from (select page_count as pages from pragma_page_count),
        (select freelist_count as free from pragma_freelist_count)
"""
CLEAR = """
    delete from answers where id in (
        select id from answers
        where (?1 is null or scope = ?1) and (?2 is null or model = ?2) limit 1000
    )
"""
LEASE = """
    insert into leases (key, owner, until) values (?, ?, ?)
    on conflict (key) do update set until = excluded.until where owner = excluded.owner
"""
MOST_VERDICTS = 64
"""The latest are kept; older ones say little about what is asked now."""

JUDGE = f"""
    update answers set verdicts = case json_array_length(verdicts) >= {MOST_VERDICTS}
        when true then json_insert(json_remove(verdicts, '$[0]'), '$[#]', json(?2))
        else json_insert(verdicts, '$[#]', json(?2)) end
    where id = ?1
"""  # noqa: S608


def as_row(entry: Entry) -> tuple[Any, ...]:
    answer, usage = entry.answer, entry.answer.usage
    return (
        *(entry.key, entry.scope, entry.created, entry.expires, entry.question),
        *(entry.reading, entry.task, entry.model_version, worth(answer.cost, 0, 0).bit_length()),
        *(answer.provider, answer.model, int(answer.local), answer.cost),
        *(usage.input_tokens, usage.output_tokens, usage.cached_tokens),
        *(usage.cache_write_tokens, usage.reasoning_tokens, answer.text),
    )


def as_found(row: tuple[Any, ...], similarity: float | None = None) -> Found:
    """From a row of FOUND.

    Raises:
        DamagedDatabase: it holds what was never written.
    """
    number, question, created, expires, task, version, hits, verdicts, *answer = row
    return Found(
        id=number,
        question=question,
        answer=_as_stored(answer),
        created=created,
        expires=expires,
        task=task,
        model_version=version,
        hits=hits,
        verdicts=_as_verdicts(verdicts),
        similarity=similarity,
    )


def as_near(rows: list[tuple[Any, ...]], cosines: dict[int, float]) -> list[Found]:
    """From rows of NEAR, in the order of the cosines."""
    found = {row[0]: row for row in rows}
    return [as_found(found[each], cosine) for each, cosine in cosines.items() if each in found]


def as_listed(row: tuple[Any, ...]) -> Listed:
    """From a row of LISTED."""
    scope, saved, spaces, *found = row
    return Listed(
        found=as_found(tuple(found)),
        scope=scope,
        saved=Money(saved),
        spaces=tuple(sorted(json.loads(spaces))),
    )


def as_json(verdict: Verdict) -> str:
    return json.dumps([verdict.similarity, verdict.confidence, verdict.good])


def _as_stored(values: list[Any]) -> Stored:
    provider, model, local, cost, *tokens, text = values
    names = ("input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens")
    usage = Usage(**dict(zip((*names, "reasoning_tokens"), tokens, strict=True)))
    return Stored(
        text=text,
        provider=provider,
        model=model,
        local=bool(local),
        finish="stop",
        usage=usage,
        cost=Money(cost),
    )


def _as_verdicts(text: str) -> tuple[Verdict, ...]:
    try:
        return tuple(
            Verdict(similarity=similarity, confidence=confidence, good=good)
            for similarity, confidence, good in json.loads(text)
        )
    except (ValueError, TypeError) as error:
        raise DamagedDatabase("An entry's verdicts are damaged.") from error
