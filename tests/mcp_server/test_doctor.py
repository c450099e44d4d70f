"""`homeward doctor`: looks at everything, says how to mend it, and never shows a key."""

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.homes import HARD, Home
from tests.mcp_server.commands import Said, homeward, process
from tests.wire.listening import Listening, Reply, Request

KEY = "sk-synthetic-2222-nobody-may-see"
BROKEN = "this is not what belongs here\n" * 300


def doctor(home: Home, *options: str, **environ: str) -> Said:
    """Its report; the hosts it looks for are those of a person who lives in this home."""
    person = home.places.config.parent / "person"
    person.mkdir(exist_ok=True)
    home.environ |= {"HOME": str(person)} | environ
    return homeward(home, "doctor", *options)


def findings(home: Home, **environ: str) -> dict[str, dict[str, Any]]:
    """What it found by what it is about, from its JSON; exit status and marks must agree."""
    said = doctor(home, "--json", **environ)
    found = json.loads(said.out)
    assert said.err == ""
    assert said.status == int(any(each["state"] == "mend" for each in found))
    return {each["about"]: each for each in found}


def states(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {about: each["state"] for about, each in found.items()}


def test_in_a_fresh_home_only_a_model_is_missing(home: Home) -> None:
    found = findings(home)
    assert states(found) == {
        "settings": "ok",
        "routing": "ok",
        "whitelist": "ok",
        "ollama": "note",
        "models": "mend",
        "keys": "note",
        "ledger": "ok",
        "cache": "ok",
        "audit": "ok",
        "encoder": "ok",
        "platform": "ok",
    }
    assert "none, everything stays local" in found["whitelist"]["what"]
    assert "`ollama serve`" in found["ollama"]["what"]
    assert "Install Ollama" in found["models"]["fix"]


def test_with_a_model_all_is_well(local_home: Home) -> None:
    found = findings(local_home)
    assert "mend" not in states(found).values()
    assert found["ollama"]["what"] == "has tiny:latest"


def test_a_person_reads_the_same_with_marks_and_ways_out(home: Home) -> None:
    said = doctor(home)
    assert said.status == 1
    settings = home.places.settings
    assert f"✓ settings {settings}, profile balanced, 50 USD a month" in said.out
    assert "✗ models There is no model to ask. Install Ollama and pull a model" in said.out
    assert doctor(home, COLUMNS="30").out.count("\n") == said.out.count("\n")


async def without_models(request: Request, reply: Reply) -> None:
    await reply.whole(200, b'{"data": []}', content_type="application/json")


def test_a_server_that_runs_without_a_model_is_to_be_mended(local_home: Home) -> None:
    with Listening(without_models) as server:
        local_home.settings(f'[providers.vllm]\naddress = "{server.address}/v1"\n')
        found = findings(local_home)
    assert found["vllm"]["state"] == "mend"
    assert found["vllm"]["what"] == "It runs, but has no model."


# --- settings that do nothing ----------------------------------------------------------------


def test_telemetry_that_cannot_begin_is_told_and_stops_nothing(local_home: Home) -> None:
    local_home.settings("[telemetry]\nenabled = true\n")
    found = findings(local_home)
    assert found["telemetry"]["state"] == "mend"
    assert found["telemetry"]["what"].startswith("Nothing is told to a collector.")
    assert "127.0.0.1:4318" in found["telemetry"]["fix"]
    assert homeward(local_home, "costs").status == 0
    assert homeward(local_home, "ask", "What is the capital of France?").status == 0


def test_a_limit_for_a_caller_that_nobody_is_is_noted_with_those_who_asked(
    local_home: Home,
) -> None:
    limit = "[[budget.limits]]\ndaily_usd = 1\ncaller = "
    local_home.settings(f"{limit}'Homeward Ask'\n{limit}'homeward ask'\n")
    fresh = findings(local_home)["limits"]
    assert "nobody" in fresh["fix"]
    assert homeward(local_home, "ask", "What is the capital of France?").status == 0
    noted = [e for e in json.loads(doctor(local_home, "--json").out) if e["about"] == "limits"]
    assert [each["what"] for each in noted] == [
        "The caller 'Homeward Ask' has a limit, and has asked nothing yet."
    ]
    assert "'homeward ask'" in noted[0]["fix"]
    assert noted[0]["state"] == "note"


# --- keys -----------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["table", "json"])
def test_no_key_is_ever_printed(local_home: Home, options: tuple[str, ...]) -> None:
    local_home.places.dotenv.touch(mode=0o600)
    local_home.places.dotenv.write_text(f"GROQ_API_KEY={KEY}-kept\n", encoding="utf-8")
    environ = {"ANTHROPIC_API_KEY": f"{KEY}-a", "OPENAI_API_KEY": f"{KEY}-b"}
    said = doctor(local_home, *options, **environ)
    assert "OPENAI_API_KEY (environment)" in said.out
    assert "GROQ_API_KEY (.env)" in said.out
    assert KEY not in said.everything
    assert KEY[3:] not in said.everything


def test_a_key_whose_host_is_not_allowed_is_noted_with_the_command(local_home: Home) -> None:
    local_home.allow("api.openai.com", ".example.com")
    found = findings(local_home, OPENAI_API_KEY=KEY, GROQ_API_KEY=KEY)
    assert (found["openai"]["state"], found["openai"]["fix"]) == ("ok", "")
    assert found["groq"]["state"] == "note"
    assert "`homeward whitelist add cloud_api api.groq.com`" in found["groq"]["fix"]


def test_a_dotenv_file_that_is_not_trusted_is_named_not_ignored_in_silence(
    local_home: Home,
) -> None:
    local_home.places.dotenv.write_text(f"OPENAI_API_KEY={KEY}\n", encoding="utf-8")
    local_home.places.dotenv.chmod(0o664)
    found = findings(local_home)
    assert found["keys"]["state"] == "mend"
    assert found["keys"]["fix"] == f"`chmod 600 {local_home.places.dotenv}`"
    assert "openai" not in found


# --- damage ---------------------------------------------------------------------------------


def test_a_damaged_homeward_toml_is_to_be_mended_and_the_rest_is_still_looked_at(
    local_home: Home,
) -> None:
    local_home.settings("[cache]\nthreshold = 7\n")
    found = findings(local_home)
    assert states(found) == {"settings": "mend", "platform": "ok"}
    assert f"{local_home.places.settings}, line 2: cache.threshold" in found["settings"]["what"]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ('[routing]\nstrategy = "fastest"\n', "There is no routing strategy called 'fastest'."),
        ("[providers.nope]\n", "[providers.nope]: there is no such provider."),
        ('[providers.vllm]\naddress = "here"\n', "The address of vLLM cannot be used."),
        ('[providers.openai]\naddress = "https://h:99999"\n', "The port is not between"),
        ('[providers.ollama]\naddress = "ftp://h"\n', "The address of Ollama cannot be used."),
        ('proxy = "somewhere"\n', "proxy: a proxy is written http://host:port."),
    ],
    ids=["strategy", "provider", "address", "port", "scheme", "proxy"],
)
def test_a_setting_that_cannot_work_is_found_before_a_prompt_finds_it(
    local_home: Home, settings: str, says: str
) -> None:
    local_home.settings(settings)
    found = findings(local_home)["settings"]
    assert found["state"] == "mend"
    assert says in found["what"]
    assert found["fix"]


def test_a_password_in_an_address_is_not_repeated(local_home: Home) -> None:
    local_home.settings('[providers.vllm]\naddress = "http://me:open-sesame@127.0.0.1:8000"\n')
    said = doctor(local_home)
    assert "It names a user before the host." in said.out
    assert "[providers.vllm] address" in said.out
    assert "open-sesame" not in said.everything


def test_a_damaged_whitelist_is_to_be_mended_and_the_rest_is_still_looked_at(
    local_home: Home,
) -> None:
    local_home.allow()
    local_home.places.whitelist.write_text(BROKEN, encoding="utf-8")
    found = findings(local_home, OPENAI_API_KEY=KEY)
    assert found["whitelist"]["state"] == "mend"
    assert f"{local_home.places.whitelist}, line 1" in found["whitelist"]["what"]
    assert states(found)["openai"] == "note"
    assert states(found)["audit"] == "ok"


def test_a_damaged_ledger_is_to_be_mended(local_home: Home) -> None:
    local_home.places.home_database.write_text(BROKEN, encoding="utf-8")
    found = findings(local_home)
    assert states(found) == {"ledger": "mend", "platform": "ok"}
    assert found["ledger"]["what"] == f"The database {local_home.places.home_database} is damaged."
    assert "Move it aside" in found["ledger"]["fix"]


def test_a_damaged_cache_was_moved_aside_and_is_noted(local_home: Home) -> None:
    local_home.places.cache_database.write_text(BROKEN, encoding="utf-8")
    found = findings(local_home)
    assert found["cache"]["state"] == "note"
    assert "has been moved to" in found["cache"]["what"]


def test_a_record_that_was_tampered_with_is_to_be_mended(full_home: Home) -> None:
    assert homeward(full_home, "ask", HARD, "--max-tokens", "20").status == 0
    text = full_home.places.audit.read_text(encoding="utf-8")
    full_home.places.audit.write_text(text.replace("127.0.0.1", "127.0.0.9"), encoding="utf-8")
    assert findings(full_home)["audit"]["state"] == "mend"


def test_a_key_of_the_record_that_is_missing_is_to_be_mended(full_home: Home) -> None:
    assert homeward(full_home, "ask", HARD, "--max-tokens", "20").status == 0
    full_home.places.audit_key.unlink()
    found = findings(full_home)["audit"]
    assert found["state"] == "mend"
    assert "key" in found["what"]


@pytest.mark.slow
@pytest.mark.parametrize(("cloud", "state"), [(True, "mend"), (False, "note")])
def test_a_record_that_can_have_no_key_is_to_be_mended_once_a_cloud_is_allowed(
    home: Home, cloud: bool, state: str
) -> None:
    home.places.settings.write_text("", encoding="utf-8")
    home.allow(*["api.openai.com"] * cloud)
    environ = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    said = process(home, "doctor", "--json", **environ)
    found = {each["about"]: each for each in json.loads(said.out)}["audit"]
    assert found["state"] == state
    assert "local models go on" in found["what"]
    assert '`audit_key = "file"`' in found["fix"]


def test_where_the_key_of_the_record_lies_is_said(home: Home) -> None:
    assert findings(home)["audit"]["what"] == "0 lines, whole; its key is in a file"


def test_a_cache_that_is_switched_off_needs_no_encoder(local_home: Home) -> None:
    local_home.settings("[cache]\nenabled = false\n")
    found = findings(local_home)
    assert found["cache"]["state"] == "note"
    assert "encoder" not in found


def test_an_encoder_that_cannot_be_loaded_is_noted_with_the_reason(local_home: Home) -> None:
    local_home.places.models.unlink()  # what is inside is shared by all tests
    local_home.places.models.write_text("a file where the folder should be", encoding="utf-8")
    found = findings(local_home)["encoder"]
    assert found["state"] == "note"
    assert "None" not in found["what"]
    assert found["what"].endswith(".")


# --- hosts ----------------------------------------------------------------------------------


def test_a_host_with_and_one_without_our_entry_are_told_apart(
    local_home: Home, tmp_path: Path
) -> None:
    with_it, without = tmp_path / ".cursor" / "mcp.json", tmp_path / ".config" / "Claude"
    with_it.parent.mkdir()
    without.mkdir(parents=True)
    with_it.write_text('{"mcpServers": {"homeward": {"command": "uvx"}}}', encoding="utf-8")
    found = findings(local_home, HOME=str(tmp_path))
    assert found["Cursor"]["state"] == "ok"
    assert found["Claude Desktop"]["state"] == "note"
    assert "claude_desktop_config.example.json" in found["Claude Desktop"]["fix"]
    assert "VS Code" not in found


def test_a_hosts_file_that_setup_refuses_is_told_with_what_is_wrong(
    local_home: Home, tmp_path: Path
) -> None:
    file = tmp_path / ".cursor" / "mcp.json"
    file.parent.mkdir()
    file.write_text("{broken", encoding="utf-8")
    found = findings(local_home, HOME=str(tmp_path))["Cursor"]
    assert found["state"] == "note"
    assert "It is not JSON" in found["what"]
    assert found["fix"] == "Mend it by hand first."


def test_a_ledger_without_a_table_is_found(home: Home) -> None:
    homeward(home, "costs")
    with contextlib.closing(sqlite3.connect(home.places.home_database)) as books:
        books.execute("drop table spend")
    said = homeward(home, "doctor")
    assert said.status == 1
    assert "✗ ledger" in said.out


def test_tightening_works_while_the_books_are_damaged(home: Home) -> None:
    home.allow("api.openai.com")
    home.places.home_database.write_bytes(b"this is no database" * 100)
    said = homeward(home, "whitelist", "remove", "cloud_api", "openai")
    assert said.status == 0
    assert "api.openai.com" not in home.places.whitelist.read_text(encoding="utf-8")


def test_an_ollama_on_another_machine_is_told_how_to_count_as_local(home: Home) -> None:
    home.environ["OLLAMA_HOST"] = "http://192.0.2.7:11434"
    said = homeward(home, "doctor")
    assert "192.0.2.7:11434 is another machine" in " ".join(said.out.split())
    assert "mine = true" in " ".join(said.out.split())
