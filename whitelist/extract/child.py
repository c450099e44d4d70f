"""The process that reads one document: run by `whitelist/extraction.py`, never in ours.

It gets one line of JSON (name, limits) and then the document's bytes on stdin, and writes one JSON
object to stdout. A parser that is made to crash, hang, or eat memory harms only this process.
"""

import json
import os
import sys
from contextlib import suppress
from typing import Any

_MEMORY_BYTES = 1 << 30
_CPU_SECONDS = 20
_OPEN_FILES = 32
_UNNEEDED = ("lxml", "numpy", "PIL")
"""What openpyxl would use where it is installed: C code, threads, and half a second."""
_FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn")
_CLONE_NEW_USER_AND_NET = 0x10000000 | 0x40000000


def main() -> None:
    job = json.loads(sys.stdin.buffer.readline())
    sys.modules.update(dict.fromkeys(_UNNEEDED))  # type: ignore[arg-type]  # cannot be imported
    _confine(job["seconds"])
    answer = _answer(sys.stdin.buffer.read(), job)
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode())
    sys.stdout.flush()
    os._exit(0)  # nothing of a hostile document is tidied up


def _confine(seconds: float) -> None:
    """Takes from this process what reading a document does not need, as far as the system can."""
    if sys.platform != "win32":
        import resource
        import signal

        signal.setitimer(signal.ITIMER_REAL, seconds)  # also where our parent has died
        for limit, most in (
            ("AS", _MEMORY_BYTES),
            ("CPU", _CPU_SECONDS),
            ("FSIZE", 0),
            ("NOFILE", _OPEN_FILES),
            ("NPROC", 0),
            ("CORE", 0),
        ):
            with suppress(AttributeError, ValueError, OSError):
                resource.setrlimit(getattr(resource, f"RLIMIT_{limit}"), (most, most))
    if sys.platform == "linux":
        import ctypes  # os.unshare came with Python 3.12

        ctypes.CDLL(None).unshare(_CLONE_NEW_USER_AND_NET)  # where it is allowed: no network at all
    sys.addaudithook(_forbid)


def _forbid(event: str, _: object) -> None:
    if event.startswith(_FORBIDDEN) or event == "os.system":
        raise PermissionError(event)


def _answer(raw: bytes, job: dict[str, Any]) -> dict[str, object]:
    from .formats import read
    from .found import Text, Unreadable

    text = Text(job["characters"])
    answer: dict[str, object] = {"kind": "", "text": "", "refusal": "", "notices": {}}
    try:
        kind, whole = read(raw, job["name"], text)
        answer |= {"kind": kind, "text": whole, "notices": +text.notices}
    except Unreadable as error:
        answer["refusal"] = error.code
    except (MemoryError, RecursionError):
        answer["refusal"] = "too_much"
    except Exception:  # a parser's own, of any class: their text could quote the document
        answer["refusal"] = "failed"
    return answer
