"""Has a child process take the text out of a document, within limits, and ends it in any case.

The child gets the bytes and never the path. It runs without our environment and answers in codes,
of which `documents.py` makes sentences: no document can put words into our mouth.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import anyio
from anyio.abc import Process

_ROOM = Path(__file__).parent
# Only our package is imported by this path: modules beside it are named like libraries.
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); import extract.child; del sys.path[0]; "
    "extract.child.main()"
)
_BYTES_PER_CHARACTER = 4  # of UTF-8; what JSON escapes of clean text is shorter
_ROOM_FOR_THE_REST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """What the child found: text of a kind with numbered notices, or the code of a refusal."""

    kind: str = ""
    text: str = ""
    refusal: str = ""
    notices: Mapping[str, int] = field(default_factory=dict)


async def extract(raw: bytes, *, name: str, characters: int, seconds: float) -> Extract:
    """The text of a document's bytes; `name` only tells which kind it claims to be.

    No error escapes: whatever goes wrong in the child is an `Extract` with a refusal.
    """
    job = json.dumps({"name": name, "characters": characters, "seconds": seconds})
    most = characters * _BYTES_PER_CHARACTER + _ROOM_FOR_THE_REST
    said = b""
    with anyio.move_on_after(seconds) as clock:
        async with _child() as process:
            said = await _converse(process, job.encode() + b"\n" + raw, most)
    return Extract(refusal="too_much") if clock.cancelled_caught else _understood(said, characters)


@asynccontextmanager
async def _child() -> AsyncIterator[Process]:
    process = await anyio.open_process(
        [sys.executable, "-I", "-c", _START, str(_ROOM)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a traceback could quote the document
        cwd=_ROOM.anchor,
        env={name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        _kill(process)
        with anyio.CancelScope(shield=True):
            await process.aclose()


def _kill(process: Process) -> None:
    with suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        elif process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)  # its group: whatever it may have started, too


async def _converse(process: Process, job: bytes, most: int) -> bytes:
    """Everything the child says, unless it is more than `most` bytes: then nothing."""
    if process.stdin is None or process.stdout is None:
        raise AssertionError
    with suppress(anyio.BrokenResourceError):  # it ended before it had heard everything
        await process.stdin.send(job)
        await process.stdin.aclose()
    said = bytearray()
    async for piece in process.stdout:
        said += piece
        if len(said) > most:
            return b""
    return bytes(said)


def _understood(said: bytes, characters: int) -> Extract:
    """What the child said, believed only as far as its form is right."""
    try:
        answer = json.loads(said)
        found = Extract(
            kind=str(answer["kind"]),
            text=str(answer["text"]),
            refusal=str(answer["refusal"]),
            notices={str(code): int(number) for code, number in answer["notices"].items()},
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Extract(refusal="too_much")
    return found if len(found.text) <= characters else Extract(refusal="too_long")
