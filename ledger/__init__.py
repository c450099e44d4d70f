"""Knows money: what a call costs, what may be spent, and one line for every attempt."""

from ledger.book import Ledger
from ledger.budgets import Budget, Left, Limit, Notice, Scope
from ledger.entry import Cached, Entry, Outcome, Reservation, Result
from ledger.errors import OverBudget, UnknownPrice
from ledger.money import dollars, micro_dollars
from ledger.prices import Price, Prices, Quote
from ledger.reports import By, Group, Period, Report
from ledger.restraint import Consequences, Pace, Restraint, Step, restraints
from ledger.sqlite import SqliteLedger
from ledger.tiers import Tier, tier_of

__all__ = [
    "Budget",
    "By",
    "Cached",
    "Consequences",
    "Entry",
    "Group",
    "Ledger",
    "Left",
    "Limit",
    "Notice",
    "Outcome",
    "OverBudget",
    "Pace",
    "Period",
    "Price",
    "Prices",
    "Quote",
    "Report",
    "Reservation",
    "Restraint",
    "Result",
    "Scope",
    "SqliteLedger",
    "Step",
    "Tier",
    "UnknownPrice",
    "dollars",
    "micro_dollars",
    "restraints",
    "tier_of",
]
