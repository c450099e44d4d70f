"""Days and months are those on the person's wall, whatever the clocks do."""

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from ledger.days import begins, day_of, month_of, renewals


@pytest.mark.parametrize(
    ("at", "zone", "day"),
    [
        ("2026-11-30T22:59:59+00:00", "Europe/Berlin", "2026-11-30"),
        ("2026-11-30T23:00:00+00:00", "Europe/Berlin", "2026-12-01"),
        ("2026-12-01T04:59:59+00:00", "America/New_York", "2026-11-30"),
        ("2028-02-28T23:30:00+00:00", "Europe/Berlin", "2028-02-29"),
        ("2026-11-20T10:00:00+00:00", "Pacific/Kiritimati", "2026-11-21"),
    ],
)
def test_an_instant_belongs_to_the_persons_day(at: str, zone: str, day: str) -> None:
    assert day_of(datetime.fromisoformat(at), ZoneInfo(zone)) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("day", "zone", "tomorrow", "next_month"),
    [
        pytest.param(
            "2026-12-31", "Europe/Berlin", "2026-12-31T23:00", "2026-12-31T23:00", id="year's end"
        ),
        pytest.param(
            "2028-02-28", "UTC", "2028-02-29T00:00", "2028-03-01T00:00", id="leap year"
        ),
        pytest.param(
            "2026-10-25", "Europe/Berlin", "2026-10-25T23:00", "2026-10-31T23:00", id="25-hour day"
        ),
        pytest.param(
            "2026-03-29", "Europe/Berlin", "2026-03-29T22:00", "2026-03-31T22:00", id="23-hour day"
        ),
        pytest.param(
            "2026-09-05", "America/Santiago", "2026-09-06T04:00", "2026-10-01T03:00",
            id="a midnight that does not exist",
        ),
    ],
)  # fmt: skip
def test_budgets_renew_at_the_persons_midnight(
    day: str, zone: str, tomorrow: str, next_month: str
) -> None:
    at_day, at_month = renewals(date.fromisoformat(day), ZoneInfo(zone))
    assert at_day == datetime.fromisoformat(tomorrow).replace(tzinfo=UTC)
    assert at_month == datetime.fromisoformat(next_month).replace(tzinfo=UTC)
    assert day_of(at_day, ZoneInfo(zone)) > date.fromisoformat(day)


def test_without_a_zone_the_computers_own_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        assert day_of(datetime(2026, 11, 20, 15, tzinfo=UTC), None) == date(2026, 11, 21)
        midnight = begins(date(2026, 11, 21), None)
        assert midnight == datetime(2026, 11, 20, 15, tzinfo=UTC)
        assert midnight.strftime("%H:%M %Z") == "00:00 JST"
    time.tzset()


def test_a_month_is_its_first_to_its_last_day() -> None:
    assert month_of(date(2028, 2, 10)) == (date(2028, 2, 1), date(2028, 2, 29))
    assert month_of(date(2026, 12, 31)) == (date(2026, 12, 1), date(2026, 12, 31))
