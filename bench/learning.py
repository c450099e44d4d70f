"""Does the replay before each change cost anything, and does it keep bad outcomes out?

`python -m bench.learning FILE [SEEDS]`: rows of prompt, weak_ok, strong_ok. 3,000 requests in
random order; the cheapest model good enough is asked, 5 % explored, only its outcome is seen. Three
ways of learning every 50 outcomes: never, always, and where the replay lets it. "Poisoned": half of
all outcomes are wrong. Rewards by thousand requests, and the share sent to the strong model.
"""

import csv
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from routing.learning.exploring import Explorer, Option
from routing.learning.fitting import chooses, fitted
from routing.learning.outcomes import Choice, Considered, Experience, Outcome, packed
from routing.learning.posterior import Posterior
from routing.learning.training import train
from routing.prior import Prior, Sketch, load
from vocabulary import Money

NOW = datetime(2026, 11, 20, tzinfo=UTC)
MODELS = (("home/weak", 0.78, Money(0)), ("cloud/strong", 0.96, Money(1000)))
LEAST = 0.75
REQUESTS = 3000
EVERY = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A prompt as the prior sees it, and whether each model's answer was right."""

    sketch: Sketch
    priors: tuple[float, ...]
    right: tuple[float, ...]


def rows(path: Path, prior: Prior) -> list[Row]:
    csv.field_size_limit(2**30)
    with path.open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    read = []
    for line in lines:
        sketch = prior.sketch(line["prompt"])
        priors = tuple(prior.likely(quality, sketch) for _, quality, _ in MODELS)
        right = (float(line["weak_ok"]), float(line["strong_ok"]))
        read.append(Row(sketch=sketch, priors=priors, right=right))
    return read


def run(data: Sequence[Row], way: str, *, seed: int, wrong: float) -> tuple[list[float], float]:
    """Mean rewards by thousand, and the share of strong calls."""
    rng = random.Random(seed)
    order = rng.sample(range(len(data)), min(REQUESTS, len(data)))
    explorer = Explorer(rng)
    posterior, through = Posterior(), 0
    log: list[Experience] = []
    rewards, strong = [], 0
    for number, index in enumerate(order, start=1):
        experience, reward = _asked(data[index], number, posterior, explorer, rng, wrong)
        log.append(experience)
        rewards.append(reward)
        strong += not experience.choice.local
        if number % EVERY == 0 and way != "never":
            before, through = through, _learned(log, through, way)
            if through != before:
                posterior = fitted(log[:through])
    parts = [rewards[start : start + 1000] for start in range(0, len(rewards), 1000)]
    return [sum(part) / len(part) for part in parts], strong / len(order)


def _learned(log: Sequence[Experience], through: int, way: str) -> int:
    if way == "always":
        return len(log)
    return train(log, lambda some: chooses(fitted(some)), through=through).through


def _asked(
    row: Row,
    number: int,
    posterior: Posterior,
    explorer: Explorer,
    rng: random.Random,
    wrong: float,
) -> tuple[Experience, float]:
    forecasts = [
        posterior.forecast(model, prior, row.sketch)
        for (model, _, _), prior in zip(MODELS, row.priors, strict=True)
    ]
    options = [
        Option(p=each.p, doubt=each.doubt, cost=cost)
        for each, (_, _, cost) in zip(forecasts, MODELS, strict=True)
    ]
    drawn = explorer.draw(options, least=LEAST)
    considered = tuple(
        Considered(
            model=model,
            prior=prior,
            p=each.p,
            doubt=each.doubt,
            estimate=cost,
            local=not cost,
            propensity=chance,
        )
        for (model, _, cost), prior, each, chance in zip(
            MODELS, row.priors, forecasts, drawn.propensities, strict=True
        )
    )
    chosen, reward = considered[drawn.index], row.right[drawn.index]
    told = 1 - reward if rng.random() < wrong else reward
    outcome = Outcome(model=chosen.model, signal="judge", reward=told, weight=1.0, at=NOW)
    choice = Choice(
        request_id=f"{number:012x}",
        at=NOW,
        task="",
        kind=row.sketch.kind,
        likeness=row.sketch.likeness,
        features=packed(row.sketch.features),
        prior_version="1",
        question="",
        considered=considered,
        model=chosen.model,
        answered=chosen.model,
        strategy="",
        least=LEAST,
        explored=drawn.explored,
        local=chosen.local,
        cost=chosen.estimate,
    )
    return Experience(number=number, choice=choice, outcomes=(outcome,)), reward


def main() -> None:
    data = rows(Path(sys.argv[1]), load())
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    weak, strong = (sum(row.right[n] for row in data) / len(data) for n in (0, 1))
    print(f"{len(data)} rows; always weak {weak:.3f}, always strong {strong:.3f}")
    for name, wrong in (("honest", 0.0), ("poisoned", 0.5)):
        for way in ("never", "always", "replayed"):
            runs = [run(data, way, seed=seed, wrong=wrong) for seed in range(seeds)]
            by_part = zip(*(means for means, _ in runs), strict=True)
            told = "  ".join(f"{sum(part) / seeds:.3f}" for part in by_part)
            share = sum(share for _, share in runs) / seeds
            print(f"{name:9} {way:9} {told}  strong {share:.0%}", flush=True)


if __name__ == "__main__":
    main()
