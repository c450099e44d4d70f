"""Homes of Homeward for the race: the stand-in is a cloud that is allowed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cache import prepare
from mcp_server.places import Places, places

SETTINGS = '[budget]\nmonthly_usd = 100000\n[privacy]\naudit_key = "file"\n'
NO_CACHE = "[cache]\nenabled = false\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where its files lie, and the environment it is started with."""

    places: Places
    environ: Mapping[str, str]


def home(folder: Path, address: str, *, cached: bool) -> Home:
    """In a folder that is there. The encoder is the one this machine has, or is made."""
    models = places().models
    prepare(models)
    where = {name: folder / name for name in ("config", "data", "cache")}
    for each in where.values():
        each.mkdir(mode=0o700)
    (where["cache"] / "models").symlink_to(models)
    made = Places(**where, models=models)
    made.settings.write_text(SETTINGS if cached else SETTINGS + NO_CACHE, encoding="utf-8")
    allowed = f'cloud_apis = ["{address.removeprefix("http://")}"]\n'
    made.whitelist.touch(mode=0o600)
    made.whitelist.write_text(
        f"{allowed}[allowed_for_cloud]\nreasoning_tasks = true\n", encoding="utf-8"
    )
    named = {f"HOMEWARD_{name.upper()}_DIR": str(path) for name, path in where.items()}
    keys = {"OPENAI_BASE_URL": f"{address}/v1", "OPENAI_API_KEY": "a-key"}
    return Home(places=made, environ=named | keys | {"OLLAMA_HOST": "127.0.0.1:9"})
