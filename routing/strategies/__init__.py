"""The ways to choose among models, by name."""

from collections.abc import Mapping

from routing.strategies.cascade import cascade
from routing.strategies.complexity import complexity
from routing.strategies.cost import cost
from routing.strategies.hybrid import hybrid
from routing.strategies.learned import learned
from routing.strategies.local_first import local_first
from routing.strategies.privacy import privacy
from routing.strategies.ranking import Ranking, Strategy
from routing.strategies.tiered import tiered
from vocabulary import HomewardError

__all__ = ["EXPLORING", "STRATEGIES", "Ranking", "Strategy", "UnknownStrategy", "strategy"]

STRATEGIES: Mapping[str, Strategy] = {
    "complexity": complexity,
    "privacy": privacy,
    "cost": cost,
    "local_first": local_first,
    "cascade": cascade,
    "learned": learned,
    "hybrid": hybrid,
    "tiered": tiered,
}

EXPLORING = frozenset({"learned", "hybrid"})
"""Strategies that may now and then try a model of which little is known, to learn of it."""


class UnknownStrategy(HomewardError):
    """There is no strategy of that name."""


def strategy(name: str) -> Strategy:
    """The strategy of that name.

    Raises:
        UnknownStrategy: there is none; lists those there are.
    """
    try:
        return STRATEGIES[name]
    except KeyError:
        known = ", ".join(STRATEGIES)
        raise UnknownStrategy(
            f"There is no routing strategy called {name!r}.", fix=f"Use one of: {known}."
        ) from None
