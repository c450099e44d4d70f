"""Tickets: what another process of the same user may fetch, and nobody else may read."""

import pytest

from mcp_server.sqlite import SqliteTickets
from mcp_server.tickets import ALIVE_S, KEEP_S, Tickets, UnknownTicket
from storage import Database
from storage.migrations import HOME
from tests.clocks import Clock
from tests.homes import Home


@pytest.fixture
def clock() -> Clock:
    return Clock(1_800_000_000.0)


@pytest.fixture
def tickets(home: Home, clock: Clock) -> Tickets:
    return Tickets(SqliteTickets(Database(home.places.home_database, HOME)), clock=clock)


def test_a_result_is_fetched_with_its_ticket_any_number_of_times(tickets: Tickets) -> None:
    ticket = tickets.issue()
    assert tickets.look(ticket) == ("running", "")
    tickets.finish(ticket, "the answer")
    assert tickets.look(ticket) == ("done", "the answer")
    assert tickets.look(ticket) == ("done", "the answer")


def test_a_failure_is_told_as_one(tickets: Tickets) -> None:
    ticket = tickets.issue()
    tickets.finish(ticket, "it broke", failed=True)
    assert tickets.look(ticket) == ("failed", "it broke")


def test_neither_ticket_nor_result_can_be_read_in_the_database(
    tickets: Tickets, home: Home
) -> None:
    ticket = tickets.issue()
    tickets.finish(ticket, "a very private answer")
    stored = b"".join(path.read_bytes() for path in home.places.data.iterdir())
    assert b"private" not in stored
    assert ticket.encode() not in stored


@pytest.mark.parametrize("wrong", ["", "made-up", "ü" * 50], ids=["empty", "made-up", "unicode"])
def test_an_unknown_ticket_is_told_to_ask_again(tickets: Tickets, wrong: str) -> None:
    with pytest.raises(UnknownTicket, match="Send the prompt again"):
        tickets.look(wrong)


def test_a_result_expires(tickets: Tickets, clock: Clock) -> None:
    ticket = tickets.issue()
    tickets.finish(ticket, "the answer")
    clock.now += KEEP_S + 1
    with pytest.raises(UnknownTicket, match="expired"):
        tickets.look(ticket)
    tickets.issue()  # sweeps what has expired


def test_work_whose_process_ended_is_not_waited_for(tickets: Tickets, clock: Clock) -> None:
    ticket = tickets.issue()
    clock.now += ALIVE_S - 1
    tickets.beat(ticket)
    clock.now += ALIVE_S - 1
    assert tickets.look(ticket)[0] == "running"
    clock.now += 2
    with pytest.raises(UnknownTicket, match="ended before it was done"):
        tickets.look(ticket)
