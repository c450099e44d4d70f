"""`homeward feedback`: the person's own word on an answer, which routing learns from."""

import json

from mcp_server.cli.outcomes import opened
from mcp_server.cli.running import screen, told
from routing.learning.signals import SignalName


def give_feedback(request_id: str, verdict: SignalName, *, as_json: bool) -> None:
    """Note what was said of an answer. The last word counts."""
    with told(), opened() as kept:
        outcome = kept.outcomes.reward(request_id.strip(), verdict)
    if as_json:
        print(json.dumps({"id": request_id.strip(), "model": outcome.model, "verdict": verdict}))
        return
    screen().print(f"Noted: {outcome.model} did {_well(verdict)} here.", markup=False)


def _well(verdict: SignalName) -> str:
    return "well" if verdict == "good" else "badly"
