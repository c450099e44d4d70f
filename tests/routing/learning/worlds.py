"""A small world whose truth is known: kinds of requests, and how often each model is right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from routing.learning.exploring import Option, choose, probabilities
from routing.learning.outcomes import Choice, Considered, Experience, Outcome
from routing.learning.replay import Policy
from vocabulary import Money

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SMALL, MIDDLE, LARGE = "home/small", "cloud/middle", "cloud/large"
COST = {SMALL: 0, MIDDLE: 1000, LARGE: 5000}
PRIOR = {SMALL: 0.6, MIDDLE: 0.75, LARGE: 0.9}

TRUTH: Mapping[str, Mapping[str, float]] = {
    "chat": {SMALL: 0.9, MIDDLE: 0.92, LARGE: 0.95},
    "maths": {SMALL: 0.35, MIDDLE: 0.8, LARGE: 0.95},
    "code": {SMALL: 0.6, MIDDLE: 0.65, LARGE: 0.9},
    "facts": {SMALL: 0.5, MIDDLE: 0.9, LARGE: 0.9},
}


def choice(**changes: object) -> Choice:
    """A plain choice: a request for the small model, which answered."""
    plain = {
        "request_id": "3f9a0c27b1d4",
        "at": NOON,
        "task": "simple_completion",
        "kind": "chat",
        "likeness": 0.8,
        "features": b"\x00\x3c" * 4,
        "prior_version": "1",
        "question": "d" * 32,
        "considered": considered(),
        "model": SMALL,
        "answered": SMALL,
        "strategy": "hybrid",
        "least": 0.7,
        "explored": False,
        "local": True,
        "cost": Money(0),
    }
    return Choice(**(plain | changes))  # type: ignore[arg-type]


def considered(
    believed: Mapping[str, float] = PRIOR,
    doubt: float = 0.15,
    propensities: Sequence[float] = (1.0, 0.0, 0.0),
) -> tuple[Considered, ...]:
    return tuple(
        Considered(
            model=model,
            prior=PRIOR[model],
            p=p,
            doubt=doubt,
            estimate=Money(COST[model]),
            local=model == SMALL,
            propensity=propensity,
        )
        for (model, p), propensity in zip(believed.items(), propensities, strict=True)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """`least` is the quality asked for, `share` how much is explored."""

    seed: int
    least: float = 0.7
    share: float = 0.05

    def log(self, requests: int) -> list[Experience]:
        """What is logged while the prior chooses, with what came of each."""
        rng = Random(self.seed)
        among = considered()
        options = [Option(p=each.p, doubt=each.doubt, cost=each.estimate) for each in among]
        chances = [self.share * each for each in probabilities(options, self.least)]
        chances[choose(options, self.least)] += 1 - self.share
        among = considered(propensities=chances)
        return [self._one(number, rng, among) for number in range(1, requests + 1)]

    def _one(self, number: int, rng: Random, among: tuple[Considered, ...]) -> Experience:
        kind = rng.choice(list(TRUTH))
        [drawn] = rng.choices(among, [each.propensity for each in among])
        at = NOON + timedelta(seconds=number)
        good = rng.random() < TRUTH[kind][drawn.model]
        outcome = Outcome(
            model=drawn.model,
            signal="good" if good else "bad",
            reward=float(good),
            weight=1.0,
            at=at,
        )
        made = choice(
            request_id=f"{number:012x}",
            at=at,
            kind=kind,
            considered=among,
            model=drawn.model,
            answered=drawn.model,
            local=drawn.local,
            explored=drawn != max(among, key=lambda each: each.propensity),
            least=self.least,
        )
        return Experience(number=number, choice=made, outcomes=(outcome,))


def worth(policy: Policy, log: Sequence[Experience]) -> float:
    """The true mean reward of a policy on the requests of a log."""
    values = [TRUTH[each.choice.kind][policy(each.choice)] for each in log]
    return sum(values) / len(values)


def by_table(table: Mapping[str, Mapping[str, float]]) -> Policy:
    """Chooses by the rule, believing a table of P(ok) by kind and model."""

    def policy(made: Choice) -> str:
        believed = table[made.kind]
        options = [
            Option(p=believed[each.model], doubt=0.0, cost=each.estimate)
            for each in made.considered
        ]
        return made.considered[choose(options, made.least)].model

    return policy


def as_shipped(_: Choice | None = None) -> Mapping[str, Mapping[str, float]]:
    return dict.fromkeys(TRUTH, PRIOR)
