"""What it saves to have Anthropic keep the beginnings of prompts: conversations, at real prices.

Run: python -m bench.keeping. Nothing is sent: which calls ask for what to be kept is decided by the
code that decides it for real calls, and what Anthropic then reads, writes and bills is simulated by
its published rules: the longest beginning that was kept within five minutes is read, what lies
between it and the last mark is written, the rest is ordinary input.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from ledger import Prices
from routing.providers.prefixes import KEPT_S, Prefixes
from routing.tokens import estimate_tokens
from vocabulary import Message, Money, Prompt, Usage

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
MODELS = ("claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5", "claude-fable-5-2")
WORD = "alpha "


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`calls` calls, `apart` seconds between them. `grows`: each is the next turn of one
    conversation, else another question below the same system text. Sizes are in tokens.
    """

    name: str
    calls: int = 10
    apart: float = 60.0
    system: int = 1500
    asks: int = 100
    answers: int = 300
    grows: bool = True


CASES = (
    Case(name="a conversation of 10 turns, a minute apart"),
    Case(name="the same, but 6 minutes apart", apart=360),
    Case(name="a conversation of 10 turns, no system text", system=0),
    Case(name="10 questions below one text of 3,000 tokens", system=3000, grows=False),
    Case(name="the worst: a question, one more, and no third", calls=2, system=3000),
)


def main() -> None:
    prices = Prices()
    print(f"{'':48}" + "".join(f"{model:>28}" for model in MODELS))
    for case in CASES:
        cells = [_cell(prices, model, case) for model in MODELS]
        print(f"{case.name:48}" + "".join(f"{cell:>28}" for cell in cells))


def _cell(prices: Prices, model: str, case: Case) -> str:
    plain, kept = (
        sum(prices.quote("anthropic", model, usage, AT).cost for usage in usages(case, keep=keep))
        for keep in (False, True)
    )
    change = 100 * (kept - plain) / plain
    return f"{_usd(plain)} -> {_usd(kept)} {change:+.0f} %"


def _usd(cost: Money | int) -> str:
    return f"${cost / 1_000_000:.4f}"


def usages(case: Case, *, keep: bool) -> list[Usage]:
    """What each call of a case is billed for."""
    now = 0.0
    prefixes = Prefixes(monotonic=lambda: now)
    kept_at: dict[tuple[str, ...], float] = {}
    said: list[Message] = []
    found = []
    for number in range(case.calls):
        said = [*(said if case.grows else ()), Message(role="user", text=_text(case.asks, number))]
        prompt = Prompt(
            system=_text(case.system, -1) or None, messages=tuple(said), max_tokens=case.answers
        )
        beginnings = prefixes.of(prompt, "model")
        worth = prefixes.worth(prompt, beginnings)
        prefixes.sent(beginnings)
        pieces = ((prompt.system or ""), *(turn.text for turn in said))
        marks = [1] * worth.system + [len(pieces) - 1] * worth.turns if keep else []
        found.append(_billed(pieces, marks, kept_at, now, case.answers))
        said.append(Message(role="assistant", text=_text(case.answers, number)))
        now += case.apart
    return found


def _billed(
    pieces: tuple[str, ...],
    marks: list[int],
    kept_at: dict[tuple[str, ...], float],
    now: float,
    answers: int,
) -> Usage:
    """`marks` count the pieces from the beginning that are to be kept."""
    last = max(marks, default=0)
    alive = {held for held, at in kept_at.items() if now - at < KEPT_S}
    read = max((n for n in range(last + 1) if pieces[:n] in alive), default=0)
    for mark in {*marks, *([read] if read else ())}:
        kept_at[pieces[:mark]] = now
    counts = [estimate_tokens(piece) for piece in pieces]
    return Usage(
        input_tokens=sum(counts),
        output_tokens=answers,
        cached_tokens=sum(counts[:read]),
        cache_write_tokens=sum(counts[read:last]),
    )


def _text(tokens: int, number: int) -> str:
    """About so many tokens, another text for every number."""
    if not tokens:
        return ""
    text = f"{number} "
    return text + WORD * max(0, round((tokens - 1) / (estimate_tokens(WORD * 100) / 100)))


if __name__ == "__main__":
    main()
