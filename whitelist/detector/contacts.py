"""E-mail addresses, web addresses and IP addresses: whatever starts from `@`, `://`, `.` or `:`."""

import ipaddress
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from whitelist.detector.scan import Hit, Scan, linear

# Read backwards from the mark.
_LOCAL = re.compile(r"[\w.%+'-]{1,64}|\"[^\"\n]{1,62}\"")
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_AT = re.compile(
    rf"@(?P<blank>[ \n]{{0,3}})(?P<domain>(?:{_LABEL}\.){{1,8}}"
    r"(?:xn--[a-z0-9-]{2,59}|[^\W\d_]{2,24}))"
)
_SPELLED = re.compile(
    r"(?P<mark> (?:AT|at) |_at_| ?-at- ?)"
    r"(?P<domain>(?:[A-Za-z0-9-]{1,63}(?:\.| (?:dot|DOT) |_dot_| ?-dot- ?)){1,4}"
    r"(?P<last>[A-Za-z]{2,6})(?![\w.(-]))"
)
_DOT = re.compile(r"(?i) ?[ _-]dot[ _-] ?")
_WRITE_TO = re.compile(r"(?i)(?:e-?mail|mail|contact|write|reach|send)\b[^\n]{0,40}\Z")
_TOLD_APART = re.compile(r"[^\W_]\w*[._+][\w.+-]*[^\W_]\Z|[^\W\d]+\d+\Z")
_WORD_START = re.compile(r"[^\W_]")
_REMOTES = frozenset({"git", "hg", "svn", "ssh"})  # git@github.com:owner/repository
# What may end an address that is spelled out or spaced: `x @ w.to(device)` is no address.
_USUAL_END = re.compile(
    r"com|org|net|edu|gov|io|co|info|biz|me|dev|app|ai|us|uk|de|fr|es|it|nl|be|ch|at|pl|pt|se|"
    r"no|dk|fi|ie|eu|ca|au|nz|br|mx|ar|cl|in|jp|cn|kr|ru|ua|cz|sk|hu|ro|bg|gr|tr|za|il|lu|lt|"
    r"lv|ee|si|hr"
)
_NO_NAME = re.compile(
    r"look|looks|looking|shop|buy|sold|visit|available|online|sign|order|find|found|work|"
    r"works|job|jobs|us|me|him|her|them|it|up|in|out|here|there|and|or|is|was|are|not|only|"
    r"meet|live"
)

# RFC 2606 and RFC 6761: names that belong to nobody.
_RESERVED = re.compile(
    r"(?i)(?:^|[.@])(?:example\.(?:com|org|net|edu)|[\w-]+\.(?:example|test|invalid))$"
)

_IPV4 = r"(?:^|[^\w.])([0-9]{1,3}(?:\.[0-9]{1,3}){3})"
_IPV6 = r"(?:^|[^\w:.])([0-9A-Fa-f]{1,4}(?::{1,2}[0-9A-Fa-f]{1,4}){2,7})"
_AFTER_V4 = re.compile(r"\w|\.[0-9]")
_AFTER_V6 = re.compile(r"[\w:]")
_VERSION = re.compile(r"(?i)(?:version|release|v|build|section|chapter|§)[\s:=.]{0,3}\Z")
_HOST = re.compile(
    r"(?i)\b(?:ip|ipv4|address|host|server|nameserver|dns|ping|ssh|subnet|peer|client)\b|//\Z"
)
_RESOLVERS = frozenset({"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9"})
_DOCUMENTATION = tuple(  # RFC 5737 and RFC 3849
    ipaddress.ip_network(n)
    for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # RFC 4291, all that IANA hands out

_URL = re.compile(r"https?://[^\s<>\"'`)\]}]{3,400}")


def emails(scan: Scan) -> Iterator[Hit]:
    """Addresses with a domain whose last label could be one (RFC 5321), also spaced
    (`jo @ acme.com`), spelled out (`jo AT acme DOT com`) or parted by a blank line after the `@`.
    """
    for at in _AT.finditer(scan.text):
        before = scan.text[at.start() - 1 : at.start()] == " "
        if at["blank"] and not _usual(at["domain"], scan.text[at.end() : at.end() + 1]):
            continue
        yield from _email(scan, at.start() - before, at, spaced=before)
    for at in _SPELLED.finditer(scan.text):
        yield from _email(scan, at.start(), at, spaced=False)


def _email(scan: Scan, mark: int, at: re.Match[str], *, spaced: bool) -> Iterator[Hit]:
    """The address whose name ends at `mark`, if there is a name and it is nobody's example."""
    local = _LOCAL.match(scan.text[max(0, mark - 64) : mark][::-1])
    if local is None:
        return
    name = local[0][::-1]
    if name in _REMOTES and scan.text[at.end() : at.end() + 1] in (":", "/"):
        return
    if at.re is _SPELLED and not _is_spelled(scan.text, name, at):
        return
    if spaced and at["blank"] not in (" ", "\n") and not _TOLD_APART.match(name):
        return  # a mention: `thanks @acme.io`
    start = _WORD_START.search(scan.text, mark - len(name), mark)
    if start is not None and (scan.examples or not _RESERVED.search(_DOT.sub(".", at["domain"]))):
        yield "EMAIL", start.start(), at.end()


def _is_spelled(text: str, name: str, at: re.Match[str]) -> bool:
    """Whether `name at host` is an address: with a spelled dot, or where one is told to write."""
    if not _USUAL_END.fullmatch(at["last"].lower()) or _NO_NAME.fullmatch(name.lower()):
        return False
    if at["mark"] == " AT " or _DOT.search(at["domain"]):
        return True
    before = at.start() - len(name)
    told = _WRITE_TO.search(text, max(0, before - 60), before) is not None
    return told and _TOLD_APART.match(name) is not None


def _usual(domain: str, after: str) -> bool:
    usual = _USUAL_END.fullmatch(domain.rpartition(".")[2]) is not None
    return usual and after not in ("(", "[", "_")


@cache
def _addresses() -> tuple[Any, Any]:
    return linear(_IPV4), linear(_IPV6)


def ip_addresses(scan: Scan) -> Iterator[Hit]:
    """Public addresses, and private ones as a signal. Documentation ranges (RFC 5737, 3849) and
    well-known resolvers are examples.
    """
    four, six = _addresses()
    for match in four.finditer(scan.raw):
        start, end = match.span(1)
        if _AFTER_V4.match(scan.text, end) or _is_version(scan.text, start, end):
            continue
        try:
            address = ipaddress.IPv4Address(scan.text[start:end])
        except ValueError:
            continue
        if _is_public(address, scan):
            yield "IP", start, end
        elif address.is_private and address.packed[0]:
            yield "PRIVATE_IP", start, end
    for match in six.finditer(scan.raw):
        start, end = match.span(1)
        try:
            address6 = ipaddress.IPv6Address(scan.text[start:end])
        except ValueError:
            continue
        written_out = scan.text.count(":", start, end) == 7  # a::b may be anything, a name in C++
        known = (address6 in _GLOBAL_UNICAST or written_out) and _is_public(address6, scan)
        if known and not _AFTER_V6.match(scan.text, end):
            yield "IP", start, end


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address, scan: Scan) -> bool:
    if str(address) in _RESOLVERS or any(address in network for network in _DOCUMENTATION):
        return scan.examples
    return address.is_global and not address.is_multicast


def _is_version(text: str, start: int, end: int) -> bool:
    if _VERSION.search(text, max(0, start - 12), start):
        return True
    small = all(int(part) < 20 for part in text[start:end].split("."))
    return small and not _HOST.search(text, max(0, start - 40), start)


def urls(scan: Scan) -> Iterator[Hit]:
    """Web addresses, as a signal."""
    for match in _URL.finditer(scan.text):
        yield "URL", match.start(), match.end()
