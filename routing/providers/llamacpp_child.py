"""The process in which llama.cpp serves: run as a script by `llamacpp.py`, never imported.

Reads one line of JSON from stdin (the settings, the key among them), serves, and writes one line
with the address to stdout. It ends when stdin does, so also when its parent is killed.
"""

import json
import os
import sys
from typing import Any

import xllamacpp

_SILENT = -1


def params_of(settings: dict[str, Any]) -> Any:
    """llama.cpp's settings for ours."""
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
    server = xllamacpp.Server(params_of(json.loads(sys.stdin.readline())))
    sys.stdout.write(server.listening_address + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    # Not through the server's destructor, which waits for answers that nobody takes any more.
    os._exit(0)


main()
