"""Secrets by where they stand: web addresses, HTTP headers, command lines, files of credentials."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from whitelist.detector.scan import Hit, Patterns, Scan, linear
from whitelist.detector.values import is_chosen, is_code, is_placeholder, is_strong, is_word

_SHOWN = re.compile(r"\"[^\"\n]{3,128}|'[^'\n]{3,128}|[^\s\"']{3,128}")


def _any(value: str) -> bool:
    return True


def _password(value: str) -> bool:
    return (is_chosen(value) or is_word(value)) and not is_code(value)


def _pair(value: str) -> bool:
    """Whether it is base64 of `user:password`, neither of them a placeholder; or strong itself."""
    if is_strong(value):
        return True
    try:
        user, colon, password = (
            base64.b64decode(value, validate=True).decode("utf-8").partition(":")
        )
    except (binascii.Error, UnicodeDecodeError):
        return False
    return bool(user and colon and password) and not is_placeholder(password)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a secret stands: `before` is a pattern of RE2 up to its first character, `value` one
    from there, `good` what it must be as well.
    """

    before: str
    value: re.Pattern[str] = field(default=_SHOWN)
    good: Callable[[str], bool] = _password

    @cached_property
    def finder(self) -> Any:
        return linear(self.before)


def _until(marks: str, least: int = 3, most: int = 200) -> re.Pattern[str]:
    return re.compile(rf"[^\s\"'<>{marks}]{{{least},{most}}}")


_WORD = r"[A-Za-z0-9._~+/=:-]"
_USER = r"[\w.@+-]{1,64}"

PLACES = (
    # RFC 3986, 3.2.1: user information. A lone one is a token.
    Place(before=r"://[^\s/:@\"'<>]{0,64}:", value=re.compile(r"[^\s/@\"'<>]{3,200}(?=@)")),
    Place(before=r"://", value=re.compile(r"[A-Za-z0-9_~.-]{16,200}(?=@)"), good=is_strong),
    # RFC 7617, RFC 6750, and what vendors put in their place.
    Place(
        before=r"\b[Bb]asic[ \t]{1,4}[\"']?",
        value=re.compile(rf"{_WORD}{{8,2000}}"),
        good=_pair,
    ),
    Place(
        before=r"(?i)\b(?:bearer|token|apikey)[ \t]{1,4}(?:key=|token=)?[\"']?",
        value=re.compile(rf"{_WORD}{{12,2000}}"),
        good=is_strong,
    ),
    Place(
        before=r"(?i)\b(?:set-)?cookie:[^\n]*?(?:sess|sid|auth|token|jwt|remember)[\w.-]{0,30}=",
        value=_until(";", 12, 2000),
        good=is_strong,
    ),
    # Options that take a password, from the manuals of the commands.
    Place(
        before=r"\bcurl\b[^\n]*?[ \t](?:-u|--user|-U|--proxy-user)[ \t=]?[\"']?[^\s:\"']{1,64}:",
        value=re.compile(r"[^\"'\n\s][^\"'\n]{2,127}(?=[\"'])|[^\s\"']{3,128}"),
    ),
    Place(before=r"\b(?:mysql|mariadb)(?:dump|admin|import)?\b[^\n|]*?[ \t]-p"),
    Place(before=r"\bsshpass[ \t]+-p[ \t]*"),
    Place(
        before=r"\b(?:(?:docker|podman|helm|oc|az|npm|twine|registry)\b[^\n|]*?\b(?:login|upload)"
        r"|mongo(?:sh|dump|restore|import|export)?)\b[^\n|]*?[ \t]-p[ \t]+",
    ),
    Place(
        before=r"\b(?:redis-cli\b[^\n|]*?[ \t]-a|https?[ \t][^\n|]*?-a[ \t]+[^\s:]{1,64}:)[ \t]*"
    ),
    Place(before=r"\bopenssl\b[^\n|]*?\bpass:"),
    Place(before=r"\bldap[a-z]{3,8}\b[^\n|]*?[ \t]-w[ \t]+"),
    Place(before=r"(?i)\bnet[ \t]+use\b[^\n|]*?/user:\S{1,64}[ \t]+"),
    Place(before=r"\bsmbclient\b[^\n|]*?-U[ \t]*[^\s%]{1,64}%"),
    Place(before=r"\b(?:7za?|unzip|zip|sqlcmd|isql)\b[^\n|]*?[ \t]-[pP][ \t]?"),
    Place(before=r"\bhtpasswd[ \t]+-\w{0,4}b\w{0,4}[ \t]+\S{1,100}[ \t]+\S{1,64}[ \t]+"),
    # Files: .netrc, npm, Docker, .pgpass.
    Place(
        before=r"\bmachine\s{1,4}\S{1,100}\s{1,4}login\s{1,4}\S{1,100}\s{1,4}password\s{1,4}",
        good=_any,
    ),
    Place(before=r":_(?:authToken|auth|password)[ \t]*=[ \t]*[\"']?", value=_until("", 8)),
    Place(
        before=r'"(?:auth|identitytoken)"[ \t]*:[ \t]*"',
        value=re.compile(rf"{_WORD}{{8,2000}}"),
        good=_pair,
    ),
    Place(
        before=r"(?:^|[\s\"'`])[\w.-]+:(?:\d{2,5}|\*):[\w*-]+:[\w-]+:",
        value=re.compile(r"[^\s:/]{4,64}(?=\s|\Z)"),
        good=is_chosen,
    ),
    # Codes that are shown as pictures, password hashes (crypt(5)), and numbers that open things.
    Place(before=r"\bWIFI:[^\n]*?\bP:", value=_until(";", 4), good=_any),
    Place(
        before=r"\botpauth://[^\s\"'<>]*?secret=",
        value=re.compile(r"[A-Za-z2-7=]{8,128}"),
        good=_any,
    ),
    Place(
        before=r"(?:^|[^\w$])(?:\$(?:1|2[abxy]?|5|6|7|y|gy|apr1|argon2(?:id?|d)|scrypt|"
        r"pbkdf2-sha\d{3})\$)",
        value=re.compile(r"[A-Za-z0-9./=,$+-]{20,200}"),
        good=_any,
    ),
    Place(
        before=r"(?i)(?:\b(?:my|your|card|sim|meine?|mon|mi)[ \t]pin(?: code)?"
        r"(?: is|:| =| lautet| ist| est| es)[ \t]*|\bPIN: ?)",
        value=re.compile(r"\d{4,6}(?![\w.]|[ \t]\d)"),
        good=_any,
    ),
    Place(
        before=r"(?i)\b(?:cvv2?|cvc2?|card security code)(?: is|:| =)?[ \t]*",
        value=re.compile(r"\d{3,4}(?![\w.])"),
        good=_any,
    ),
    Place(
        before=r"(?i)\b(?:backup|recovery) codes?(?: is| are)?:?\s+",
        value=re.compile(r"\d{4}[ -]?\d{4}|[A-Za-z0-9]{4,6}-[A-Za-z0-9]{4,6}|\d{6,10}"),
        good=_any,
    ),
    Place(
        before=r"(?i)\b(?:t?otp|2fa|mfa|authenticator)(?: [a-z]+)? (?:seed|secret|key)(?: is|:)? ",
        value=re.compile(r"[A-Z2-7]{16,64}"),
        good=_any,
    ),
    Place(before=r"(?i)\b(?:snmp-server community|community string)[: ]+", good=is_chosen),
    Place(before=r"\bENV[ \t]+\w*(?i:passw|pwd|secret|token|api_?key)\w*[ \t]+", good=is_chosen),
    Place(before=r"(?i)\b(?:my|the|your|our) (?:pass|pw|pwd) (?:is|was) ", good=is_chosen),
    # A name and a password in one breath.
    Place(
        before=r"(?i)\b(?:log[ -]?in|logon|sign in|credentials?|creds|user(?:name)?(?: and |/)"
        rf"pass(?:word)?)\b[^\n/]{{0,24}}?[ \t]{_USER} ?/ ?",
        value=_until("/", 6, 64),
        good=is_chosen,
    ),
    Place(
        before=rf"(?i)\b(?:log[ -]?in|user(?:[ _]?name)?)\b[ :=]{{1,3}}{_USER}[,;]? (?:and )?pass ",
        good=is_chosen,
    ),
)


class SentSecrets:
    """A finder for what goes with a request, a command or a file to prove who one is."""

    def __init__(self) -> None:
        self._patterns = Patterns([place.before for place in PLACES])

    def __call__(self, scan: Scan) -> Iterator[Hit]:
        for index in self._patterns.found_in(scan.raw):
            place = PLACES[index]
            for before in place.finder.finditer(scan.raw):
                value = place.value.match(scan.text, before.end())
                if value is None:
                    continue
                shown = value[0].strip("\"'").rstrip(".,;!?)")
                if shown and place.good(shown) and not is_placeholder(shown):
                    start = value.start() + value[0].index(shown)
                    yield "SECRET", start, start + len(shown)
