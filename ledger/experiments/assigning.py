"""Which arm a request belongs to: a coin that falls the same way in every process, always."""

import hashlib
from collections.abc import Sequence

from ledger.experiments.values import Experiment, Letter

_BITS = 64


def unit_of(experiment: Experiment, *, asker: Sequence[str], opening: str) -> str:
    """The name of what keeps its arm: who asks, and where `by` is "request" also what with.

    `opening` is how the conversation began, so that all of its turns stay in one arm. The name is
    a digest, 32 hexadecimal digits, another one in each experiment.
    """
    parts = [experiment.id, experiment.by, *asker]
    if experiment.by == "request":
        parts.append(opening)
    said = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def arm_of(experiment: Experiment, unit: str) -> Letter:
    """B for `share` of all units. SHA-256 once more: the unit's own digits are kept, and who sees
    them should not have to know how they were used.
    """
    drawn = hashlib.sha256(f"{experiment.id}/{unit}".encode()).digest()
    number = int.from_bytes(drawn[: _BITS // 8], "big")
    return "B" if number < experiment.share * 2**_BITS else "A"
