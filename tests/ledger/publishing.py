"""The installed price table, written as genai-prices publishes it: JSON to fetch."""

import json
from copy import deepcopy
from dataclasses import fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from genai_prices.data import providers
from genai_prices.types import ModelPrice

_SPELT = {"or_": "or", "and_": "and"}


def published(**prices: dict[str, object]) -> bytes:
    """All of the table; `prices` replaces the price list of models of Anthropic's, by id with `_`
    for `-` (`claude_haiku_5_5={"input_mtok": 1}`).
    """
    table = deepcopy(_RAW)
    for provider in table:
        for model in provider["models"] if provider["id"] == "anthropic" else ():
            if (name := model["id"].replace("-", "_")) in prices:
                model["prices"] = prices[name]
                model.pop("price_variants", None)
    return json.dumps(table).encode()


def _raw(value: Any) -> Any:
    if isinstance(value, ModelPrice):
        return {key: _raw(price) for key, price in value.__dict__.items() if price is not None}
    if is_dataclass(value):
        pairs = ((each.name, getattr(value, each.name)) for each in fields(value) if each.repr)
        return {_SPELT.get(key, key): _raw(each) for key, each in pairs if each is not None}
    if isinstance(value, list | tuple):
        return [_raw(each) for each in value]
    if isinstance(value, dict):
        return {key: _raw(each) for key, each in value.items()}
    if isinstance(value, date | time):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


_RAW = [_raw(provider) for provider in providers]
