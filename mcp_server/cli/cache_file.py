"""`homeward cache export` and `import`: remembered answers as lines of JSON.

A file may come from anywhere, so each line carries a seal under this person's own key, and one
without is taken only where the person says so. What is taken is held to bounds and types, read by
the detector as if it had just been answered, lives no longer than an answer of today, and never
replaces what is here.
"""

import hmac
import json
import time
from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

import anyio.to_thread
import typer
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cache import Listed, Question, SemanticCache, Stored
from mcp_server.cli.cache import answers, cache_of, entries
from mcp_server.cli.lines import new_file, raw_lines
from mcp_server.cli.running import screen, with_app
from mcp_server.wiring import App
from vocabulary import Money, TaskKind, Usage
from whitelist import AuditError

HEADER = {"homeward_cache": 1}
LONGEST_LINE = 16 * 2**20
ABOUT = {"what": "export of a cache", "written_by": "homeward cache export FILE"}
LONGEST_TEXT = 2_000_000

Count = Annotated[int, Field(ge=0, le=10**9)]
Moment = Annotated[int, Field(ge=0, le=10**14)]
Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
Name = Annotated[str, Field(max_length=400)]


class Line(BaseModel):
    """One answer. Times are Unix milliseconds, `cost` is in micro-dollars."""

    model_config = ConfigDict(extra="forbid", strict=True)

    scope: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    question: Text
    answer: Text
    provider: Name
    model: Name
    model_version: Name
    local: bool
    task: TaskKind | Literal[""]
    cost: Annotated[int, Field(ge=0, le=10**12)]
    input_tokens: Count
    output_tokens: Count
    created: Moment
    expires: Moment
    seal: Annotated[str, Field(max_length=64)] = ""


def export(path: Path, *, yes: bool) -> None:
    """Write every answer to a new file that only this person can read; `-` is standard output."""

    async def work(app: App) -> None:
        cache = cache_of(app)
        if cache.encrypted and not yes:
            typer.confirm(
                "The cache is encrypted; the file will hold its questions and answers in plain "
                "text, personal data among them. Go on?",
                abort=True,
                err=True,
            )
        written = await anyio.to_thread.run_sync(_write, app, cache, path)
        if str(path) != "-":
            screen().print(f"Wrote {answers(written)} to {path}", markup=False, soft_wrap=True)

    with_app(work)


def _write(app: App, cache: SemanticCache, path: Path) -> int:
    number = 0
    with new_file(path) as file:
        file.write(json.dumps(HEADER).encode() + b"\n")
        for each in entries(cache):
            line = _line(each)
            sealed = line.model_copy(update={"seal": _seal(app, line)})
            file.write(sealed.model_dump_json().encode() + b"\n")
            number += 1
    return number


def _seal(app: App, line: Line) -> str:
    """What only this person's key makes of a line; empty where there is none to be had."""
    try:
        return app.audit.fingerprint("homeward cache", line.model_dump_json(exclude={"seal"}))
    except AuditError:
        return ""


def _line(each: Listed) -> Line:
    found, answer = each.found, each.found.answer
    return Line(
        scope=each.scope,
        question=found.question,
        answer=answer.text,
        provider=answer.provider,
        model=answer.model,
        model_version=found.model_version,
        local=answer.local,
        task=next((kind for kind in TaskKind if kind == found.task), ""),
        cost=answer.cost,
        input_tokens=answer.usage.input_tokens,
        output_tokens=answer.usage.output_tokens,
        created=found.created,
        expires=found.expires,
    )


def import_file(path: Path, *, trust: bool, yes: bool, as_json: bool) -> None:
    """Take answers from a file, and say how many were left out and why."""

    async def work(app: App) -> None:
        cache = cache_of(app)
        if trust and not yes:
            typer.confirm(
                "Whatever this file says will be served to you as if a model had answered it. Do "
                "you trust whoever wrote it?",
                abort=True,
                err=True,
            )
        await anyio.to_thread.run_sync(app.encoder.wait, 10)
        taken, left_out = await anyio.to_thread.run_sync(_take, app, cache, path, trust)
        if as_json:
            print(json.dumps({"taken": taken, "left_out": dict(left_out)}))
            return
        out = screen()
        out.print(f"Took {answers(taken)}.")
        for reason, number in left_out.most_common():
            out.print(f"Left out {answers(number)}: {reason}.", style="yellow", markup=False)

    with_app(work)


def _take(app: App, cache: SemanticCache, path: Path, trust: bool) -> tuple[int, "Counter[str]"]:
    most = app.settings.cache.max_entries
    left_out: Counter[str] = Counter()
    taken = 0
    lines = raw_lines(path, HEADER, longest=LONGEST_LINE, **ABOUT)
    for number, line in enumerate(map(_parsed, lines)):
        if number >= most:
            left_out[f"more than cache.max_entries ({most:,}); reading stopped"] += 1
            break
        reason = _refusal(app, cache, line, trust) if line else "not a line of ours"
        if reason:
            left_out[reason] += 1
        elif line and not _keep(cache, line):
            left_out["could not be kept"] += 1
        else:
            taken += 1
    return taken, left_out


def _parsed(raw: bytes) -> Line | None:
    try:
        return Line.model_validate_json(raw)
    except ValidationError:
        return None


def _refusal(app: App, cache: SemanticCache, line: Line, trust: bool) -> str:
    """Why an answer is not taken; empty if it is. Never a word of it."""
    now = round(time.time() * 1000)
    if line.expires <= now:
        return "expired"
    if not trust and not _ours(app, line):
        return "not written, or changed since, by the Homeward of this person (--trust takes it)"
    if cache.has(Question(text=line.question, scope=line.scope)):
        return "answered here already"
    for text in (line.question, line.answer):
        findings = app.detect(text)
        if findings.tier == "A":
            return "holds secrets, or could not be inspected"
        if findings.tier == "B" and not cache.encrypted:
            return "holds personal data, and this cache is not encrypted"
    return ""


def _ours(app: App, line: Line) -> bool:
    seal = _seal(app, line)
    return bool(seal) and hmac.compare_digest(seal.encode(), line.seal.encode())


def _keep(cache: SemanticCache, line: Line) -> bool:
    return cache.remember(
        # What it leaned on is in its scope, or its life was short where it was exported.
        Question(text=line.question, scope=line.scope, whole=True),
        Stored(
            text=line.answer,
            provider=line.provider,
            model=line.model,
            local=line.local,
            finish="stop",
            usage=Usage(input_tokens=line.input_tokens, output_tokens=line.output_tokens),
            cost=Money(line.cost),
        ),
        task=line.task,
        model_version=line.model_version,
        given=(line.created, line.expires),
    )
