"""`homeward approve`: a person decides what an assistant asked for."""

import re
from typing import TYPE_CHECKING

import typer
from rich.markup import escape
from rich.table import Table

from mcp_server.cli.person import consent, need_terminal
from mcp_server.cli.running import screen, with_app
from mcp_server.matters import Matter, counted, of_ask, of_proposal
from whitelist.consent import Consent
from whitelist.errors import Unusable
from whitelist.grants import Ask, Channel
from whitelist.proposals import Proposal

if TYPE_CHECKING:
    from mcp_server.wiring import App

_UNITS = {"s": 1, "m": 60, "h": 3600}


def approve(wanted: str | None, *, refuse: bool, browser: bool, duration: str | None) -> None:
    """Decide about one question or proposal, or list those that wait."""

    async def work(app: "App") -> None:
        if wanted is None and not browser:
            show_pending(app)
            return
        waiting = _waiting(app, wanted)
        if refuse:
            _matter(app, waiting, "terminal").decide(
                "local" if isinstance(waiting, Ask) else "refuse"
            )
            screen().print("Refused.")
        elif browser:
            await _on_a_page(_matter(app, waiting, "page"))
        elif isinstance(waiting, Ask):
            _at_the_terminal(_matter(app, waiting, "terminal"))
        elif duration is not None:
            _for_a_while(app, waiting, _seconds(duration))
        else:
            _show([waiting], [])
            consent(waiting.resource_type, waiting.resource_name)
            said = _matter(app, waiting, "terminal").settle("allow", waiting.resource_name)
            screen().print(said, markup=False)

    with_app(work)


def show_pending(app: "App") -> None:
    """What waits for the person."""
    _show(app.proposals.pending(), app.grants.pending())


def _waiting(app: "App", wanted: str | None) -> Ask | Proposal:
    """What has this id and waits; without an id, the only thing that does."""
    if wanted is None:
        everything: list[Ask | Proposal] = [*app.grants.pending(), *app.proposals.pending()]
        if len(everything) != 1:
            raise Unusable(
                f"{len(everything)} things wait for your decision."
                if everything
                else "Nothing waits for your decision.",
                fix="Name one by its id: `homeward approve ID --browser`." if everything else "",
            )
        return everything[0]
    named: list[Ask | Proposal | None] = [app.grants.get(wanted), app.proposals.get(wanted)]
    for found in named:
        if found is not None and found.state == "pending":
            return found
    raise Unusable(
        f"Nothing with the id {wanted!r} waits for a decision.",
        fix="`homeward approve` lists what does.",
    )


def _matter(app: "App", waiting: Ask | Proposal, channel: Channel) -> Matter:
    if isinstance(waiting, Ask):
        return of_ask(waiting, Consent(grants=app.grants, audit=app.audit, channel=channel))
    return of_proposal(waiting, app.proposals, app.places.whitelist)


def _at_the_terminal(matter: Matter) -> None:
    need_terminal()
    table = Table(show_header=False, box=None)
    for name, value in matter.facts:
        table.add_row(name, escape(value), style="bold" if name == "To" else "")
    screen().print(matter.title)
    screen().print(table)
    for number, choice in enumerate(matter.choices, start=1):
        screen().print(f"{number}  {choice.label}", markup=False)
    typed = typer.prompt("Your choice", default="1").strip()
    numbers = {str(number): choice for number, choice in enumerate(matter.choices, start=1)}
    if typed not in numbers:
        raise Unusable("That is not one of the choices; nothing was decided.")
    chosen = numbers[typed]
    again = typer.prompt(f"Type {chosen.retype} again to send it there") if chosen.retype else ""
    screen().print(matter.settle(chosen.name, again))


def _for_a_while(app: "App", proposal: Proposal, seconds: float) -> None:
    if proposal.resource_type != "cloud_api":
        raise Unusable(
            "Only a cloud host can be allowed for a while.",
            fix="Leave out `--for`, or refuse it with `--refuse`.",
        )
    consent(f"cloud_api, for {seconds:.0f} seconds,", proposal.resource_name)
    giver = Consent(grants=app.grants, audit=app.audit, channel="terminal")
    name = giver.allow_host(proposal.resource_name, caller=proposal.caller, seconds=seconds)
    app.proposals.decide(proposal.id, approved=True)
    screen().print(f"Allowed for {seconds:.0f} seconds: {name}", markup=False)


async def _on_a_page(matter: Matter) -> None:
    from mcp_server.approval_page import ApprovalPage, serve

    need_terminal()
    page = ApprovalPage(matter)

    def ready(address: str) -> None:
        screen().print(f"Open {address} in your browser, and type this there: ", end="")
        screen().print(page.token, style="bold", markup=False)

    said = await serve(page, ready=ready)
    screen().print(said or "Nothing was decided.", markup=False)
    if said is None:
        raise typer.Exit(1)


def _seconds(duration: str) -> float:
    found = re.fullmatch(r"([0-9]{1,5})([smh])", duration.strip().lower())
    if found is None:
        raise Unusable(f"`{duration}` is not a time.", fix="Write it like 15m or 1h.")
    return int(found[1]) * _UNITS[found[2]]


def _show(proposals: list[Proposal], asks: list[Ask]) -> None:
    if not proposals and not asks:
        screen().print("Nothing waits for your decision.")
        return
    if proposals:
        table = Table(
            "id", "type", "name", "asked by", "its reason (the assistant's words)", box=None
        )
        for proposal in proposals:
            table.add_row(
                proposal.id,
                proposal.resource_type,
                escape(proposal.resource_name),
                escape(proposal.caller),
                escape(proposal.reason),
            )
        screen().print(table)
    if asks:
        table = Table("id", "may go to", "for", "what it holds", "asked by", box=None)
        for ask in asks:
            cells = (ask.id, ask.destination, ask.task, counted(ask), ask.caller)
            table.add_row(*(escape(cell) for cell in cells))
        screen().print(table)
    screen().print("Allow one with `homeward approve ID`, refuse it with `--refuse`.", style="dim")
