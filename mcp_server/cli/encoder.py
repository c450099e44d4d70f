"""The encoder in `homeward models`: which one, where, whether it is ready, what it has read."""

from pathlib import Path
from typing import Any

import anyio.to_thread
from rich.console import Console

from cache.encoder import NAME, found, prepare, remove, unused
from mcp_server.cli.running import screen, told
from mcp_server.places import Places, make_private, places
from mcp_server.wiring import App
from vocabulary import HomewardError

READY_WITHIN_S = 60


def prepare_encoder() -> None:
    """Make the encoder where the cache looks for it, if it is nowhere yet."""
    with told():
        where = places()
        make_private(where.cache)
        folder = prepare(where.models)
    screen().print(f"The encoder is ready in {folder}", markup=False, soft_wrap=True)


def clean_encoders() -> None:
    """Delete the files of encoders that are not in use."""
    out, where = screen(), places()
    with told():
        remains = _unused(where)
        for place in remains:
            bytes_ = _bytes(place)
            remove(place)
            out.print(f"Deleted {place} ({_size(bytes_)}).", markup=False, soft_wrap=True)
    if not remains:
        out.print("Nothing lies there that is not in use.")


async def encoder_of(app: App) -> dict[str, Any] | None:
    """All there is to know, for `--json`; None: the cache is switched off."""
    if app.cache is None:
        return None
    ready = await anyio.to_thread.run_sync(app.encoder.wait, READY_WITHIN_S)
    answers = await anyio.to_thread.run_sync(_answers, app, ready.space if ready else "")
    name = app.settings.cache.embedding_model
    folder = found(app.places.models) if name.endswith(NAME) else None
    return {
        "name": name,
        "ready": ready is not None,
        "why_not": None if ready else app.encoder.failure or "It is still being loaded.",
        "space": ready.space if ready else None,
        "folder": str(folder) if folder else None,
        "bytes": _bytes(folder) if folder else None,
        "answers": answers,
        "unused": [{"folder": str(p), "bytes": _bytes(p)} for p in _unused(app.places)],
    }


def show_encoder(out: Console, encoder: dict[str, Any] | None) -> None:
    """The same in a few lines, for people."""

    def say(line: str, style: str = "") -> None:
        out.print(line, style=style, markup=False, soft_wrap=True)

    if encoder is None:
        return
    if not encoder["ready"]:
        say(f"Encoder {encoder['name']}: {encoder['why_not']}", "yellow")
    else:
        where = f", {_size(encoder['bytes'])} in {encoder['folder']}" if encoder["folder"] else ""
        say(f"Encoder {encoder['space']}{where}")
    if answers := encoder["answers"]:
        number, of = answers["with_vector"], answers["stored"]
        rest = "." if number == of else "; the rest answer exact repeats only, or wait for one."
        say(f"Stored answers with its vector: {number} of {of}{rest}")
    for remains in encoder["unused"]:
        size = _size(remains["bytes"])
        say(f"Not in use: {remains['folder']} ({size}); `homeward models clean` deletes it.")


def _answers(app: App, space: str) -> dict[str, int] | None:
    if app.cache is None:
        return None
    try:
        kept = app.cache.stats()
    except HomewardError:  # `homeward doctor` says what is wrong with the database
        return None
    return {"stored": kept.entries, "with_vector": kept.spaces.get(space, 0)}


def _unused(where: Places) -> list[Path]:
    return unused(where.models, used=found(where.models))


def _bytes(place: Path) -> int:
    return sum(file.stat().st_size for file in place.rglob("*") if file.is_file())


def _size(bytes_: int) -> str:
    return f"{bytes_ / 1e6:.0f} MB"
