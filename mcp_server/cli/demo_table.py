"""What a person sees of the demo: one row a prompt, filled in as the answers come."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ledger import Report, dollars
from switchboard import InvalidRequest, NoCandidate
from switchboard.request import Answer
from vocabulary import HomewardError

COLUMNS: dict[str, int | None] = {
    "": 2,
    "prompt and answer": None,
    "went to": 16,
    "why": None,
    "cache": 14,
    "tokens": 7,
    "cost": 9,
    "time": 6,
}
"""Names and widths in characters; the two without a width share what is left."""
RATIOS = {"prompt and answer": 5, "why": 4}
TIGHT = ("cache", "tokens", "cost", "time")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One prompt's outcome, in words."""

    note: str
    answer: str
    went_to: str
    style: str
    why: str
    cache: str = "–"
    tokens: str = "–"
    cost: str = "–"
    time: str = "–"

    @classmethod
    def answered(cls, note: str, answer: Answer) -> "Line":
        """A line for an answer, from wherever it came."""
        went_to, style = ("local", "green") if answer.local else ("cloud", "magenta")
        cache = "no"
        if answer.cached != "no":
            went_to, style = "cache", "cyan"
            cache = answer.cached
            if answer.similarity is not None:
                cache += f" {answer.similarity:.3f}"
        return cls(
            note=note,
            answer=answer.text,
            went_to=went_to if answer.cached != "no" else f"{went_to}\n{_asked(answer)}",
            style=style,
            why=_why(answer),
            cache=cache,
            tokens=f"{answer.usage.input_tokens}+{answer.usage.output_tokens}",
            cost=dollars(answer.cost),
            time=f"{answer.total_ms / 1000:.1f} s"
            if answer.total_ms > 99
            else f"{answer.total_ms} ms",
        )

    @classmethod
    def refused(cls, note: str, error: HomewardError) -> "Line":
        """A line for a prompt that got no answer, and why."""
        sent_nowhere = isinstance(error, NoCandidate | InvalidRequest)
        went_to = "nowhere" if sent_nowhere else "failed"
        why = error.what.removeprefix("No model may answer this. ")
        return cls(note=note, answer="", went_to=went_to, style="red", why=why)


class Show:
    """A row for each prompt as it is answered, and progress on the one that is under way."""

    def __init__(self, console: Console, prompts: Sequence[str], *, plain: bool) -> None:
        self._console = console
        self._prompts = prompts
        self._plain = plain or not console.is_terminal
        self._status = console.status("")

    def __enter__(self) -> Self:
        if not self._plain:
            self._console.print(_row([Text(name, style="dim") for name in COLUMNS]))
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._status.stop()

    def asking(self, number: int) -> None:
        """The next prompt is on its way."""
        of = f"{number + 1} of {len(self._prompts)}"
        self._status.update(Text(f"{of}: {_short(self._prompts[number])}"))

    def told(self, number: int, line: Line) -> None:
        """A prompt has its outcome."""
        if not self._plain:
            cells = [Text(str(number + 1)), *_cells(self._prompts[number], line)]
            self._console.print(_row(cells))
            return
        answer = " ".join(line.answer.split())[:90]
        went = line.went_to.replace("\n", " ")
        self._console.print(
            f"{number + 1:2}. {self._prompts[number][:60]} → {went} ({line.why}); "
            f"cache {line.cache}, {line.tokens} tokens, {line.cost}, {line.time}\n    {answer}",
            markup=False,
            soft_wrap=True,
        )

    def summary(self, report: Report, *, baseline: str, stand_in: bool) -> None:
        """What it came to, and what it would have cost elsewhere."""
        say = self._console.print
        say()
        say(
            f"[bold]{report.requests} answered[/], {report.local_share:.0%} by a local model, "
            f"{report.hit_rate:.0%} from the cache. "
            f"Cost {dollars(report.spent)}; without Homeward, at {baseline} or the model that was "
            f"named, the same tokens would have cost {dollars(report.baseline)}."
        )
        if stand_in:
            say(
                "[dim]The cloud was played by a second embedded model on this machine; tokens were "
                "counted for real and priced as the named model's. Nothing left this machine.[/]"
            )


def _row(cells: Sequence[Text]) -> Table:
    """One row by itself: what stays where it was printed needs no tall screen."""
    row = Table(box=None, show_header=False, expand=True, pad_edge=False)
    for name, width in COLUMNS.items():
        row.add_column(width=width, ratio=None if width else RATIOS[name], no_wrap=name in TIGHT)
    row.add_row(*cells)
    return row


def _cells(prompt: str, line: Line) -> list[Text]:
    asked = Text(_short(prompt), style="bold")
    if line.answer:
        asked.append("\n" + _short(line.answer, 110), style="not bold")
    return [
        asked,
        Text(line.went_to, style=line.style),
        Text.assemble(f"{line.note}\n", (line.why, "dim")),
        *(Text(cell) for cell in (line.cache, line.tokens, line.cost, line.time)),
    ]


def _asked(answer: Answer) -> str:
    """The model that was asked: the stand-in for a cloud serves under a name of its own."""
    return next(t.model for t in answer.decision.tried if t.outcome == "ok").partition("/")[2]


def _why(answer: Answer) -> str:
    decision = answer.decision
    if decision.personal and answer.cached == "no":
        kinds = ", ".join(decision.personal)
        return f"holds {kinds}, stays home"
    doubted = [each for each in decision.tried if each.outcome == "doubtful"]
    if doubted:
        return f"{doubted[-1].model} answered first. {doubted[-1].reason}"
    return decision.reason


def _short(text: str, length: int = 90) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"
