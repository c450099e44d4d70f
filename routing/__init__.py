"""Knows models: what a request asks for, which models there are, and in which order to try them.

This is what other rooms use. One attempt at a model is `routing.attempt`; what speaks to a model
server is `routing.providers`; neither is imported here, so that this costs next to nothing.
`catalogue` is taken from the module of that name, which it would hide here.
"""

from routing.analysis import analyse
from routing.breaker import Breakers, Health
from routing.catalogue import Override, Source
from routing.errors import ProviderError, ProviderRejected, ProviderTimeout, ProviderUnavailable
from routing.gates import Wishes, first_gate
from routing.naming import Found, find
from routing.strategies import STRATEGIES, Ranking, Strategy, UnknownStrategy, strategy
from routing.tokens import estimate_tokens
from routing.values import Analysis, Candidate, Completion, Excluded, Model, Plan, Preferences

__all__ = [
    "STRATEGIES",
    "Analysis",
    "Breakers",
    "Candidate",
    "Completion",
    "Excluded",
    "Found",
    "Health",
    "Model",
    "Override",
    "Plan",
    "Preferences",
    "ProviderError",
    "ProviderRejected",
    "ProviderTimeout",
    "ProviderUnavailable",
    "Ranking",
    "Source",
    "Strategy",
    "UnknownStrategy",
    "Wishes",
    "analyse",
    "estimate_tokens",
    "find",
    "first_gate",
    "strategy",
]
