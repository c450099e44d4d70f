"""`homeward whitelist`: see and change what may leave this machine."""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from mcp_server.cli.approve import show_pending
from mcp_server.cli.person import consent
from mcp_server.cli.running import screen, told, with_app
from mcp_server.keys import Keys
from mcp_server.places import Places, places
from mcp_server.servers import hosts_by_name
from mcp_server.settings import load
from storage import Database
from storage.migrations import HOME
from vocabulary import HomewardError
from whitelist.detector.findings import Tier
from whitelist.editing import add, handle, remove, tighten
from whitelist.handling import RULES, Handling, Rule
from whitelist.policy import Whitelist
from whitelist.resources import KEYS, ResourceType, canonical_name
from whitelist.sqlite import SqliteGrants, SqliteProposals
from whitelist.whitelist_file import load as load_whitelist

if TYPE_CHECKING:
    from mcp_server.wiring import App

_STRICTEST: Mapping[Tier, Handling] = {
    "B": Handling(a="local", b="local", c="send"),
    "C": Handling(a="local", b="local", c="local"),
}


def list_whitelist(*, as_json: bool) -> None:
    """The four lists, the hosts for a while, the rules for sensitive data, and what waits."""

    async def work(app: "App") -> None:
        whitelist, for_a_while = load_whitelist(app.places.whitelist), app.grants.hosts()
        lists = {KEYS[kind]: list(whitelist.entries(kind)) for kind in KEYS}
        rules = {tier: whitelist.handling.rule(tier) for tier in RULES}
        if as_json:
            waiting = [
                {"id": p.id, "type": p.resource_type, "name": p.resource_name}
                for p in app.proposals.pending()
            ]
            asked = [ask.id for ask in app.grants.pending()]
            more = {"for_a_while": for_a_while, "sensitive": rules}
            print(json.dumps({**lists, **more, "pending": waiting, "questions": asked}))
            return
        if for_a_while:
            lists["for a while"] = list(for_a_while)
        lists["sensitive"] = [f"{tier} {rule}" for tier, rule in rules.items()]
        for key, entries in lists.items():
            screen().print(f"[bold]{key}[/]: ", end="")
            screen().print(", ".join(entries) or "nothing", markup=False)
        screen().print(str(app.places.whitelist), style="dim", markup=False, soft_wrap=True)
        if app.proposals.pending() or app.grants.pending():
            show_pending(app)

    with_app(work)


def add_entry(kind: ResourceType, name: str) -> None:
    """Allow an entry, after the person has typed it again."""

    async def work(app: "App") -> None:
        entry = canonical_name(kind, name, app.aliases)
        if entry in app.whitelist().entries(kind):
            screen().print(f"Allowed already: {kind} {entry}", markup=False)
            return
        consent(kind, entry)
        add(app.places.whitelist, kind, entry)
        screen().print(f"Allowed: {kind} {entry}", markup=False)

    with_app(work)


def remove_entry(kind: ResourceType, name: str) -> None:
    """Take an entry back. Tightening needs nobody's approval, and nothing but the file itself."""
    with told():
        where = places()
        entry = canonical_name(kind, name, _aliases(where))
        gone = remove(where.whitelist, kind, entry)
    screen().print(f"{'No longer' if gone else 'Was not'} allowed: {kind} {entry}", markup=False)


def set_rule(tier: Tier, rule: Rule) -> None:
    """Say what happens to sensitive data of a tier; a looser rule is typed again."""
    with told():
        path = places().whitelist
        now = load_whitelist(path).handling
        wanted = replace(now, **{tier.lower(): rule})
        if rule in RULES[tier] and now.stricter(wanted) != wanted:
            consent("rule", f"{tier} {rule}")
        handle(path, tier, rule)
    screen().print(f"Sensitive data of tier {tier}: {rule}")


def tighten_everything(tier: Tier) -> None:
    """Take back all that was allowed for once or for a while, and keep sensitive data at home.

    Needs neither approval nor settings that can be read.
    """
    with told():
        where = places()
        database = Database(where.home_database, HOME)
        try:
            ended = _withdraw(database)
        finally:
            database.close()
        screen().print(f"Taken back: {ended} of what was allowed or asked for.")
        tighten(where.whitelist, _STRICTEST[tier])
    screen().print("Sensitive data stays on this machine.")


def _withdraw(database: Database) -> int:
    proposals = SqliteProposals(database, whitelist=Whitelist, clock=time.time)
    waiting = proposals.pending()
    for proposal in waiting:
        proposals.decide(proposal.id, approved=False)
    return len(waiting) + SqliteGrants(database, clock=time.time).withdraw()


def _aliases(where: Places) -> Mapping[str, str]:
    """The hosts that providers' names stand for; none while the settings cannot be read."""
    try:
        keys = Keys(os.environ, where.dotenv)
        return hosts_by_name(load(where.settings, keys.environment()), keys)
    except HomewardError:
        return {}
