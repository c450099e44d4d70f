"""What was spent and what was saved, over a period."""

from ledger.reports.values import By, Group, Period, Report, bounds, summed

__all__ = ["By", "Group", "Period", "Report", "bounds", "summed"]
