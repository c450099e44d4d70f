"""Short ways to write down candidates and requests."""

from routing.values import Analysis, Candidate, Model
from vocabulary import Money, TaskKind


def candidate(
    name: str,
    *,
    local: bool = False,
    quality: float = 0.8,
    cost: int = 0,
    worst: int | None = None,
    speed: float = 30.0,
    context: int = 100_000,
) -> Candidate:
    model = Model(
        provider="ollama" if local else "cloud",
        name=name,
        local=local,
        host="127.0.0.1:11434" if local else "api.example.com",
        context=context,
        quality=quality,
        speed=speed,
    )
    return Candidate(
        model=model,
        quality=quality,
        estimate=Money(cost),
        worst_case=Money(cost if worst is None else worst),
    )


def analysis(complexity: float = 0.5, *, tokens: int = 100, signals: bool = True) -> Analysis:
    return Analysis(
        task=TaskKind.SIMPLE_COMPLETION,
        complexity=complexity,
        input_tokens=tokens,
        output_tokens=100,
        signals=("something",) if signals else (),
    )
