"""Hosts: one strict reading of an address, and whether an entry of the whitelist names it."""

import ipaddress
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal, cast

from whitelist.errors import Unusable

Scheme = Literal["http", "https"]

_PORTS: Mapping[Scheme, int] = {"http": 80, "https": 443}

LOOPBACK = frozenset({"127.0.0.1", "[::1]", "localhost"})
"""The only spellings of this machine that are read as such."""

_ADDRESS = re.compile(r"(?i:(https?))://([^/?#]*)")
_AUTHORITY = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::([0-9]{1,5}))?")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")  # the last label of any spelling of an IPv4 address


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a request would go. `host` is lower-case ASCII without a trailing dot."""

    scheme: Scheme
    host: str
    port: int

    @property
    def loopback(self) -> bool:
        return self.host in LOOPBACK

    @property
    def name(self) -> str:
        """As an entry names it: the host, and the port unless it is https's own."""
        plain = self.port == 443 and not self.loopback
        return self.host if plain else f"{self.host}:{self.port}"


@lru_cache(maxsize=1024)
def parse(url: str) -> Address:
    """The one address that `url` can mean.

    https only, except http to this machine; no user name; no IP address except an exactly spelled
    loopback; names in ASCII or strict IDNA 2008 (RFC 5891), which refuses look-alike forms.

    Raises:
        Unusable: it could mean more than one thing, or something that is never allowed. The
            sentence does not repeat the address, which may hold a password.
    """
    _only_visible(url)
    scheme, authority = _split(url)
    host, port = _authority(authority)
    address = Address(scheme=scheme, host=host, port=port or _PORTS[scheme])
    if scheme == "http" and not address.loopback:
        raise Unusable("The address is not encrypted (http).", fix="Use https://.")
    return address


def origin(url: str) -> Address:
    """An address that the person declared to be their own.

    Like `parse`, but http may lead anywhere, and an IP address is taken in its usual spelling.
    """
    _only_visible(url)
    scheme, authority = _split(url)
    host, port = _authority(authority, own=True)
    return Address(scheme=scheme, host=host, port=port or _PORTS[scheme])


def destination(name: str) -> Address:
    """The https address of `host` or `host:port`. Raises Unusable as `parse` does."""
    if re.search(r"[/?#]", name):
        raise Unusable("A destination is a host, not a URL.", fix="Write only the host.")
    return parse(f"https://{name}")


def canonical(entry: str) -> str:
    """The one spelling of an entry: `host`, `host:port`, or `.suffix` for its sub-hosts.

    Raises:
        Unusable: it is not such an entry, or names more than anyone should allow at once.
    """
    _only_visible(entry)
    if "://" in entry or re.search(r"[/?#]", entry):
        raise Unusable(
            "An entry is a host, not a URL.", fix="Write only the host, such as api.openai.com."
        )
    if "*" in entry:
        raise Unusable(
            "An entry holds no wildcard `*`.",
            fix="Write `.example.com` for every host under example.com.",
        )
    return _suffix(entry[1:]) if entry.startswith(".") else _exact(entry)


def matches(address: Address, entry: str) -> bool:
    """Whether the canonical `entry` names `address`: the same host and port, or a host under it.

    A `.suffix` never means the suffix itself, a port other than 443, or this machine.
    """
    if not entry.startswith("."):
        return address.name == entry
    under = address.host.endswith(entry) and len(address.host) > len(entry)
    return under and address.port == 443 and not address.loopback


def _exact(entry: str) -> str:
    host, port = _authority(entry)
    if host in LOOPBACK and port is None:
        raise Unusable("An entry for this machine names its port, too.", fix=f"Write {host}:PORT.")
    if host not in LOOPBACK and "." not in host:
        raise Unusable(
            f"`{host}` is not a whole host name.", fix="Write it out, such as api.openai.com."
        )
    return Address(scheme="https", host=host, port=port or 443).name


def _suffix(name: str) -> str:
    host, port = _authority(name)
    if port is not None:
        raise Unusable(
            "An entry for every host under a name cannot name a port.",
            fix="Write the one host and its port, such as api.example.com:8443.",
        )
    if "." not in host or _is_shared(host) or host in LOOPBACK:
        raise Unusable(
            f"`.{host}` would allow hosts that anyone can have.",
            fix="Name the organisation's own domain, such as .openai.com.",
        )
    return f".{host}"


def _is_shared(host: str) -> bool:
    """Whether strangers get hosts of their own under this name, as under github.io."""
    lines = files("whitelist").joinpath("shared_suffixes.txt").read_text("utf-8").splitlines()
    return any(host in line.split() for line in lines if not line.startswith("#"))


def _only_visible(text: str) -> None:
    if any(c in " \\" or not c.isprintable() for c in text):
        raise Unusable(
            "It holds a space, a control character or a backslash.", fix="Leave those out."
        )


def _split(url: str) -> tuple[Scheme, str]:
    match = _ADDRESS.match(url)
    if match is None:
        raise Unusable(
            "The address does not start with https:// and a host.",
            fix="Write it out, such as https://api.anthropic.com.",
        )
    return cast("Scheme", match[1].lower()), match[2]


def _authority(text: str, *, own: bool = False) -> tuple[str, int | None]:
    if "@" in text:
        raise Unusable(
            "It names a user before the host.", fix="Leave out everything up to the `@`."
        )
    match = _AUTHORITY.fullmatch(text)
    if match is None:
        raise Unusable("It is not a host with an optional port.", fix="Write host or host:port.")
    port = int(match[2]) if match[2] is not None else None
    if port is not None and not 0 < port < 65536:
        raise Unusable("The port is not between 1 and 65535.", fix="Correct the port.")
    return (_ip(match[1]) if own else None) or _host(match[1]), port


def _host(text: str) -> str:
    text = text.translate(_LOWER)
    if text in LOOPBACK:
        return text
    name = text.removesuffix(".")
    ascii_name = _punycode(name)
    labels = ascii_name.split(".")
    if text.startswith("[") or _NUMBER.fullmatch(labels[-1]):
        raise Unusable("It is an IP address.", fix="Name the host instead.")
    if len(ascii_name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise Unusable(
            "It is not a host name.",
            fix="A host is letters, digits and hyphens, with single dots between.",
        )
    return ascii_name


def _ip(text: str) -> str | None:
    """The IP address, if `text` spells one in its usual form (RFC 5952 for IPv6)."""
    bare = text[1:-1] if text.startswith("[") else text
    try:
        spelt = str(ipaddress.ip_address(bare))
    except ValueError:
        return None
    return text if spelt == bare and (":" in bare) == text.startswith("[") else None


def _punycode(name: str) -> str:
    """Strict IDNA 2008: nothing is mapped, so full-width forms and capitals outside ASCII fail."""
    if name.isascii() and "xn--" not in name:
        return name
    import idna

    try:
        return idna.encode(name, strict=True, std3_rules=True).decode("ascii")
    except idna.IDNAError:
        raise Unusable(
            "The host holds a character that no host name may hold.",
            fix="Write it in plain letters, or in its xn-- form.",
        ) from None
