"""The rows of `vendors.toml`."""

import dataclasses
from types import MappingProxyType
from typing import get_args, get_type_hints

import pytest
from genai_prices import data_snapshot

from routing.providers.addresses import is_local
from routing.providers.vendors import Vendor, vendors


def test_every_vendor_of_the_issue_is_there() -> None:
    assert set(vendors()) == {
        "ollama",
        "anthropic",
        "openai",
        "google",
        "groq",
        "cerebras",
        "openrouter",
        "mistral",
        "together",
        "deepseek",
        "vllm",
        "lmstudio",
        "llamacpp",
    }


@pytest.mark.parametrize("vendor", vendors().values(), ids=lambda vendor: vendor.name)
def test_a_row_holds_what_its_fields_say(vendor: Vendor) -> None:
    hints = get_type_hints(Vendor)
    for field in dataclasses.fields(vendor):
        value, hint = getattr(vendor, field.name), hints[field.name]
        if hint in (str, bool):
            assert type(value) is hint
        elif str(hint).startswith("typing.Literal"):
            assert value in get_args(hint)
        elif str(hint).startswith("tuple"):
            assert isinstance(value, tuple)
            assert all(isinstance(member, str) for member in value)


@pytest.mark.parametrize("vendor", vendors().values(), ids=lambda vendor: vendor.name)
def test_a_cloud_is_reached_by_https_and_a_program_of_ones_own_by_loopback(vendor: Vendor) -> None:
    if vendor.cloud:
        assert vendor.address.startswith("https://")
        assert vendor.key_page.startswith("https://")
        assert vendor.key_variables
    else:
        assert is_local(vendor, vendor.address, False)
        assert vendor.start.endswith(".")


def test_prices_are_looked_up_under_names_that_genai_prices_knows() -> None:
    known = {provider.id for provider in data_snapshot.get_snapshot().providers}

    assert {v.prices_as for v in vendors().values() if v.prices_as} <= known
    assert all(v.prices_as for v in vendors().values() if v.cloud)


def test_the_table_cannot_be_changed_and_is_read_once() -> None:
    assert isinstance(vendors(), MappingProxyType)
    assert vendors() is vendors()
