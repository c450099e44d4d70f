"""Which model a person means by what they typed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from routing.values import Model

_MOST_NEAR = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The model that was meant; or None, and the ids that come near or that were all meant."""

    model: Model | None
    near: tuple[str, ...] = ()


def find(models: Sequence[Model], wanted: str) -> Found:
    """Read `wanted` as an id (`provider/name`), a name, or a name without its tag.

    The first reading that fits any model decides; it must fit only one. Case does not matter.
    """
    asked = wanted.strip().lower()
    readings: tuple[Callable[[Model], bool], ...] = (
        lambda model: model.id.lower() == asked,
        lambda model: model.name.lower() == asked,
        lambda model: model.id.lower() == f"{asked}:latest",
        lambda model: model.name.lower() == f"{asked}:latest",
        lambda model: asked in (_untagged(model.id), _untagged(model.name)),
        lambda model: _untagged(model.name).rpartition("/")[2] == asked,
    )
    for fits in readings:
        fitting = [model for model in models if fits(model)]
        if fitting:
            only = fitting[0] if len(fitting) == 1 else None
            return Found(model=only, near=() if only else tuple(model.id for model in fitting))
    return Found(model=None, near=_near(models, asked))


def _untagged(name: str) -> str:
    return name.lower().partition(":")[0]


def _near(models: Sequence[Model], asked: str) -> tuple[str, ...]:
    from difflib import get_close_matches

    spellings: dict[str, str] = {}
    for model in models:
        for spelling in (model.name.lower(), model.id.lower(), _untagged(model.name)):
            spellings.setdefault(spelling, model.id)
    close = get_close_matches(asked, spellings, n=3 * _MOST_NEAR, cutoff=0.5)
    return tuple(dict.fromkeys(spellings[spelling] for spelling in close))[:_MOST_NEAR]
