"""Knows which prompts a provider is working on in batches, and which line of the books is whose."""

from ledger.batches.sqlite import SqliteBatches
from ledger.batches.values import Batch, BatchLine, BatchState

__all__ = ["Batch", "BatchLine", "BatchState", "SqliteBatches"]
