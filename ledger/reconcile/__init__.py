"""Compares the books with what a provider says it charged: its own export, by UTC day and model."""

from ledger.reconcile.compare import CENT, compare
from ledger.reconcile.errors import UnreadableExport
from ledger.reconcile.reading import read_export
from ledger.reconcile.values import Booked, Difference, Export, Figures, Reconciliation, Sums

__all__ = [
    "CENT",
    "Booked",
    "Difference",
    "Export",
    "Figures",
    "Reconciliation",
    "Sums",
    "UnreadableExport",
    "compare",
    "read_export",
]
