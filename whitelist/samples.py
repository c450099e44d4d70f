"""What a person is shown of their own data when asked: enough to know it again, no more."""

import re
from collections.abc import Callable, Mapping

from whitelist.detector.findings import KINDS, RANK, Findings
from whitelist.detector.normalise import plain
from whitelist.plain import one_line

_HIDDEN = "•••"
_LONGEST = 60
_LEAST_DIGITS = 8


def masked(kind: str, value: str) -> str:
    """`value` on one line, nearly all of it hidden: `j•••@a•••.com`, `+49 •••67`.

    Of tier A, and of what has no known form, only what it is and its length.
    """
    told = f"{KINDS[kind].words}, {len(value)} characters"
    mask = _MASKS.get(kind)
    shown = mask(plain(value).text) if mask is not None else ""
    return one_line(shown, limit=_LONGEST) or one_line(told, limit=_LONGEST)


def samples(text: str, findings: Findings, limit: int = 5) -> tuple[str, ...]:
    """Up to `limit` different values of tier A and B in `text`, masked, worst first."""
    private = sorted(
        (item for item in findings.items if item.tier != "C"),
        key=lambda item: (item.tier, RANK[item.kind], item.start),
    )
    shown: dict[str, None] = {}
    for item in private:
        shown[masked(item.kind, text[item.start : item.end])] = None
        if len(shown) == limit:
            break
    return tuple(shown)


def _email(value: str) -> str:
    name, _, host = value.partition("@")
    domain, _, top = host.rpartition(".")
    return f"{name[0]}{_HIDDEN}@{domain[0]}{_HIDDEN}.{top}" if name and domain else ""


def _phone(value: str) -> str:
    digits = re.sub(r"[^0-9+]", "", value)
    begins = f"{digits[:3]} " if len(digits) > _LEAST_DIGITS else ""
    return f"{begins}{_HIDDEN}{digits[-2:]}" if len(digits) > _LEAST_DIGITS // 2 else ""


def _address(value: str) -> str:
    return " ".join((word[0] if word[0].isalpha() else "") + _HIDDEN for word in value.split())


def _ip(value: str) -> str:
    first, mark, _ = value.partition(":" if ":" in value else ".")
    return f"{first}{mark}{_HIDDEN}" if mark else ""


_MASKS: Mapping[str, Callable[[str], str]] = {
    "EMAIL": _email,
    "PHONE": _phone,
    "ADDRESS": _address,
    "IP": _ip,
}
