"""Who serves models: rows of data, read once from `vendors.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """One vendor of models, or one program that serves them.

    `api` is the protocol it speaks, `address` the base URL where nobody says otherwise.
    `address_variables` and `key_variables` are the conventional environment variables, the first
    that is set wins. `cloud` vendors stay cloud wherever the address points. `prices_as` is its id
    in genai-prices. `max_tokens_field` is what it calls the token limit. `stream_options` tells
    whether it must be asked to count tokens, `reports_cost` whether its usage carries the price
    in USD, `logprobs` whether it can be asked how likely each token was (others may refuse the
    request), `extra` what every request body holds besides. `key_page` is where a person gets a
    key, `start` what starts the program.
    """

    name: str
    title: str
    api: Literal["openai", "anthropic", "ollama"]
    address: str
    cloud: bool
    address_variables: tuple[str, ...] = ()
    key_variables: tuple[str, ...] = ()
    key_page: str = ""
    prices_as: str | None = None
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    stream_options: bool = True
    reports_cost: bool = False
    logprobs: bool = False
    extra: Mapping[str, object] = field(default_factory=dict)
    start: str = ""


@cache
def vendors() -> Mapping[str, Vendor]:
    """Every vendor Homeward ships, by name."""
    text = files("routing.providers").joinpath("vendors.toml").read_text(encoding="utf-8")
    return MappingProxyType({name: _vendor(name, row) for name, row in tomllib.loads(text).items()})


def _vendor(name: str, row: dict[str, Any]) -> Vendor:
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in row.items()
    }
    return Vendor(name=name, **values)
