"""The person's calendar: which day an instant belongs to, and when days and months begin."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo


def day_of(at: datetime, zone: tzinfo | None) -> date:
    """The date on the person's wall at `at`. `zone` None is the computer's own time zone."""
    return at.astimezone(zone).date()


def begins(day: date, zone: tzinfo | None) -> datetime:
    """The first instant of `day`; where clocks skip midnight that is after 00:00."""
    midnight = datetime.combine(day, time.min)
    local = midnight.astimezone() if zone is None else midnight.replace(tzinfo=zone)
    return local.astimezone(UTC).astimezone(zone)


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of the month `day` lies in."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def renewals(day: date, zone: tzinfo | None) -> tuple[datetime, datetime]:
    """When the budgets of `day` and of its month begin anew."""
    one = timedelta(days=1)
    return begins(day + one, zone), begins(month_of(day)[1] + one, zone)
