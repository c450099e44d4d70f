"""`homeward config`: what is understood and where it lies; keys are named, never shown."""

import json
import stat
from pathlib import Path

import pytest

from mcp_server.settings import Settings, load
from tests.homes import Home
from tests.mcp_server.commands import homeward

KEY = "sk-synthetic-0000-from-the-environment"
KEPT = "sk-synthetic-1111-from-the-file"


# --- show -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["pretty", "json"])
def test_keys_are_named_with_their_source_and_never_shown(
    home: Home, form: tuple[str, ...]
) -> None:
    home.places.dotenv.touch(mode=0o600)
    home.places.dotenv.write_text(f"GROQ_API_KEY={KEPT}\nHOMEWARD_PROXY=\n", encoding="utf-8")
    said = homeward(home, "config", "show", *form, OPENAI_API_KEY=KEY)
    assert said.status == 0
    shown = json.loads(said.out)
    assert shown["keys"] == {
        "openai": "OPENAI_API_KEY (environment)",
        "groq": "GROQ_API_KEY (.env)",
    }
    for secret in (KEY, KEPT, KEY[3:], KEPT[3:]):
        assert secret not in said.everything


def test_the_password_of_a_proxy_is_not_shown(home: Home) -> None:
    home.settings('proxy = "http://me:open-sesame@proxy.example:3128"\n')
    said = homeward(home, "config", "show", "--json")
    assert json.loads(said.out)["settings"]["proxy"] == "http://…@proxy.example:3128"
    assert "open-sesame" not in said.everything


def test_the_settings_in_force_and_the_files_are_shown(home: Home) -> None:
    home.settings('profile = "performance"\n[budget]\nmonthly_usd = 3\n')
    shown = json.loads(homeward(home, "config", "show", "--json").out)
    assert shown["files"]["settings"] == str(home.places.settings)
    assert shown["files"]["database"] == str(home.places.home_database)
    assert shown["effective_profile"]["monthly_usd"] == 3
    assert shown["effective_profile"]["complexity_threshold"] == 0.4
    assert shown["settings"]["profile"] == "performance"


def test_a_damaged_file_is_told_with_its_line(home: Home) -> None:
    home.settings("[cache]\nthreshold = 7\n")
    said = homeward(home, "config", "show")
    assert (said.status, said.out) == (1, "")
    assert f"{home.places.settings}, line 2: cache.threshold" in said.err


# --- init -----------------------------------------------------------------------------------


def test_a_file_to_start_from_is_written_for_this_person_alone(home: Home) -> None:
    home.places.settings.unlink()
    said = homeward(home, "config", "init")
    assert (said.status, said.out) == (0, f"Wrote {home.places.settings}\n")
    assert stat.S_IMODE(home.places.settings.stat().st_mode) == 0o600
    assert load(home.places.settings, {}) == Settings()


def test_a_file_that_is_there_is_kept_unless_force_is_asked_for(home: Home) -> None:
    home.settings('profile = "performance"\n')
    home.places.settings.chmod(0o644)
    refused = homeward(home, "config", "init")
    assert refused.status == 1
    assert f"{home.places.settings} exists already." in refused.err
    assert load(home.places.settings, {}).profile == "performance"
    assert homeward(home, "config", "init", "--force").status == 0
    assert load(home.places.settings, {}).profile == "balanced"
    assert stat.S_IMODE(home.places.settings.stat().st_mode) == 0o600


@pytest.mark.parametrize("command", [("config", "init"), ("costs",), ("ask", "hi")])
def test_a_folder_that_cannot_be_made_is_named_with_what_to_do(
    home: Home, tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "in the way").touch()
    said = homeward(home, *command, HOMEWARD_CONFIG_DIR=str(tmp_path / "in the way" / "config"))
    assert (said.status, said.out) == (1, "")
    assert "in the way" in said.err
    assert said.err.rstrip().endswith(".")


def test_a_file_that_cannot_be_written_is_named(home: Home) -> None:
    home.places.settings.unlink()
    home.places.settings.mkdir()
    said = homeward(home, "config", "init", "--force")
    assert said.status == 1
    assert f"{home.places.settings} cannot be written: Is a directory." in said.err


def test_a_key_that_no_header_can_carry_is_told_without_repeating_it(home: Home) -> None:
    said = homeward(home, "ask", "hi", OPENAI_API_KEY="“sk-synthetic”")
    assert said.status == 1
    assert "The key in OPENAI_API_KEY (environment) holds a character that no key has." in said.err
    assert "sk-synthetic" not in said.everything
