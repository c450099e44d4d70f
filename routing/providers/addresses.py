"""Where a model server is: one spelling of its address, and whether that is at home."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from routing.providers.vendors import Vendor

_OLLAMA_PORT = 11434
_DEFAULT_PORTS = {"http": 80, "https": 443}


def host_of(address: str) -> str:
    """The bare host of a URL in lower case, without port or brackets; empty if there is none."""
    parts = _split(address)
    return (parts.hostname or "") if parts else ""


def is_local(vendor: Vendor, address: str, declared_mine: bool) -> bool:
    """Whether a prompt sent to `vendor` at `address` stays at home.

    A cloud vendor is never local: a loopback address would be a relay to it. Any other is local
    when its host is loopback, or when the person declared the address theirs.
    """
    return not vendor.cloud and (declared_mine or _is_loopback(address))


def ollama_address(text: str | None) -> str:
    """The base URL that a client uses for the value of OLLAMA_HOST, as Ollama's own clients do.

    Nothing means http://127.0.0.1:11434. The port is 11434 when no scheme is given, else the
    scheme's. An address that a server listens on everywhere (0.0.0.0, ::) is loopback for a
    client.

    Raises:
        ValueError: no address can be read from it.
    """
    text = (text or "").strip().strip("\"'")
    scheme, sep, rest = text.partition("://")
    if not sep:
        scheme, rest = "http", text
    parts = urlsplit(f"{scheme.lower()}://{rest}")
    if parts.scheme not in _DEFAULT_PORTS:
        raise ValueError("an Ollama address begins with http:// or https://, or with the host")
    port = parts.port or (_DEFAULT_PORTS[parts.scheme] if sep else _OLLAMA_PORT)
    path = parts.path.rstrip("/")
    return f"{parts.scheme}://{_reachable(parts.hostname or '127.0.0.1')}:{port}{path}"


def _reachable(host: str) -> str:
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return host
    if ip.is_unspecified:
        return "127.0.0.1" if ip.version == 4 else "[::1]"
    return f"[{ip.compressed}]" if ip.version == 6 else host


def _is_loopback(address: str) -> bool:
    """Strict on purpose: parsers differ on every other spelling, so none of them counts."""
    parts = _split(address)
    if parts is None or parts.scheme not in _DEFAULT_PORTS or "@" in parts.netloc:
        return False
    host = parts.hostname or ""
    if host in ("localhost", "::1"):
        return True
    try:
        return ipaddress.IPv4Address(host).is_loopback
    except ValueError:
        return False


def _split(address: str) -> SplitResult | None:
    if not address.isascii() or not address.isprintable() or set(address) & set(" \\"):
        return None
    try:
        parts = urlsplit(address)
        _ = parts.port  # reading it is what checks it
    except ValueError:
        return None
    return parts
