"""Knows money: what a call costs, what may be spent, and one line for every attempt."""

from ledger.book import Ledger
from ledger.budgets import Budget, Left, Notice, notices
from ledger.entry import Cached, Entry, Outcome, Reservation, Result
from ledger.errors import OverBudget, UnknownPrice
from ledger.money import dollars, micro_dollars
from ledger.prices import Price, Prices, Quote
from ledger.reports import By, Group, Period, Report
from ledger.sqlite import SqliteLedger

__all__ = [
    "Budget",
    "By",
    "Cached",
    "Entry",
    "Group",
    "Ledger",
    "Left",
    "Notice",
    "Outcome",
    "OverBudget",
    "Period",
    "Price",
    "Prices",
    "Quote",
    "Report",
    "Reservation",
    "Result",
    "SqliteLedger",
    "UnknownPrice",
    "dollars",
    "micro_dollars",
    "notices",
]
