"""Homeward's one path in process: gates, budget, ledger, audit, for a cloud that is allowed.

python homeward_switchboard.py ADDRESS CALLS [cached], run with the repository on the path. The
semantic cache is off, as it is with the peers, unless `cached` is said.
"""

import tempfile
from pathlib import Path

from timing import main, prompt, race

from bench.race.homes import home
from mcp_server.wiring import build
from switchboard import Request


async def switchboard(address, calls, cached=""):
    with tempfile.TemporaryDirectory() as name:
        own = home(Path(name), address, cached=bool(cached))
        app = build(own.places, environ=own.environ)
        if cached:
            app.encoder.wait(60)

        async def call(number):
            answer = await app.switchboard.answer(
                Request(prompt=prompt(number), model="openai/gpt-6-luna", max_tokens=400)
            )
            assert answer.text

        try:
            await race(call, int(calls))
        finally:
            await app.aclose()


main(switchboard)
