"""`homeward cache warm`: asks now, at home and for free, what will be asked later."""

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import anyio
import anyio.to_thread

from cache import SemanticCache, exact_only
from mcp_server.cli.cache import cache_of, entries, plain_request
from mcp_server.cli.running import screen, with_app
from mcp_server.wiring import App
from switchboard import Request
from switchboard.errors import InvalidRequest
from switchboard.reading import read
from vocabulary import HomewardError

EXPIRES_WITHIN_S = 6 * 60 * 60
LARGEST_FILE = 2**20
CALLER = "homeward ask"


def warm(path: Path | None, *, most: int, minutes: float) -> None:
    """Ask the questions of a file, one a line, or your own that are asked often and expire soon.

    Only models at home are asked, and only where one of them would be asked anyway: a weaker
    answer never takes the place of one that a cloud would give.
    """

    async def work(app: App) -> None:
        cache = cache_of(app)
        requests = (
            await anyio.to_thread.run_sync(_expiring, app, cache)
            if path is None
            else [plain_request(line, CALLER) for line in _lines(path)]
        )
        await anyio.to_thread.run_sync(app.encoder.wait, 10)
        done: Counter[str] = Counter()
        with anyio.move_on_after(minutes * 60) as time_limit:
            for request in requests[:most]:
                done[await _ask(app, request, again=path is None)] += 1
        out = screen()
        asked = done.pop(ASKED, 0)
        out.print(f"Asked {'1 question' if asked == 1 else f'{asked} questions'} at home.")
        for reason, number in done.most_common():
            out.print(f"Left out {number}: {reason}.")
        if time_limit.cancelled_caught:
            out.print(f"Stopped after {minutes:g} minutes.")

    with_app(work)


ASKED = ""


async def _ask(app: App, request: Request, *, again: bool) -> str:
    """Why a question was left out; `ASKED` where a model at home answered it."""
    if reason := exact_only(request.prompt):
        return f"it {reason}"
    try:
        decision = await app.switchboard.plan(request)
        at_home = {model.id for model in await app.fleet.models() if model.local}
        if not decision.considered or decision.considered[0] not in at_home:
            return "no model at home would be asked"
        asked = Request(
            prompt=request.prompt,
            caller=request.caller,
            origin=request.origin,
            at_home=True,
            fresh=again,
        )
        answer = await app.switchboard.answer(asked)
    except HomewardError:
        return "no model at home could answer"
    return ASKED if answer.cached == "no" else "remembered already"


def _expiring(app: App, cache: SemanticCache) -> list[Request]:
    """What was served most, is about to expire, and was asked with nothing but the question."""
    now = time.time() * 1000
    found = []
    for each in entries(cache):
        soon = now < each.found.expires < now + EXPIRES_WITHIN_S * 1000
        if not (soon and each.found.hits and each.found.answer.local):
            continue
        request = plain_request(each.found.question, CALLER)
        if app.memory.question(read(request, app.house, began=0)).scope == each.scope:
            found.append((each.found.hits, request))
    found.sort(key=lambda pair: -pair[0])
    return [request for _, request in found]


def _lines(path: Path) -> Sequence[str]:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise InvalidRequest(f"{path} is larger than 1 MB.", fix="Name fewer questions.")
        return [line.strip() for line in content.decode("utf-8").splitlines() if line.strip()]
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"{path} is not UTF-8 text.", fix="Save it as UTF-8.") from error
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}.") from error
