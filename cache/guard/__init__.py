"""Decides whether two questions ask the same. Explainable, and silent about what it cannot tell."""

from cache.guard.key import reading_key
from cache.guard.model import TrainedGuard
from cache.guard.occasion import LEANING, exact_only
from cache.guard.vetoes import veto

__all__ = ["LEANING", "TrainedGuard", "exact_only", "reading_key", "veto"]
