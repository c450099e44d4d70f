"""llama.cpp's own HTTP server, for machines without Ollama (extra `embedded`).

`OpenAICompatible` speaks to it like to any other server.
"""

import importlib.util
import json
import os
import secrets
import subprocess
import sys
import weakref
from contextlib import suppress
from pathlib import Path

from routing.errors import ProviderRejected, ProviderUnavailable

_CHILD = Path(__file__).with_name("llamacpp_child.py")


class EmbeddedServer:
    """Serves one GGUF model on a free port of 127.0.0.1, behind a key of its own.

    `alias` is the model's name there. `chat_template` (Jinja) replaces the model's own, and
    answers end at any text of `stop`. `context` is in tokens and shared by `parallel` answers at
    once. Answers are the likeliest ones where a request names no temperature. Loading takes
    seconds for a real model: make it in a worker thread. `threads` is half of the processors if it
    is not given: with all of them one busy neighbour makes it ten times slower.

    It runs in a process of its own, with nothing but llama.cpp in it: there an assertion of
    llama.cpp's ends no assistant's server, and it can be ended while it answers, which deadlocks
    within one process (xllamacpp 2026.10 holds the interpreter's lock until the last answer has
    been taken). It ends with `close()`, and at the latest with this process, however that dies.

    Raises:
        ProviderRejected: the extra is not installed.
        ProviderUnavailable: the file is no model that llama.cpp can load.
    """

    def __init__(
        self,
        model_path: Path,
        *,
        alias: str,
        chat_template: str | None = None,
        stop: tuple[str, ...] = (),
        context: int = 4096,
        parallel: int = 1,
        threads: int | None = None,
    ) -> None:
        if importlib.util.find_spec("xllamacpp") is None:
            raise ProviderRejected(
                "The embedded llama.cpp server is not installed.",
                fix="Install it with `pip install 'homeward[embedded]'`, or use Ollama instead.",
                provider="llamacpp",
            )
        self.key = secrets.token_urlsafe(32)
        process = _start()
        # Also runs when the process ends in good order; when it does not, stdin ends.
        self._close = weakref.finalize(self, _end, process)
        settings: dict[str, object] = {
            "model": str(model_path),
            "alias": alias,
            "key": self.key,
            "chat_template": chat_template,
            "stop": stop,
            "context": context,
            "parallel": parallel,
            "threads": threads or max(1, (os.cpu_count() or 2) // 2),
        }
        root = _told(process, settings)
        if not root:
            self.close()
            raise ProviderUnavailable(
                f"llama.cpp could not load {model_path.name}.",
                fix="Check that the file is a whole GGUF model and that there is memory enough.",
                provider="llamacpp",
            )
        self.address = f"{root}/v1"

    def close(self) -> None:
        """Stops the server and frees the model; a second call does nothing."""
        self._close()


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603  # our own script
        # -P: the modules beside the script are named like the libraries they speak through.
        [sys.executable, "-P", str(_CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        start_new_session=True,  # a Ctrl-C at the terminal is the parent's to handle
    )


def _told(process: subprocess.Popen[str], settings: dict[str, object]) -> str:
    """Gives the process its settings; the address it serves at, empty if it ended instead."""
    if process.stdin is None or process.stdout is None:
        raise AssertionError
    with suppress(BrokenPipeError):
        process.stdin.write(json.dumps(settings) + "\n")
        process.stdin.flush()
    return process.stdout.readline().strip()


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()
