"""The official suite finds nothing that is not as the protocol says, over both wires."""

import pytest

from tests.conformance.run import SUITES, Door, Suite, run, serving
from tests.homes import Home

pytestmark = pytest.mark.slow

FEWEST: dict[str, int] = {"2025-11-25": 70, "2026-07-28": 90, "": 40}
"""Checks that must have passed: a suite that looked at nothing has found nothing either."""


@pytest.mark.parametrize(
    ("suite", "door"),
    [(suite, "http") for suite in SUITES] + [(suite, "stdio") for suite in SUITES[1:]],
    ids=lambda value: value if isinstance(value, str) else f"{value.package}-{value.protocol}",
)
def test_the_suite_finds_nothing_unexpected(home: Home, suite: Suite, door: Door) -> None:
    with serving(door, home.for_process()) as port:
        outcome = run(suite, door, port)
    assert outcome.unexpected == ()
    assert outcome.checks["SUCCESS"] >= FEWEST[suite.protocol or ""]
    assert door == "stdio" or outcome.status == 0
