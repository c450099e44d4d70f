"""Spending and savings day by day, divided by model, source or kind of task: what charts draw."""

from ledger.daily.values import Dimension, Slice

__all__ = ["Dimension", "Slice"]
