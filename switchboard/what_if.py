"""What another setting would have done with the requests that were logged.

The strategies themselves are asked again, with what was considered then. Where they would not have
chosen as was chosen, something else decided (a wish, a conversation, time), and it decides again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from routing.learning.outcomes import Choice, Considered
from routing.strategies import strategy
from routing.values import Analysis, Candidate, Model, Preferences
from vocabulary import Money, TaskKind

Value = float | bool | str

BY_CHANCE = frozenset({"learned", "hybrid"})
BY_WORDS = frozenset({"complexity"})
"""Strategies that go by how hard a request's words say it is, which only its text tells."""

ESCALATING = frozenset({"hybrid", "cascade", "tiered"})
MAY_GIVE_WAY = frozenset({"hybrid", "learned", "cost", "complexity", "cascade", "local_first"})
"""Of `privacy` and `tiered` the person means more than money by."""

TO_STRATEGIES = ("hybrid", "local_first", "cost")

STEPS = (0.05, 0.10)
LEAST_WORTH = 100
"""Micro-dollars: less is no setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How requests are handled, as far as it can be changed here."""

    strategy: str
    preferences: Preferences
    min_confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of homeward.toml: the key under `[routing]`, and its value `before` and `after`."""

    key: str
    before: Value
    after: Value
    ways: Ways


def changes(now: Ways) -> list[Change]:
    """The changes that are thought of: a step of one setting that has a say now."""
    found = [*_by_chance(now), *_by_quality(now), *_by_words(now), *_of_the_whole(now)]
    return [change for change in found if change.after != change.before]


def _by_chance(now: Ways) -> Iterator[Change]:
    """Stay at home on a smaller chance, or for a dearer alternative."""
    own = now.preferences
    if now.strategy not in BY_CHANCE:
        return
    for step in STEPS:
        more = min(1.0, round(own.home_advantage + step, 4))
        preferences = replace(own, home_advantage=more)
        yield _to("home_advantage", own.home_advantage, more, now, preferences)
    half = Money(max(LEAST_WORTH, own.worth // 2))
    yield _to("worth_usd", own.worth / 1e6, half / 1e6, now, replace(own, worth=half))


def _by_quality(now: Ways) -> Iterator[Change]:
    """Take less for good enough."""
    own = now.preferences
    if now.strategy not in BY_CHANCE | BY_WORDS | {"cost"}:
        return
    for step in STEPS:
        less = max(0.0, round(own.min_quality - step, 4))
        yield _to("min_quality", own.min_quality, less, now, replace(own, min_quality=less))


def _by_words(now: Ways) -> Iterator[Change]:
    """Take fewer requests for hard, or try at home first."""
    own = now.preferences
    if now.strategy in BY_WORDS:
        at_home = replace(own, try_local_first=True)
        yield _to("try_local_first", own.try_local_first, True, now, at_home)
    if now.strategy in BY_WORDS | {"hybrid"}:
        more = min(1.0, round(own.complexity_threshold + 0.1, 4))
        fewer = replace(own, complexity_threshold=more)
        yield _to("complexity_threshold", own.complexity_threshold, more, now, fewer)


def _of_the_whole(now: Ways) -> Iterator[Change]:
    """Doubt fewer answers, or choose in another way."""
    if now.strategy in ESCALATING:
        less = max(0.0, round(now.min_confidence - 0.1, 4))
        ways = replace(now, min_confidence=less)
        yield Change(key="min_confidence", before=now.min_confidence, after=less, ways=ways)
    if now.strategy in MAY_GIVE_WAY:
        for other in TO_STRATEGIES:
            ways = replace(now, strategy=other)
            yield Change(key="strategy", before=now.strategy, after=other, ways=ways)


def _to(key: str, before: Value, after: Value, now: Ways, preferences: Preferences) -> Change:
    return Change(key=key, before=before, after=after, ways=replace(now, preferences=preferences))


def usual(choice: Choice) -> str:
    """The model that would have come first without exploring."""
    return max(choice.considered, key=lambda each: each.propensity).model


class WhatIf:
    """`models` are those there are now, for what a log does not tell of them; `analyses` are known
    of the requests, by id, whose text is still known.
    """

    def __init__(
        self, now: Ways, *, models: Sequence[Model], analyses: Mapping[str, Analysis]
    ) -> None:
        self.now = now
        self._models = {model.id: model for model in models}
        self._analyses = analyses

    def first(self, choice: Choice, change: Change) -> str:
        """The model that would have come first under a change."""
        usually = usual(choice)
        known = choice.request_id in self._analyses
        if {self.now.strategy, change.ways.strategy} & BY_WORDS and not known:
            return usually
        same_strategy = change.ways.strategy == self.now.strategy
        if same_strategy and self._ranked(choice, self.now) != usually:
            return usually
        return self._ranked(choice, change.ways)

    def _ranked(self, choice: Choice, ways: Ways) -> str:
        own = ways.preferences
        if choice.least != self.now.preferences.min_quality:
            own = replace(own, min_quality=choice.least)  # the request's own wish
        candidates = [self._candidate(each) for each in choice.considered]
        analysis = self._analyses.get(choice.request_id, _plain(choice))
        ranking = strategy(ways.strategy)(analysis, candidates, own)
        return ranking.candidates[0].model.id if ranking.candidates else usual(choice)

    def _candidate(self, each: Considered) -> Candidate:
        provider, _, name = each.model.partition("/")
        model = self._models.get(each.model) or Model(
            provider=provider, name=name, local=each.local, host=""
        )
        return Candidate(
            model=replace(model, local=each.local),
            quality=each.p,
            doubt=each.doubt,
            estimate=each.estimate,
            worst_case=each.estimate,
        )


def _plain(choice: Choice) -> Analysis:
    """A request of which nothing is known but its kind. One that was imported may have any."""
    known = choice.task in set(TaskKind)
    return Analysis(
        task=TaskKind(choice.task) if known else TaskKind.SIMPLE_COMPLETION,
        complexity=0.5,
        input_tokens=0,
        output_tokens=0,
        signals=("not known any more",),
    )
