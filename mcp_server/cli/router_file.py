"""`homeward router export` and `import`: requests and outcomes as lines of JSON, without a text.

A file may come from anywhere. Each line is held to bounds and types; what is taken never replaces
what is here, and steers nothing until a replay of it has let it (`homeward router train`).
"""

import json
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from mcp_server.cli.lines import new_file, raw_lines
from mcp_server.cli.outcomes import opened, requests
from mcp_server.cli.running import screen, told
from routing.learning.outcomes import Choice, Considered, Experience, Outcome
from routing.learning.signals import SignalName
from routing.learning.sqlite import KEEP, SqliteOutcomes
from vocabulary import Money

HEADER = {"homeward_outcomes": 1}
LONGEST_LINE = 2**17
ABOUT = {"what": "export of outcomes", "written_by": "homeward router export FILE"}

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=400)]
Cost = Annotated[int, Field(ge=0, le=10**12)]
Hex = Annotated[str, Field(pattern=r"^([0-9a-f]{2})*$", max_length=8192)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ConsideredLine(_Strict):
    """As `Considered`; `estimate` is in micro-dollars."""

    model: Name
    prior: Share
    p: Share
    doubt: Share
    estimate: Cost
    local: bool
    propensity: Share


class OutcomeLine(_Strict):
    """As `Outcome`."""

    model: Name
    signal: SignalName
    reward: Share
    weight: Share
    at: AwareDatetime


class Line(_Strict):
    """As `Choice`, with its outcomes. `features` in hexadecimal, `cost` in micro-dollars."""

    request_id: Annotated[str, Field(pattern=r"^[0-9a-f]{12,32}$")]
    at: AwareDatetime
    task: Name
    kind: Name
    likeness: Share
    features: Hex
    prior_version: Name
    question: Annotated[str, Field(max_length=64)]
    considered: Annotated[list[ConsideredLine], Field(min_length=1, max_length=500)]
    model: Name
    answered: Name
    strategy: Name
    least: Share
    explored: bool
    local: bool
    cost: Cost
    outcomes: Annotated[list[OutcomeLine], Field(max_length=64)]


def export(path: Path) -> None:
    """Write everything to a new file that only this person can read; `-` is standard output."""
    with told(), opened() as kept:
        written = _write(kept.outcomes, path)
    if str(path) != "-":
        screen().print(f"Wrote {requests(written)} to {path}", markup=False, soft_wrap=True)


def import_file(path: Path, *, yes: bool, as_json: bool) -> None:
    """Take what a file says, and say how much of it was left out and why."""
    if not yes:
        typer.confirm(
            "What this file says will help to decide which model is good enough for you. Do you "
            "trust whoever wrote it?",
            abort=True,
            err=True,
        )
    with told(), opened() as kept:
        taken, left_out = _take(kept.outcomes, path)
    if as_json:
        print(json.dumps({"taken": taken, "left_out": dict(left_out)}))
        return
    out = screen()
    out.print(f"Took {requests(taken)}. `homeward router train` learns from them.")
    for reason, number in left_out.most_common():
        out.print(f"Left out {requests(number)}: {reason}.", style="yellow", markup=False)


def _write(outcomes: SqliteOutcomes, path: Path) -> int:
    number = 0
    with new_file(path) as file:
        file.write(json.dumps(HEADER).encode() + b"\n")
        for each in outcomes.every():
            file.write(json.dumps(_line(each), default=_plain).encode() + b"\n")
            number += 1
    return number


def _line(each: Experience) -> dict[str, Any]:
    return asdict(each.choice) | {"outcomes": [asdict(outcome) for outcome in each.outcomes]}


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(type(value).__name__)


def _take(outcomes: SqliteOutcomes, path: Path) -> "tuple[int, Counter[str]]":
    left_out: Counter[str] = Counter()
    taken = 0
    for number, raw in enumerate(raw_lines(path, HEADER, longest=LONGEST_LINE, **ABOUT)):
        if number >= 2 * KEEP:
            left_out["more than are ever kept; reading stopped"] += 1
            break
        line = _parsed(raw)
        if line is None:
            left_out["not a line of ours"] += 1
        elif line.at > datetime.now(UTC):
            left_out["from the future"] += 1
        elif outcomes.put(_experience(line)):
            taken += 1
        else:
            left_out["here already"] += 1
    return taken, left_out


def _parsed(raw: bytes) -> Line | None:
    try:
        return Line.model_validate_json(raw)
    except ValidationError:
        return None


def _experience(line: Line) -> Experience:
    values = line.model_dump(exclude={"considered", "outcomes", "features", "cost"})
    choice = Choice(
        **values,
        features=bytes.fromhex(line.features),
        cost=Money(line.cost),
        considered=tuple(
            Considered(**each.model_dump(exclude={"estimate"}), estimate=Money(each.estimate))
            for each in line.considered
        ),
    )
    outcomes = tuple(Outcome(**each.model_dump()) for each in line.outcomes)
    return Experience(number=0, choice=choice, outcomes=outcomes)
