"""E-mail addresses, web addresses and IP addresses: whatever starts from `@`, `://`, `.` or `:`."""

import ipaddress
import re
from collections.abc import Iterator

from whitelist.detector.scan import Hit, Scan

_LOCAL = re.compile(r"[\w.%+'-]{1,64}\Z")
_DOMAIN = re.compile(
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}(?:xn--[a-z0-9-]{2,59}|[^\W\d_]{2,24})"
)
_WORD_START = re.compile(r"[^\W_]")
_REMOTES = frozenset({"git", "hg", "svn", "ssh"})  # git@github.com:owner/repository

# RFC 2606 and RFC 6761: names that belong to nobody.
_RESERVED = re.compile(
    r"(?i)(?:^|[.@])(?:example\.(?:com|org|net|edu)|[\w-]+\.(?:example|test|invalid))$"
)

_IPV4 = re.compile(r"(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![\w]|\.[0-9])")
_IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{1,4}(?::{1,2}[0-9A-Fa-f]{1,4}){2,7}(?![\w:])")
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
    """Addresses with a domain whose last label could be one (RFC 5321, without quoted names)."""
    text = scan.text
    place = text.find("@")
    while place != -1:
        domain = _DOMAIN.match(text, place + 1)
        local = _LOCAL.search(text[max(0, place - 64) : place]) if domain else None
        if domain and local and _is_email(scan, local[0], domain):
            start = _WORD_START.search(local[0])
            if start is not None:
                yield "EMAIL", place - len(local[0]) + start.start(), domain.end()
        place = text.find("@", place + 1)


def _is_email(scan: Scan, local: str, domain: re.Match[str]) -> bool:
    after = scan.text[domain.end() : domain.end() + 1]
    if local in _REMOTES and after in (":", "/"):
        return False
    return scan.examples or not _RESERVED.search(domain[0])


def ip_addresses(scan: Scan) -> Iterator[Hit]:
    """Public addresses, and private ones as a signal. Documentation ranges (RFC 5737, 3849) and
    well-known resolvers are examples.
    """
    for match in _IPV4.finditer(scan.text):
        if _is_version(match, scan.text):
            continue
        try:
            address = ipaddress.IPv4Address(match[0])
        except ValueError:
            continue
        if _is_public(address, scan):
            yield "IP", match.start(), match.end()
        elif address.is_private and address.packed[0]:
            yield "PRIVATE_IP", match.start(), match.end()
    for match in _IPV6.finditer(scan.text):
        try:
            address6 = ipaddress.IPv6Address(match[0])
        except ValueError:
            continue
        written_out = match[0].count(":") == 7  # a::b may be anything, also a name in C++
        if (address6 in _GLOBAL_UNICAST or written_out) and _is_public(address6, scan):
            yield "IP", match.start(), match.end()


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address, scan: Scan) -> bool:
    if str(address) in _RESOLVERS or any(address in network for network in _DOCUMENTATION):
        return scan.examples
    return address.is_global and not address.is_multicast


def _is_version(match: re.Match[str], text: str) -> bool:
    if _VERSION.search(text, max(0, match.start() - 12), match.start()):
        return True
    small = all(int(part) < 20 for part in match[0].split("."))
    return small and not _HOST.search(text, max(0, match.start() - 40), match.start())


def urls(scan: Scan) -> Iterator[Hit]:
    """Web addresses, as a signal."""
    for match in _URL.finditer(scan.text):
        yield "URL", match.start(), match.end()
