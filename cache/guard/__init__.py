"""Decides whether two questions ask the same. Explainable, and silent about what it cannot tell."""

from cache.guard.occasion import exact_only
from cache.guard.vetoes import veto


class Vetoes:
    """The first guard: serves when nothing that carries meaning is left over between two texts."""

    def may_serve(self, stored: str, asked: str, similarity: float) -> bool:
        return veto(stored, asked) is None


__all__ = ["Vetoes", "exact_only", "veto"]
