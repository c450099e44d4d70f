"""`homeward check`: what a text holds, and what would happen to it under today's rules."""

import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import anyio
from rich.table import Table

from mcp_server.cli.running import screen, told
from mcp_server.house import inspector_of
from mcp_server.keys import Keys
from mcp_server.places import places
from mcp_server.settings import load as load_settings
from switchboard.errors import InvalidRequest
from whitelist.detector.findings import Findings
from whitelist.documents import understood
from whitelist.handling import RULES, Handling, Rule
from whitelist.whitelist_file import load

_EACH: Mapping[Rule, str] = {
    "local": "stays on this machine",
    "ask": "leaves only if you agree",
    "redact": "is replaced by a tag before anything leaves",
    "send": "may leave",
}
_SECRET = "leaves only replaced by a tag, if you agree"  # noqa: S105
_WHOLE: Mapping[Rule, str] = {
    "local": "So this text stays on this machine.",
    "ask": "So you are asked before any of this text goes to a cloud.",
    "redact": "So this text may go to a cloud that the whitelist allows, with tags in it.",
    "send": "So the whitelist decides where this text may go.",
}


_PATH = re.compile(
    r"(?:~|\.{0,2}/|[A-Za-z]:\\)\S*\Z|\S+\.(?:txt|md|csv|json|pdf|docx|xlsx|html?|eml)\Z"
)


def check_text(text: str, *, as_json: bool) -> None:
    """Say what a text holds. Its own words are never printed."""
    with told():
        where = places()
        handling = load(where.whitelist).handling
        keys = Keys(os.environ, where.dotenv)
        findings = inspector_of(load_settings(where.settings, keys.environment()))(_text_of(text))
    if as_json:
        print(json.dumps(_as_data(findings, handling)))
        return
    if not findings.complete:
        screen().print(
            f"Could not be inspected in full ({findings.failure}): stays local.", style="red"
        )
        return
    if not findings.items:
        screen().print(
            "Nothing personal or secret was found. The whitelist decides where it may go."
        )
        return
    table = Table("kind", "tier", "how many", "what happens", box=None, header_style="dim")
    tiers = {finding.kind: finding.tier for finding in findings.items}
    for kind, number in findings.counts().items():
        rule = handling.rule(tiers[kind])
        secret = tiers[kind] == "A" and rule == "ask"
        table.add_row(kind, tiers[kind], str(number), _SECRET if secret else _EACH[rule])
    screen().print(table)
    strictest = min((handling.rule(tier) for tier in tiers.values()), key=list(_WHOLE).index)
    screen().print(_WHOLE[strictest])


def _text_of(text: str) -> str:
    if text == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    path = Path(text).expanduser() if text.startswith("~") else Path(text)
    try:
        is_file = len(text) < 4096 and path.is_file()
    except OSError:
        return text
    if not is_file:
        if _PATH.match(text):  # to call it harmless as a text would be worse than to refuse
            raise InvalidRequest(
                "That looks like a file's name, and there is no such file.",
                fix="Check the name; a text with a blank in it is read as a text.",
            )
        if not any(letter.isspace() for letter in text):  # perhaps a name that was mistyped
            print("(No file has that name: it is read as a text.)", file=sys.stderr)
        return text
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}.") from error
    if b"\0" in raw or raw.startswith(b"%PDF-"):
        return anyio.run(understood, raw, path).text
    return raw.decode("utf-8", "replace")


def _as_data(findings: Findings, handling: Handling) -> dict[str, object]:
    return {
        "complete": findings.complete,
        "tier": findings.tier,
        "counts": findings.counts(),
        "rules": {tier: handling.rule(tier) for tier in RULES},
        "detector": findings.version,
    }
