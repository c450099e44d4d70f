"""`homeward cache`: what is remembered, what would be served for a question, and clearing."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio.to_thread
import typer
from rich.markup import escape
from rich.table import Table

from cache import Candidate, Listed, Question, SemanticCache, bar, exact_only, veto
from mcp_server.cli.running import screen, with_app
from mcp_server.wiring import App
from switchboard.reading import read
from switchboard.request import Request
from vocabulary import HomewardError
from whitelist.plain import one_line

PAGE = 500
"""Entries that are read at once."""

LARGEST_ID = 2**63 - 1


class CacheOff(HomewardError):
    """There is no cache to look at."""


class NoSuchEntry(HomewardError):
    """Nothing is remembered under that number."""


def cache_of(app: App) -> SemanticCache:
    """The cache.

    Raises:
        CacheOff: the person does without.
    """
    if app.cache is None:
        raise CacheOff(
            "The cache is switched off.", fix="Set cache.enabled = true in homeward.toml."
        )
    return app.cache


def entries(cache: SemanticCache) -> Iterator[Listed]:
    """Every entry, a page at a time."""
    after = 0
    while page := cache.listed(after=after, limit=PAGE):
        yield from page
        after = page[-1].found.id


def plain_request(text: str, caller: str) -> Request:
    """A question as `homeward ask` or a host asks it that gives nothing but the question."""
    origin = "terminal" if caller == "homeward ask" else "stdio"
    return Request(prompt=text, caller=caller, origin=origin)


def show_stats(*, as_json: bool) -> None:
    """How much is kept, what it saved, and what a person should know."""

    async def work(app: App) -> None:
        facts = await anyio.to_thread.run_sync(_facts, app)
        if as_json:
            print(json.dumps(facts))
            return
        _show_facts(facts)

    with_app(work)


def _facts(app: App) -> dict[str, Any]:
    cache = cache_of(app)
    kept = cache.stats()
    return {
        "entries": kept.entries,
        "expired": kept.expired,
        "vectors": dict(kept.spaces),
        "hits": kept.hits,
        "saved_usd": kept.saved / 1_000_000,
        "hit_rate_this_month": round(app.report("month", "source").hit_rate, 4),
        "oldest": None if kept.oldest is None else _when(kept.oldest),
        "bytes": kept.bytes,
        "files": dict(kept.files),
        "limits": {"entries": kept.limits.max_entries, "bytes": kept.limits.max_bytes},
        "encrypted": cache.encrypted,
        "notice": cache.notice,
    }


def _show_facts(facts: dict[str, Any]) -> None:
    table = Table(box=None, show_header=False)
    limits = facts["limits"]
    rows = [
        ("answers", f"{facts['entries']:,} of at most {limits['entries']:,}"),
        ("expired, not yet swept", f"{facts['expired']:,}"),
        *((f"vectors of {space}", f"{number:,}") for space, number in facts["vectors"].items()),
        ("served", f"{facts['hits']:,} times"),
        ("saved by what is kept now", f"${facts['saved_usd']:.6f}"),
        ("served this month", f"{facts['hit_rate_this_month']:.1%} of all requests"),
        ("oldest", facts["oldest"] or "-"),
        ("in use", f"{_mib(facts['bytes'])} of at most {_mib(limits['bytes'])}"),
        ("on the disk", _mib(sum(facts["files"].values()))),
        ("lies", "encrypted" if facts["encrypted"] else "in plain text, readable for you alone"),
    ]
    for name, value in rows:
        table.add_row(escape(name), escape(value))
    out = screen()
    out.print(table)
    if facts["notice"]:
        out.print(facts["notice"], style="yellow", markup=False)


def inspect(wanted: str, *, caller: str, as_json: bool) -> None:
    """An entry by its number, or why a text would or would not be served an answer."""

    async def work(app: App) -> None:
        cache = cache_of(app)
        if wanted.isdecimal():
            told = await anyio.to_thread.run_sync(_entry, cache, int(wanted))
        else:
            await anyio.to_thread.run_sync(app.encoder.wait, 10)
            told = await anyio.to_thread.run_sync(_explained, app, cache, wanted, caller)
        if as_json:
            print(json.dumps(told))
            return
        _show(told)

    with_app(work)


def _entry(cache: SemanticCache, number: int) -> dict[str, Any]:
    found = cache.listed(after=number - 1, limit=1) if number <= LARGEST_ID else ()
    if not found or found[0].found.id != number:
        raise NoSuchEntry(
            f"There is no remembered answer with the number {number}.",
            fix="`homeward cache inspect TEXT` shows the numbers of what is near a text.",
        )
    each = found[0]
    entry, answer = each.found, each.found.answer
    return {
        "id": entry.id,
        "question": entry.question,
        "answer": answer.text,
        "model": f"{answer.provider}/{answer.model}",
        "where": "local" if answer.local else "cloud",
        "task": entry.task,
        "given": _when(entry.created),
        "expires": _when(entry.expires),
        "hits": entry.hits,
        "saved_usd": each.saved / 1_000_000,
        "good": sum(verdict.good for verdict in entry.verdicts),
        "bad": sum(not verdict.good for verdict in entry.verdicts),
        "asks_for_confidence": round(bar(entry.verdicts), 4),
        "by_likeness": exact_only(entry.question) or "yes",
        "vectors": list(each.spaces),
        "scope": each.scope,
    }


def _explained(app: App, cache: SemanticCache, text: str, caller: str) -> dict[str, Any]:
    question = app.memory.question(read(plain_request(text, caller), app.house, began=0))
    same = cache.same(question)
    return {
        "caller": caller,
        "same_question": None if same is None else {"id": same.entry_id, "found_by": same.look},
        "by_likeness": _not_by_likeness(app, question) or "yes",
        "near": [_near(each, question) for each in cache.candidates(question)],
    }


def _not_by_likeness(app: App, question: Question) -> str | None:
    embed = app.encoder.ready
    if question.to_the_letter:
        return "no: it holds personal data"
    if embed is None:
        return "no: the encoder is not there"
    if not embed.fits(question.text):
        return "no: it does not fit into the encoder's window, or holds characters it does not know"
    reason = exact_only(question.text)
    return reason and f"no: it {reason}"


def _near(candidate: Candidate, question: Question) -> dict[str, Any]:
    found = candidate.found
    return {
        "id": found.id,
        "question": found.question,
        "similarity": round(found.similarity or 0.0, 4),
        "confidence": round(candidate.confidence, 4),
        "asks_for": round(candidate.asks_for, 4),
        "differs_in": veto(found.question, question.text),
        "doubt": "not near enough for what differs" if not candidate.confidence else "not sure",
        "would_do": candidate.will_do,
    }


def _show(told: dict[str, Any]) -> None:
    out = screen()
    table = Table(box=None, show_header=False)
    for name, value in told.items():
        if name != "near":
            table.add_row(name.replace("_", " "), escape(one_line(str(value), limit=400)))
    out.print(table)
    if near := told.get("near"):
        rows = Table("id", "similar", "sure", "asks for", "would do", "question", box=None)
        for each in near:
            says = "yes" if each["would_do"] else f"no: {each['differs_in'] or each['doubt']}"
            numbers = (f"{each[name]:.4f}" for name in ("similarity", "confidence", "asks_for"))
            question = escape(one_line(each["question"], limit=120))
            rows.add_row(str(each["id"]), *numbers, escape(says), question)
        out.print(rows)


def clear(scope: str | None, model: str | None, *, yes: bool, as_json: bool) -> None:
    """Erase answers: of one scope, of one model, or all. Needs nobody's approval."""

    async def work(app: App) -> None:
        cache, name = cache_of(app), _name(app, model)
        meant = await anyio.to_thread.run_sync(lambda: _meant(cache, scope, name))
        if meant and not yes:
            typer.confirm(f"This erases {answers(meant)}. Go on?", abort=True, err=True)
        gone = await anyio.to_thread.run_sync(lambda: cache.clear(scope, model=name))
        if as_json:
            print(json.dumps({"erased": gone}))
            return
        screen().print(f"Erased {answers(gone)}. By text or age: `homeward forget`.", markup=False)

    with_app(work)


def _name(app: App, model: str | None) -> str | None:
    """A model's own name, also where it is given with its provider's."""
    provider, _, name = (model or "").partition("/")
    return name if name and provider in {s.provider for s in app.fleet.servers} else model


def _meant(cache: SemanticCache, scope: str | None, model: str | None) -> int:
    if scope is None and model is None:
        return cache.stats().entries
    return sum(
        scope in (None, each.scope) and model in (None, each.found.answer.model)
        for each in entries(cache)
    )


def answers(number: int) -> str:
    return f"{number:,} {'answer' if number == 1 else 'answers'}"


def _when(milliseconds: int) -> str:
    then = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    return then.isoformat(timespec="seconds")


def _mib(size: int) -> str:
    return f"{size / 2**20:,.1f} MiB"
