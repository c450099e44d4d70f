"""The ledger says what clouds with a meter bill, to the micro-dollar, however their calls end."""

import pytest

from storage import Database
from storage.migrations import HOME
from tests.homes import Home
from tests.ledger.lines import adds_up
from tests.metered_calls import BEYOND, KINDS, call_of, number_of, script_of
from tests.metering import metered
from tests.wire.metering import Served

pytestmark = pytest.mark.slow


def test_over_many_calls_from_two_processes_the_ledger_is_the_bill(home: Home) -> None:
    account = metered(home, 150, processes=2)
    assert {line.kind.name: line.difference for line in account.lines if line.off} == {}
    assert account.spent == sum(line.billed for line in account.lines) > 10_000
    assert (account.still_open, account.held) == (0, 0)
    # A call that names a model which another lane's call has just failed at is turned away, free.
    assert {"Answer", "AllFailed", "cancelled"} == set(account.ended) - {"NoCandidate"}
    assert sum(account.ended.values()) == 150
    database = Database(home.places.home_database, HOME)
    assert adds_up(database)
    database.close()


def test_what_cannot_be_known_is_marked_as_an_estimate(home: Home) -> None:
    """A caller cannot see what was written and never read, nor what a gateway kept."""
    account = metered(home, 12, processes=1, kinds=BEYOND)
    assert (account.still_open, account.held) == (0, 0)
    unknowable = [line for line in account.lines if not line.kind.countable]
    assert len(unknowable) > 2
    assert all(line.off <= line.estimated for line in unknowable)


def test_the_meter_bills_what_it_read_and_wrote_to_the_fraction() -> None:
    served = Served(number=1, cloud="openai", model="meter-0", read=7, written=3)
    assert (float(served.exactly), served.billed) == (2.85, 3)


def test_both_sides_know_what_a_call_meets_by_its_number() -> None:
    for number in (0, 7, 1999):
        call = call_of(number)
        assert number_of(call.prompt) == number
        assert script_of(number, 99).pieces == call.pieces


def test_every_kind_of_ending_comes_up_in_the_reduced_run() -> None:
    came = {call_of(number).kind.name for number in range(150)}
    assert came == {kind.name for kind in KINDS}
