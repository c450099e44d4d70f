"""Secrets that show by what they are called: `password = …`, "the token is …", URLs, headers."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from whitelist.detector.scan import Hit, Scan, linear
from whitelist.detector.secrets import entropy, is_jumbled, is_placeholder

_NAMES = (
    r"passw(?:or)?d|passwort|passwd|passphrase|mot de passe|contrase[nñ]a|senha|wachtwoord|"
    r"kennwort|pwd|pswd|secret|token|api[_ -]?key|apikey|access[_ -]?key|auth[_ -]?key|"
    r"private[_ -]?key|account[_ -]?key|encryption[_ -]?key|signing[_ -]?key|master[_ -]?key|"
    r"license[_ -]?key|credentials?|creds|authorization|client[_ -]?id|access[_ -]?id|"
    r"api[_ -]?id|bearer|pass ?code"
)
_PASSWORDS = re.compile(
    r"(?i)passw|passphrase|mot de passe|contrase|senha|wachtwoord|kennwort|pwd|pswd"
)

# After the name: the rest of an identifier, closing quotes, an operator, and the value.
_ASSIGNED = re.compile(
    r"[\w.-]{0,40}[\"'`\])]{0,3}[ \t]{0,8}(?::=|=>|\|\|:|==?|:|,|>)[ \t]{0,8}(?:\\?[\"'`]|)"
    r"(?:(?<=[\"'`])(?P<quoted>[^\"'`\n\\]{4,500})[\"'`\\]|(?P<bare>[^\s\"'`,;&)(\]}<>]{6,200}))"
)
_IS = (
    r"(?:'s|is|was|will be|would be|has been|set|changed|reset|to|are|equals|this|now|currently|"
    r"temporarily|still|just|ist|lautet|est|es|=|:|-|→)"
)
_FOR = r"(?:[ \t]{1,4}(?:for|of|on|to)(?: [\w@.'-]{1,40}){1,4}?)?"
_TOLD = re.compile(
    rf"(?P<linked>{_FOR}(?:[ \t]{{0,4}}{_IS}(?=[\s:\"'`])){{1,4}}[ \t]{{0,4}})?[ \t:]{{0,3}}[\"'`]?"
    r"(?P<value>[^\s\"'`=:][^\s\"'`]{5,127})"
)
_TRAILING = ".,;:!?)]}>\"'"

_IN_URL = re.compile(r"://[^\s/:@\"'<>]{0,64}:(?P<value>[^\s/@\"'<>]{3,200})@")
_HEADER = re.compile(
    r"(?i)\b(?:bearer|basic|token)[ \t]{1,4}(?P<value>[A-Za-z0-9._~+/=-]{12,2000})"
    r"|\bcurl\b[^\n]{0,200}? (?:-u|--user)[ =][\"']?[^\s:\"']{1,64}:(?P<user>[^\s\"']{3,128})"
)
_MIXED = re.compile(r"(?=[^\d\s]{0,200}\d)\S{0,200}?[A-Za-z]")
_CALL = re.compile(r"[A-Za-z_][\w.]{0,200}(?:[(\[][A-Za-z_]\w{0,200}|\()\Z")
_CHOSEN = re.compile(
    r"[A-Za-z][^A-Za-z]{0,30}\d|\d[^\d]{0,30}[A-Za-z]|\w[!@#$%^&*+=?~]|[!@#$%^&*+=?~]\w"
)
_COMMON = frozenset({"password", "passwort", "passwd", "secret", "string", "user", "test", "pass"})
_WORDY = re.compile(
    r"[A-Za-z_]\w{0,60}(?:\.[A-Za-z_]\w{0,60}){1,8}\Z|"
    r"[A-Za-z]{1,60}(?:[_.:/-][A-Za-z]{1,60}){0,16}\d{0,2}\Z|"
    r"[A-Z]?[a-z]{1,60}(?:[A-Z][a-z]{1,60}){1,8}\d?\Z"
)
_CODE = re.compile(r"[({\[]|\w\.\w+\.\w|->|::|^[\w.]+=|^[A-Z][A-Z0-9_]+$|^https?:|^/|^\d{1,4}$")


@cache
def _names() -> Any:
    return linear(rf"(?:{_NAMES})s?", ignore_case=True)


def named_secrets(scan: Scan) -> Iterator[Hit]:
    """Values that an identifier or a sentence calls a password, a key or a token."""
    for name in _names().finditer(scan.raw):
        called = name.group().decode("latin-1")
        found = _assigned(scan.text, called, name.end()) or _told(scan.text, called, name.end())
        if found is not None:
            yield "SECRET", *found


def sent_secrets(scan: Scan) -> Iterator[Hit]:
    """Passwords in web addresses, and what HTTP's Authorization header carries (RFC 9110)."""
    for match in _IN_URL.finditer(scan.text):
        if not _weak(match["value"]) and not is_placeholder(match["value"]):
            yield "SECRET", match.start("value"), match.end("value")
    for match in _HEADER.finditer(scan.text):
        group = "value" if match["value"] else "user"
        value = match[group]
        if is_placeholder(value) or (group == "value" and not _strong(value)):
            continue
        yield "SECRET", match.start(group), match.end(group)


def _assigned(text: str, called: str, end: int) -> tuple[int, int] | None:
    match = _ASSIGNED.match(text, end)
    if match is None:
        return None
    group = "quoted" if match["quoted"] is not None else "bare"
    value = match[group]
    if is_placeholder(value) or " " in value.strip():
        return None
    if _PASSWORDS.search(called):
        good = _weakly_good(value) if group == "quoted" else _strong(value, least_bits=2.2)
    else:
        good = _strong(value)
    return match.span(group) if (good and not _CODE.search(value)) or _hard(value) else None


def _told(text: str, called: str, end: int) -> tuple[int, int] | None:
    match = _TOLD.match(text, end)
    if match is None:
        return None
    value = match["value"].rstrip(_TRAILING)
    if len(value) < 6 or is_placeholder(value):
        return None
    if match["linked"] and _PASSWORDS.search(called):
        good = _weakly_good(value)
    else:
        good = _strong(value) and not _CALL.match(value)
    return (match.start("value"), match.start("value") + len(value)) if good else None


def _weak(value: str) -> bool:
    return value.lower() in _COMMON or len(set(value)) < 4


def _weakly_good(value: str) -> bool:
    """What a person may have chosen: not a plain word, or a very long one."""
    if _weak(value):
        return False
    return _CHOSEN.search(value) is not None or (len(value) > 20 and not _CODE.search(value))


def _strong(value: str, *, least_bits: float = 2.8) -> bool:
    """What nobody writes for another reason: letters and digits mixed, and not as in a name.

    `least_bits` is the least entropy of a character.
    """
    if len(value) < 8 or _WORDY.match(value):
        return False
    if value.isdigit():
        return len(value) >= 14 and entropy(value) >= 2.2
    mixed = _MIXED.match(value) is not None or is_jumbled(value)
    return mixed and entropy(value) >= least_bits


def _hard(value: str) -> bool:
    return len(value) >= 16 and _strong(value) and entropy(value) >= 3.5 and "(" not in value
