"""The rows of the table, each with the best and the median of the rounds by contestant."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

COLUMNS = ("floor", "Homeward", "llm-routing", "LiteLLM", "LiteLLM Router", "LiteLLM proxy")
BEGUN = "spawn to the answer of `initialize` (a proxy: to its first sign of life), s"
Results = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The best and the median of the rounds, as the row prints them; less is better or more is."""

    best: float
    median: float

    def told(self, digits: int) -> str:
        return f"{self.best:,.{digits}f} ({self.median:,.{digits}f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measure, by column. `note` is what stands under the table about it."""

    what: str
    cells: Mapping[str, Cell]
    digits: int = 2
    more_is_better: bool = False
    note: str = ""


def cell(rounds: Sequence[Mapping[str, Any]], of: Callable[[Mapping[str, Any]], float],
         best: Callable[[Sequence[float]], float] = min) -> Cell:  # fmt: skip
    values = [of(each) for each in rounds]
    return Cell(best=best(values), median=statistics.median(values))


def p50(told: Mapping[str, Any]) -> float:
    return statistics.median(told["ms"])


def least(told: Mapping[str, Any]) -> float:
    return min(told["ms"])


def _row(
    what: str,
    rounds: Mapping[str, Sequence[Mapping[str, Any]]],
    who: Mapping[str, str],
    of: Callable[[Mapping[str, Any]], float],
    *,
    digits: int = 2,
    most: bool = False,
    note: str = "",
) -> Row:
    cells = {
        column: cell(rounds[name], of, max if most else min)
        for column, name in who.items()
        if name in rounds
    }
    return Row(what=what, cells=cells, digits=digits, more_is_better=most, note=note)


STARTED = {"floor": "floor", "Homeward": "homeward", "llm-routing": "llm-routing"}
STARTED["LiteLLM proxy"] = "proxy"
INSIDE = {"floor": "httpx2", "Homeward": "homeward", "LiteLLM": "litellm acompletion"}
INSIDE["LiteLLM Router"] = "litellm router"
BESIDE = {"floor": "echo", "Homeward": "homeward tool", "llm-routing": "llm-routing tool"}
BESIDE["LiteLLM proxy"] = "litellm proxy"
CACHED = {"floor": "httpx2", "Homeward": "homeward cached"}
CACHED_TOOL = {"floor": "echo", "Homeward": "homeward tool cached"}


def rows(results: Results) -> list[Row]:
    """Everything that was timed, in the order of the table."""
    calls, started = results["calls"], dict(results["starts"])
    if "litellm proxy" in calls:
        started["proxy"] = [each["start"] for each in calls["litellm proxy"]]

    def begun(what: str, key: str, digits: int = 2, note: str = "") -> Row:
        having = {name: told for name, told in started.items() if key in told[0]}
        return _row(what, having, STARTED, lambda told: told[key], digits=digits, note=note)

    def made(what: str, who: Mapping[str, str], of: Any, digits: int = 2, **more: Any) -> Row:
        return _row(what, calls, who, of, digits=digits, **more)

    return [
        begun(BEGUN, "s", note="floor"),
        begun("processor time until then, s", "cpu"),
        begun("resident then, MB", "mb", 0, "shared"),
        made("resident after the calls, MB", BESIDE, lambda told: told["mb"], 0),
        made("the same, cache on", CACHED_TOOL, lambda told: told["mb"], 0, note="cache"),
        begun("`tools/list`, bytes", "bytes", 0),
        made("in process: spawn until it can be called, s", INSIDE, lambda told: told["ready"]),
        made("in process: the first call, ms", INSIDE, lambda told: told["first"], 0),
        made("in process: a call, p50, ms", INSIDE, p50, note="does"),
        made("in process: a call at best, ms", INSIDE, least),
        made("in process: processor time of a call, ms", INSIDE, lambda told: told["cpu"]),
        made("in process: calls a second, one at a time", INSIDE, lambda t: 1000 * len(t["ms"]) /
             sum(t["ms"]), 0, most=True),
        made("in process: calls a second, 16 at once", INSIDE, lambda t: t["rate"], 0, most=True),
        made("in process: resident after the calls, MB", INSIDE, lambda told: told["mb"], 0),
        made("in process, cache on: a call never asked before, p50, ms", CACHED, p50, note="cache"),
        made("as a server (stdio; the proxy HTTP): a call, p50, ms", BESIDE, p50, note="echo"),
        made("as a server: a call at best, ms", BESIDE, least),
        made("as a server: processor time of a call, ms", BESIDE, lambda told: told["cpu"]),
        made("as a server: calls a second, one at a time", BESIDE, lambda t: 1000 * len(t["ms"]) /
             sum(t["ms"]), 0, most=True),
        made("as a server: calls a second, 16 at once", BESIDE, lambda t: t["rate"], 1, most=True,
             note="failed"),
        made("as a server, cache on: a call never asked before, p50, ms", CACHED_TOOL, p50,
             note="cache"),
    ]  # fmt: skip
