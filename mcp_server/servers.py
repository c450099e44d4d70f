"""Which model servers this person has, from vendor rows, settings, keys and variables."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from mcp_server.keys import Keys
from mcp_server.sections import ProviderSettings
from mcp_server.settings import Settings, SettingsError
from routing.fleet import Server
from routing.providers.addresses import is_local, ollama_address
from routing.providers.protocol import Provider
from routing.providers.vendors import Vendor, vendors
from routing.tokens import estimate_tokens
from whitelist.door import Door
from whitelist.errors import Unusable
from whitelist.hosts import origin

EMBEDDED = "embedded"


def servers(settings: Settings, keys: Keys, door: Door, models: Path) -> list[Server]:
    """One server for Ollama, one for each cloud with a key, and one for each the settings name.

    Raises:
        SettingsError: settings for a provider that does not exist, or an unreadable address.
    """
    known = vendors()
    for name in settings.providers:
        if name not in known and name != EMBEDDED:
            raise SettingsError(
                f"[providers.{name}]: there is no such provider.",
                fix=f"Use one of {', '.join([*known, EMBEDDED])}.",
            )
    found = [
        server
        for vendor in known.values()
        if (server := _server(vendor, settings, keys, door)) is not None
    ]
    wanted = settings.providers.get(EMBEDDED)
    if wanted is not None and wanted.enabled:
        found.append(_embedded(door, models))
    return found


def own_origins(settings: Settings, keys: Keys) -> list[str]:
    """The addresses the person has at home, which the door lets through without a whitelist."""
    environment = keys.environment()
    origins = []
    for vendor in vendors().values():
        address = address_of(vendor, settings, environment)
        if is_local(vendor, address, _chosen(vendor, settings).mine):
            origins.append(address)
    return origins


def hosts_by_name(settings: Settings, keys: Keys) -> dict[str, str]:
    """The host each cloud provider's name stands for, as the whitelist names it."""
    environment = keys.environment()
    return {
        vendor.name: host_of(address_of(vendor, settings, environment))
        for vendor in vendors().values()
        if vendor.cloud
    }


def address_of(vendor: Vendor, settings: Settings, environment: Mapping[str, str]) -> str:
    """Where the vendor is: homeward.toml, else the conventional variable, else its own address.

    Raises:
        SettingsError: it is not an address; says where it was set.
    """
    chosen = _chosen(vendor, settings).address
    variable = next((v for v in vendor.address_variables if environment.get(v)), None)
    named = chosen or environment.get(variable or "", "") or vendor.address
    try:
        address = ollama_address(named) if vendor.api == "ollama" else named.rstrip("/")
        origin(address)
    except (ValueError, Unusable) as error:
        # The address itself is not repeated: it may hold a password.
        why = error.what if isinstance(error, Unusable) else f"{error}."
        place = f"[providers.{vendor.name}] address" if chosen else variable
        raise SettingsError(
            f"The address of {vendor.title} cannot be used. {why}", fix=f"Correct {place}."
        ) from error
    return address


def host_of(address: str) -> str:
    """The host as whitelist entries name it, with its port unless that is https's."""
    parts = urlsplit(address)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return host if port == 443 else f"{host}:{port}"


def _chosen(vendor: Vendor, settings: Settings) -> ProviderSettings:
    return settings.providers.get(vendor.name, ProviderSettings())


def _server(vendor: Vendor, settings: Settings, keys: Keys, door: Door) -> Server | None:
    chosen = _chosen(vendor, settings)
    if not chosen.enabled:
        return None
    environment = keys.environment()
    named = vendor.name in settings.providers or any(
        environment.get(variable) for variable in vendor.address_variables
    )
    key = keys.find(vendor.key_variables)
    if vendor.cloud and key is None:
        return None
    # Other people's programs may listen on the ports of vLLM and the like: not asked unbidden.
    if not vendor.cloud and vendor.api != "ollama" and not named:
        return None
    address = address_of(vendor, settings, environment)
    local = is_local(vendor, address, chosen.mine)
    value = key[0] if key else None
    if key is not None and not (key[0].isascii() and key[0].isprintable()):
        raise SettingsError(
            f"The key in {key[1]} holds a character that no key has.", fix="Copy it there again."
        )
    return Server(
        provider=vendor.name,
        local=local,
        host=host_of(address),
        open=partial(_open, vendor, address, value, chosen.mine, settings, door),
    )


def _open(
    vendor: Vendor,
    address: str,
    key: str | None,
    mine: bool,
    settings: Settings,
    door: Door,
) -> Provider:
    connect = settings.timeouts.connect
    if vendor.api == "anthropic":
        from routing.providers.anthropic import AnthropicMessages

        return AnthropicMessages(vendor, address, key or "", door.client(), connect=connect)
    if vendor.api == "ollama":
        from routing.providers.ollama import OllamaChat

        return OllamaChat(
            vendor,
            address,
            door.legacy_transport(),
            count=estimate_tokens,
            key=key,
            mine=mine,
            connect=connect,
            keep_alive=settings.local.keep_alive,
        )
    from routing.providers.openai import OpenAICompatible

    return OpenAICompatible(vendor, address, key, door.client(), mine=mine, connect=connect)


def _embedded(door: Door, models: Path) -> Server:
    def start() -> Provider:
        from routing.providers.embedded import EmbeddedGemma

        return EmbeddedGemma(models, door.client(), admit=door.admit)

    return Server(provider=EMBEDDED, local=True, host="this process", open=start)
