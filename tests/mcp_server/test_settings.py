"""homeward.toml and the environment: what is understood, and what is said when it is not."""

from pathlib import Path

import pytest

from mcp_server.keys import Keys
from mcp_server.places import make_private, places
from mcp_server.sections import TTL_HOURS_BY_TASK
from mcp_server.settings import (
    Settings,
    SettingsError,
    load,
    profiles,
)
from vocabulary import TaskKind


def test_a_missing_file_is_the_balanced_profile(tmp_path: Path) -> None:
    settings = load(tmp_path / "homeward.toml", {})
    assert settings == Settings()
    assert settings.effective.monthly_usd == 50


@pytest.mark.parametrize(
    ("name", "monthly", "threshold", "local_first"),
    [
        ("conservative", 10, 0.9, True),
        ("balanced", 50, 0.6, True),
        ("performance", 200, 0.4, False),
    ],
)
def test_profiles_have_the_documented_thresholds_and_budgets(
    name: str, monthly: float, threshold: float, local_first: bool
) -> None:
    profile = profiles()[name]
    assert profile.monthly_usd == monthly
    assert profile.complexity_threshold == threshold
    assert profile.try_local_first == local_first


def test_a_persons_own_values_win_over_the_profile(tmp_path: Path) -> None:
    path = tmp_path / "homeward.toml"
    path.write_text(
        'profile = "performance"\n[routing]\nstrategy = "cost"\n[budget]\nmonthly_usd = 3\n'
    )
    effective = load(path, {}).effective
    assert (effective.strategy, effective.monthly_usd) == ("cost", 3)
    assert effective.complexity_threshold == 0.4


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "homeward.toml"
    path.write_text('profile = "performance"\n')
    environ = {"HOMEWARD_PROFILE": "conservative", "HOMEWARD_MONTHLY_USD": "2.5"}
    settings = load(path, environ)
    assert settings.profile == "conservative"
    assert settings.effective.monthly_usd == 2.5


LIMIT = "[[budget.limits]]\nprovider = 'openai'\ndaily_usd = 1\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "\nprofile balanced\n",
            "not valid TOML: Expected '=' after a key",
        ),
        ('profile = "balanced"\nprofle = 1\n', "line 2: profle (no such setting)"),
        ('profile = "fast"\n', "line 1: profile:"),
        ("[cache]\nttl_hours = 24\nthreshold = 7\n", "line 3: cache.threshold"),
        ('[models."ollama/x"]\nquality = 2\n', "line 2: models.ollama/x.quality"),
        ("[budget]\nmonthly_usd = -1\n", "line 2: budget.monthly_usd"),
        ("budget = 3\n", "line 1: budget"),
        (
            "[budget]\ndaily_usd = nan\n",
            "line 2: budget.daily_usd: Input should be a finite number",
        ),
        ("[budget]\ndaily_usd = true\n", "line 2: budget.daily_usd: a number is wanted, not true"),
        ("[routing]\nmin_quality = true\n", "line 2: routing.min_quality: a number is wanted"),
        (
            f"{LIMIT}{LIMIT}monthly_usd = nan\n",
            "line 7: budget.limits[].monthly_usd (number 2): Input should be a finite number",
        ),
        (
            f'{LIMIT}[[budget.limits]]\nprovider = "opnai"\ndaily_usd = 1\n',
            "line 5: budget.limits[].provider (number 2): there is no provider 'opnai'; use openai",
        ),
        (
            f'{LIMIT}[[budget.limits]]\nprovider = "OpenAI"\ndaily_usd = 1\n',
            "there is no provider 'OpenAI'; use openai",
        ),
        (
            f"{LIMIT}[[budget.limits]]\ndaily_usd = 1\n",
            "line 4: budget.limits[] (number 2): a limit",
        ),
        (
            "[budget]\n# one\nlimits = [{task = 'rhyme', daily_usd = 1}]\n",
            "line 3: budget.limits[].task (number 1)",
        ),
        ('[cache]\nshared_by = ["a", 2]\n', "line 2: cache.shared_by[] (number 2)"),
        ('[prices."openai/x"]\ninput_usd_per_million = 1\n', "line 1: prices.openai/x.output_usd"),
    ],
    ids=[
        *("syntax", "unknown-key", "choice", "range", "quoted-table", "negative", "not-a-table"),
        *("nan", "true", "true-share", "nan-in-a-list", "no-provider", "capitals", "of-nothing"),
        *("inline-table", "text-in-a-list", "missing"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "homeward.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as error:
        load(path, {})
    assert str(path) in error.value.what
    assert says in error.value.what
    assert error.value.fix


@pytest.mark.parametrize("name", ["anthropic", "ollama", "vllm", "embedded"])
def test_a_limit_is_for_a_provider_that_there_is(tmp_path: Path, name: str) -> None:
    path = tmp_path / "homeward.toml"
    path.write_text(f"[[budget.limits]]\nprovider = '{name}'\ndaily_usd = 1\n")
    [limit] = load(path, {}).budget.limits
    assert limit.named == {"provider": name}


def test_a_mistake_in_the_environment_names_the_variable(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="HOMEWARD_PROFILE: profile"):
        load(tmp_path / "homeward.toml", {"HOMEWARD_PROFILE": "fast"})


def test_a_file_that_is_not_utf_8_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "homeward.toml"
    path.write_bytes(b'profile = "\xff"\n')
    with pytest.raises(SettingsError, match="not UTF-8"):
        load(path, {})


def test_a_byte_order_mark_as_windows_editors_put_it_is_read_over(tmp_path: Path) -> None:
    path, dotenv = tmp_path / "homeward.toml", tmp_path / ".env"
    path.write_text('profile = "performance"\n', encoding="utf-8-sig")
    dotenv.touch(mode=0o600)
    dotenv.write_text("OPENAI_API_KEY=from-file\n", encoding="utf-8-sig")
    assert load(path, {}).profile == "performance"
    assert Keys({}, dotenv).find(("OPENAI_API_KEY",)) == ("from-file", "OPENAI_API_KEY (.env)")


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("http://127.0.0.1:3128", True),
        ("https://me:secret@proxy.example:8080/", True),
        ("http://[::1]:3128", True),
        ("proxy.example:3128", False),
        ("socks5://proxy.example", False),
        ("http://", False),
    ],
)
def test_a_proxy_is_an_http_address(tmp_path: Path, address: str, good: bool) -> None:
    if good:
        assert load(tmp_path / "none.toml", {"HOMEWARD_PROXY": address}).proxy == address
    else:
        with pytest.raises(SettingsError, match="a proxy is written http://host:port"):
            load(tmp_path / "none.toml", {"HOMEWARD_PROXY": address})


def test_the_shipped_example_is_valid_and_changes_nothing() -> None:
    example = Path(__file__).parents[2] / "mcp_server" / "homeward.example.toml"
    assert load(example, {}) == Settings()
    uncommented = "\n".join(
        line.removeprefix("# ") if "=" in line or line.startswith("# [") else line
        for line in example.read_text(encoding="utf-8").splitlines()
    )
    assert "[providers.ollama]" in uncommented


def test_folders_follow_the_environment(tmp_path: Path) -> None:
    where = places({"HOMEWARD_HOME": str(tmp_path), "HOMEWARD_DATA_DIR": str(tmp_path / "d")})
    assert where.config == tmp_path / "config"
    assert where.data == tmp_path / "d"
    assert where.models == tmp_path / "cache" / "models"


def test_a_key_comes_from_the_environment_before_the_dotenv_file(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.touch(mode=0o600)
    dotenv.write_text("OPENAI_API_KEY=from-file\nGROQ_API_KEY=only-there\n")
    keys = Keys({"OPENAI_API_KEY": "from-environment"}, dotenv)
    assert keys.find(("OPENAI_API_KEY",)) == ("from-environment", "OPENAI_API_KEY (environment)")
    assert keys.find(("GROQ_API_KEY",)) == ("only-there", "GROQ_API_KEY (.env)")


def test_a_dotenv_file_that_others_can_write_is_not_trusted(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("OPENAI_API_KEY=planted\n")
    dotenv.chmod(0o666)
    assert Keys({}, dotenv).environment() == {}


@pytest.mark.parametrize("blank", ["", "  ", "${user_config.openai_key}"])
def test_a_blank_field_of_a_host_is_no_key(tmp_path: Path, blank: str) -> None:
    assert Keys({"OPENAI_API_KEY": blank}, tmp_path / ".env").find(("OPENAI_API_KEY",)) is None


def test_a_folder_that_is_there_keeps_the_rights_it_has(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    folder.chmod(0o755)
    make_private(folder)
    assert folder.stat().st_mode & 0o777 == 0o755


def test_a_folder_that_everybody_may_write_in_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o1777)
    with pytest.raises(SettingsError, match="Everybody may write"):
        make_private(folder)
    assert folder.stat().st_mode & 0o7777 == 0o1777


def test_a_file_nested_without_end_is_told(tmp_path: Path) -> None:
    path = tmp_path / "homeward.toml"
    path.write_text("a = " + "[" * 20_000)
    with pytest.raises(SettingsError, match="nested too deeply"):
        load(path, {})


def test_a_dotenv_file_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.touch(mode=0o600)
    dotenv.write_bytes(b"OPENAI_API_KEY=\xff\n")
    with pytest.raises(SettingsError, match="not UTF-8"):
        Keys({}, dotenv).environment()


def test_a_blank_variable_does_not_hide_the_dotenv_file(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.touch(mode=0o600)
    dotenv.write_text("OPENAI_API_KEY=from-file\n")
    assert Keys({"OPENAI_API_KEY": ""}, dotenv).find(("OPENAI_API_KEY",)) == (
        "from-file",
        "OPENAI_API_KEY (.env)",
    )


def test_lifetimes_of_single_tasks_are_put_over_the_shipped_ones(tmp_path: Path) -> None:
    path = tmp_path / "homeward.toml"
    path.write_text("[cache.ttl_hours_by_task]\ntranslation = 1.0\ndebugging = 2.0\n")
    hours = load(path, {}).cache.ttl_hours_by_task
    assert hours == {**TTL_HOURS_BY_TASK, TaskKind.TRANSLATION: 1.0, TaskKind.DEBUGGING: 2.0}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("[cache.ttl_hours_by_task]\npoetry = 1.0", "cache.ttl_hours_by_task.poetry"),
        ("[cache.ttl_hours_by_task]\ntranslation = 0", "greater than 0"),
        ("[cache]\nmax_entries = 0", "greater than or equal to 100"),
        ("[cache]\nshared_by = 'mcp:x'", "cache.shared_by"),
    ],
)
def test_a_setting_of_the_cache_that_cannot_be_is_refused(
    tmp_path: Path, line: str, says: str
) -> None:
    path = tmp_path / "homeward.toml"
    path.write_text(line)
    with pytest.raises(SettingsError, match=says):
        load(path, {})


def test_a_host_names_its_project_in_the_environment(tmp_path: Path) -> None:
    assert load(tmp_path / "none.toml", {"HOMEWARD_PROJECT": "acme"}).cache.project == "acme"
