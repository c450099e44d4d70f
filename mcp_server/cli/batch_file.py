"""A file of prompts for a batch: lines of JSON, read with bounds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mcp_server.cli.lines import Unreadable
from switchboard.batch_choosing import Asked
from switchboard.request import Request
from vocabulary import TaskKind

MOST_LINES = 10_000
LONGEST_LINE = 4 * 1024 * 1024
MOST_BYTES = 200 * 1024 * 1024
"""Anthropic takes 100,000 prompts or 256 MB in one batch."""


class Line(BaseModel):
    """One prompt of the file. `id` is a plain name: it is kept here, and never sent."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    prompt: str
    system: str = ""
    max_tokens: Annotated[int, Field(ge=1, le=200_000)] | None = None
    model: str | None = None
    task: TaskKind | None = None


def asked_in(path: Path) -> Iterator[Asked]:
    """The prompts of a file.

    Raises:
        Unreadable: it cannot be read, or a line of it is none; says which.
    """
    seen: set[str] = set()
    for number, raw in _lines(path):
        try:
            line = Line.model_validate_json(raw)
        except ValidationError as error:
            problem = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, problem["loc"]))
            raise Unreadable(
                f"{path}, line {number}: {where + ': ' if where else ''}{problem['msg']}.",
                fix='A line is {"id": "a1", "prompt": "…"}, with system, max_tokens, model, task '
                "if wanted.",
            ) from None
        if line.id in seen:
            raise Unreadable(
                f"{path}, line {number}: the id {line.id} is there twice.", fix="Rename one."
            )
        seen.add(line.id)
        yield Asked(
            label=line.id,
            request=Request(
                prompt=line.prompt,
                system=line.system,
                max_tokens=line.max_tokens,
                model=line.model,
                task=line.task,
                prefer="cloud",
                fresh=True,
                caller="homeward batch",
                origin="terminal",
            ),
        )


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        if path.exists() and not path.is_file():  # a pipe may never end
            raise Unreadable(f"{path} is no file.", fix="Name a file of prompts.")
        if path.stat().st_size > MOST_BYTES:
            raise Unreadable(f"{path} is longer than a batch may be.", fix="Send it in parts.")
        with path.open("rb") as file:
            number = 0
            while raw := file.readline(LONGEST_LINE + 1):
                number += 1
                if len(raw) > LONGEST_LINE or number > MOST_LINES:
                    raise Unreadable(
                        f"{path}, line {number}: a batch has at most {MOST_LINES:,} lines of "
                        f"{LONGEST_LINE // 2**20} MB.",
                        fix="Send it in parts.",
                    )
                if raw.strip():
                    yield number, raw
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from error
