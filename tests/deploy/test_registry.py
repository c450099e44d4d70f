"""server.json: what the MCP registry's schema of 2025-12-11 demands, and what the code knows.

The schema itself is not kept here; the facts of it that concern us are. The whole file was held
against the published schema when it was written (docs/decisions/0034-packages.md).
"""

import json
import re
import tomllib

import typer

from deploy.bundle import ROOT
from mcp_server.cli.commands import app
from mcp_server.settings import profiles
from routing.providers.vendors import vendors

SERVER = json.loads((ROOT / "deploy" / "server.json").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
[PACKAGE] = SERVER["packages"]
VARIABLES = {each["name"]: each for each in PACKAGE["environmentVariables"]}


def test_it_has_what_the_schema_demands() -> None:
    assert SERVER["$schema"].endswith("/schemas/2025-12-11/server.schema.json")
    assert re.fullmatch(r"[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+", SERVER["name"])
    assert 1 <= len(SERVER["description"]) <= 100
    assert 1 <= len(SERVER["title"]) <= 100
    assert set(PACKAGE) >= {"registryType", "identifier", "transport"}
    for variable in VARIABLES.values():
        assert set(variable) <= {
            *("name", "description", "isRequired", "isSecret", "default", "placeholder"),
            *("choices", "format", "value"),
        }
        assert variable.get("format", "string") in {"string", "number", "boolean", "filepath"}


def test_its_version_and_package_are_ours() -> None:
    assert SERVER["version"] == PACKAGE["version"] == PROJECT["version"]
    assert PACKAGE["identifier"] == PROJECT["name"]


def test_what_it_starts_is_a_command_of_ours() -> None:
    [argument] = PACKAGE["packageArguments"]
    assert argument["type"] == "positional"
    assert argument["value"] in getattr(typer.main.get_command(app), "commands", {})


def test_every_variable_is_read_and_every_key_is_secret() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert [name for name in VARIABLES if f"`{name}`" not in documented] == []
    keys = {name for vendor in vendors().values() for name in vendor.key_variables}
    secret = {name for name, variable in VARIABLES.items() if variable.get("isSecret")}
    assert secret == keys & set(VARIABLES)
    assert VARIABLES["HOMEWARD_PROFILE"]["choices"] == sorted(
        profiles(), key=list(profiles()).index
    )


def test_the_readme_claims_the_name() -> None:
    """The registry looks for this in the published package's description."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"mcp-name: {SERVER['name']}" in readme
