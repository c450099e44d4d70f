"""llama.cpp's own HTTP server in this process, for machines without Ollama (extra `embedded`).

`OpenAICompatible` speaks to it like to any other server.
"""

import importlib
import secrets
import weakref
from pathlib import Path
from types import ModuleType
from typing import Any

from routing.errors import ProviderRejected, ProviderUnavailable

_SILENT = -1
"""llama.cpp logs nothing at this verbosity; its logs would else reach stderr."""


class EmbeddedServer:
    """Serves one GGUF model on a free port of 127.0.0.1, behind a key of its own.

    `alias` is the model's name there. `chat_template` (Jinja) replaces the model's own, and
    answers end at any text of `stop`. `context` is in tokens and shared by `parallel` answers at
    once. Answers are the likeliest ones where a request names no temperature. Loading takes
    seconds for a real model: make it in a worker thread. It ends with `close()`, and at the
    latest with this process.

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
        threads: int = 2,
    ) -> None:
        library = _library()
        self.key = secrets.token_urlsafe(32)
        params = library.CommonParams()
        params.verbosity = _SILENT
        params.model.path = str(model_path)
        params.model_alias = {alias}
        params.hostnames = ["127.0.0.1"]
        params.port = 0
        params.api_keys = [self.key]
        params.ui = False
        params.endpoint_metrics = True
        params.warmup = False
        params.cache_ram_mib = 0
        params.n_ctx = context
        params.n_parallel = parallel
        params.cpuparams.n_threads = threads
        params.cpuparams_batch.n_threads = threads
        params.sampling.temp = 0.0
        params.antiprompt = list(stop)
        if chat_template is not None:
            params.chat_template = chat_template
            params.use_jinja = True
        held: dict[str, Any] = {"server": _start(library, params, model_path)}
        self.address = f"{held['server'].listening_address}/v1"
        # Dropping the server is what stops it; this also happens when the process ends.
        self._close = weakref.finalize(self, held.clear)

    def close(self) -> None:
        """Stops the server and frees the model; a second call does nothing."""
        self._close()


def _library() -> ModuleType:
    try:
        return importlib.import_module("xllamacpp")
    except ImportError:
        raise ProviderRejected(
            "The embedded llama.cpp server is not installed.",
            fix="Install it with `pip install 'homeward[embedded]'`, or use Ollama instead.",
            provider="llamacpp",
        ) from None


def _start(library: ModuleType, params: Any, model_path: Path) -> Any:
    try:
        server = library.Server(params)
        # A server that is stopped before its loop has begun never stops (xllamacpp 2026.10). This
        # is answered by the loop, and so waits for it.
        server.handle_metrics()
        return server
    except Exception:
        raise ProviderUnavailable(
            f"llama.cpp could not load {model_path.name}.",
            fix="Check that the file is a whole GGUF model and that there is memory enough.",
            provider="llamacpp",
        ) from None
