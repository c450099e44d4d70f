"""`homeward feedback`: the person's own word on an answer, for routing and the cache."""

import json
import os
from contextlib import closing
from typing import Any

from ledger.experiments import SqliteExperiments
from mcp_server.answers import answers
from mcp_server.cli.outcomes import opened
from mcp_server.cli.running import screen, told
from mcp_server.keys import Keys
from mcp_server.places import places
from mcp_server.settings import load
from switchboard.feedback import Noted, Opinion, say
from whitelist.system_keyring import SystemKeyring


def give_feedback(request_id: str, opinion: Opinion, *, as_json: bool) -> None:
    """Note what was said of an answer. The last word counts."""
    wanted = request_id.strip()
    where = places()
    with told(), opened() as kept:
        settings = load(where.settings, Keys(os.environ, where.dotenv).environment())
        with closing(answers(settings, where, SystemKeyring())) as store:
            remembered = store if settings.cache.enabled else None
            noted = say(kept.outcomes, remembered, wanted, opinion)
        SqliteExperiments(kept.database).hear(wanted, good=opinion == "good", spoken=True)
    improve = noted.taught if opinion == "better" and settings.routing.learn else ""
    if as_json:
        print(json.dumps(_facts(wanted, opinion, noted, improve)))
        return
    out = screen()
    out.print(_sentence(noted, opinion), markup=False, soft_wrap=True)
    if opinion == "better":
        out.print(_way_on(improve), markup=False, soft_wrap=True)
    if noted.trouble:
        out.print(f"The cache was not told. {noted.trouble}", style="yellow", markup=False)


def _facts(request_id: str, opinion: Opinion, noted: Noted, improve: str) -> dict[str, Any]:
    facts: dict[str, Any] = {"id": request_id, "model": noted.model, "verdict": opinion}
    if noted.cached:
        facts |= {"cached": True, "routing_learns": bool(noted.taught)}
    if opinion == "better":
        facts["improve"] = improve
    if noted.trouble:
        facts["notice"] = noted.trouble
    return facts


def _sentence(noted: Noted, opinion: Opinion) -> str:
    did = {"good": "did well", "bad": "did badly", "better": "was not enough"}[opinion]
    if not noted.cached:
        kept_back = " The cache serves that answer no more." if noted.kept_back else ""
        return f"Noted: {noted.model} {did} here.{kept_back}"
    stored = f"Noted: the remembered answer of {noted.model} {did} here"
    if opinion == "good":
        return f"{stored}."
    whose = " and the model is judged by it" if noted.taught else ""
    return f"{stored}; this question is not served it again{whose}."


def _way_on(improve: str) -> str:
    if improve:
        return f'For a better model send it again: homeward ask "…" --improve {improve}'
    return 'For another answer send it again: homeward ask "…" --fresh'
