"""The process in which llama.cpp serves: run as a script by `llamacpp.py`, never imported.

Reads one line of JSON from stdin (the settings, the key among them), serves, and writes one line
with the address to stdout. It ends when stdin does, so also when its parent is killed.
"""

import json
import os
import select
import sys
from typing import Any

_SILENT = -1


def end_with_stdin() -> None:
    """Has the kernel end this process with its stdin, also while a model is loading (Linux only).

    The pipe sends SIGIO, whose default is to end the process, when its other end is closed. Not
    PR_SET_PDEATHSIG: that fires when the *thread* that started us ends, and ours are short-lived.
    """
    if sys.platform == "linux":
        import fcntl

        fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)
        watch = select.poll()
        watch.register(0, select.POLLIN)
        if watch.poll(0):
            os._exit(0)  # it had ended before the kernel knew that we care


def params_of(settings: dict[str, Any]) -> Any:
    """llama.cpp's settings for ours."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.verbosity = _SILENT
    params.model.path = settings["model"]
    params.model_alias = {settings["alias"]}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [settings["key"]]
    params.ui = False
    params.warmup = False
    params.cache_ram_mib = 0
    params.n_ctx = settings["context"]
    params.n_parallel = settings["parallel"]
    params.cpuparams.n_threads = settings["threads"]
    params.cpuparams_batch.n_threads = settings["threads"]
    params.sampling.temp = 0.0
    params.antiprompt = settings["stop"]
    if settings["chat_template"] is not None:
        params.chat_template = settings["chat_template"]
        params.use_jinja = True
    return params


def main() -> None:
    settings = json.loads(sys.stdin.readline())
    end_with_stdin()
    import xllamacpp

    try:
        server = xllamacpp.Server(params_of(settings))
        sys.stdout.write(server.listening_address + "\n")
        sys.stdout.flush()
        sys.stdin.read()
    finally:
        # Not through the server's destructor, which waits for answers that nobody takes any more.
        os._exit(0)


main()
