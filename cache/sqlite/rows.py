"""A remembered answer as a row, and back."""

from typing import Any

from cache.store import Entry, Found, Stored
from vocabulary import Money, Usage

EXACT = """
    select id, question, created, null, provider, model, local, cost, input_tokens, output_tokens,
        cached_tokens, cache_write_tokens, reasoning_tokens, answer
    from answers where key = ? and expires > ?
"""
NEAREST = """
    with near as materialized (
        select rowid as id, distance from vectors
        where scope = ? and space = ? and expires > ? and vector match ? and k = ?
    )
    select id, question, created, distance, provider, model, local, cost, input_tokens,
        output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, answer
    from near join answers using (id) order by distance, id
"""
INSERT = """
    insert into answers (key, scope, dimensions, created, expires, question, provider, model,
        local, cost, input_tokens, output_tokens, cached_tokens, cache_write_tokens,
        reasoning_tokens, answer)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def as_row(entry: Entry, size: int | None) -> tuple[Any, ...]:
    answer, usage = entry.answer, entry.answer.usage
    return (
        *(entry.key, entry.scope, size, entry.created, entry.expires, entry.question),
        *(answer.provider, answer.model, int(answer.local), answer.cost),
        *(usage.input_tokens, usage.output_tokens, usage.cached_tokens),
        *(usage.cache_write_tokens, usage.reasoning_tokens, answer.text),
    )


def as_found(row: tuple[Any, ...]) -> Found:
    number, question, created, distance, provider, model, local, cost, *tokens, text = row
    names = ("input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens")
    usage = Usage(**dict(zip((*names, "reasoning_tokens"), tokens, strict=True)))
    answer = Stored(
        text=text,
        provider=provider,
        model=model,
        local=bool(local),
        finish="stop",
        usage=usage,
        cost=Money(cost),
    )
    # Rounding in float32 can put a cosine a hair above 1.
    similarity = None if distance is None else min(1.0, 1.0 - distance)
    return Found(
        id=number, question=question, answer=answer, created=created, similarity=similarity
    )
