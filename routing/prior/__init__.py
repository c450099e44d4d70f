"""What is thought of a request before any model has seen it: its kind, and which model will do.

Needs numpy: import it where it is used.
"""

from routing.prior.errors import PriorError
from routing.prior.file import load
from routing.prior.kinds import OTHER
from routing.prior.prior import ANCHORS, Prior
from routing.prior.sketching import DIMENSIONS, Sketch

__all__ = [
    "ANCHORS",
    "DIMENSIONS",
    "OTHER",
    "Prior",
    "PriorError",
    "Sketch",
    "load",
]
