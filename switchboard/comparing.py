"""What a request would have cost without Homeward, said no higher than it is."""

from dataclasses import dataclass

from switchboard.pricing import UNASKED, Pricing
from switchboard.request import OWN_CALLERS, Request
from vocabulary import Money, TaskKind, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The cost of the same tokens at `model` (`provider/name`), which would have been asked; 0 and
    empty where no cloud would have been, or its price is not known.
    """

    cost: Money = Money(0)
    model: str = ""


def insisted_on(request: Request, served: str) -> str | None:
    """What a request is compared with: the model it insisted on (`served` is what that came to),
    empty for the person's usual one, None where it would have gone to no cloud: it was to stay at
    home, its documents were, or it is Homeward's own.
    """
    stays = request.prefer == "local" or request.at_home or request.documents
    if stays or request.caller in OWN_CALLERS:
        return None
    return served if request.model is not None else UNASKED


def compared(pricing: Pricing, usage: Usage, task: TaskKind, asked: str | None) -> Compared:
    """What `usage` would have cost. `asked` is from `insisted_on`."""
    cost = pricing.baseline(usage, task=task, model_asked=asked)
    if not cost:
        return Compared()
    provider, _, name = (asked or "").partition("/")
    model = pricing.baselines.of(task, (provider, name) if name else None)
    return Compared(cost=cost, model="/".join(model))
