"""One page on this machine where a person decides one matter, and nobody else can.

The address holds no secret: a token that only the terminal shows is typed into the page before it
tells anything. Other sites that the browser has open are kept out by Host, Origin, Sec-Fetch-Site
and a nonce in every form, other programs by the token: five wrong ones end the page. It needs no
script and loads nothing.
"""

import hmac
import secrets
import socket
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template
from urllib.parse import parse_qsl

import anyio
import anyio.to_thread
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from mcp_server.matters import Matter
from mcp_server.same_origin import SameOriginOnly
from vocabulary import HomewardError
from whitelist.proposals import new_id

PATIENCE_SECONDS = 600.0
MAX_WRONG = 5
_MAX_BODY = 4096
_OPEN_AT_ONCE = 64


class ApprovalPage:
    """Tells one matter to whoever knows `token`, and takes the decision.

    `over` is set at the end; `said` is then what was decided, or None.
    """

    def __init__(self, matter: Matter) -> None:
        self.token = f"{new_id()[:4]}-{new_id()[:4]}"
        self.over = anyio.Event()
        self.said: str | None = None
        self._matter = matter
        self._wrong = 0
        self._closed: deque[str] = deque(maxlen=_OPEN_AT_ONCE)  # nonces of forms for the token
        self._opened = ""  # the nonce of the form for the decision

    def application(self, host: str) -> ASGIApp:
        """The page, answering under `host` (`127.0.0.1:port`) only."""
        app = Starlette(
            routes=[
                Route("/", self._closed_page, methods=["GET"]),
                Route("/", self._open, methods=["POST"]),
                Route("/decide", self._decide, methods=["POST"]),
            ]
        )
        return SameOriginOnly(app, host=host, policy=_policy(_view("approve.css")))

    async def _closed_page(self, _: Request) -> HTMLResponse:
        return _page(self._token_form())

    async def _open(self, request: Request) -> HTMLResponse:
        given = await _fields(request)
        if self.over.is_set() or given.get("nonce") not in self._closed:
            return _page(self._token_form(_STALE), 403)
        self._closed.remove(given["nonce"])
        typed = "".join(given.get("token", "").lower().replace("-", "").split())
        if not hmac.compare_digest(typed.encode(), self.token.replace("-", "").encode()):
            return self._not_right(self._token_form)
        return _page(self._matter_form())

    async def _decide(self, request: Request) -> HTMLResponse:
        given = await _fields(request)
        nonce, self._opened = self._opened, ""
        if not nonce or not hmac.compare_digest(given.get("nonce", "").encode(), nonce.encode()):
            return _page(self._token_form(_STALE), 403)
        choice, typed = given.get("choice", ""), given.get("typed", "")
        try:
            said = await anyio.to_thread.run_sync(self._matter.settle, choice, typed)
        except HomewardError as error:
            return self._not_right(self._matter_form, str(error))
        return self._end(said)

    def _not_right(
        self, again: Callable[[str], str], problem: str = "That is not the code."
    ) -> HTMLResponse:
        self._wrong += 1
        if self._wrong < MAX_WRONG:
            return _page(again(problem), 403)
        self.over.set()
        return _page("<h1>That was wrong too often</h1><p>Nothing was decided.</p>", 403)

    def _end(self, said: str) -> HTMLResponse:
        self.said = said
        self.over.set()
        return _page(f"<h1>Done</h1><p>{escape(said)}</p><p>You can close this page.</p>")

    def _token_form(self, problem: str = "") -> str:
        nonce = secrets.token_urlsafe(32)
        self._closed.append(nonce)
        return _filled(_view("token.html"), nonce=nonce, problem=_alert(problem))

    def _matter_form(self, problem: str = "") -> str:
        self._opened = secrets.token_urlsafe(32)
        matter = self._matter
        retyped = [choice for choice in matter.choices if choice.retype]
        return _filled(
            _view("matter.html"),
            nonce=self._opened,
            problem=_alert(problem),
            title=escape(matter.title),
            facts="".join(f"<dt>{escape(n)}</dt><dd>{escape(v)}</dd>" for n, v in matter.facts),
            choices="".join(
                _filled(
                    _view("choice.html"),
                    name=escape(choice.name),
                    label=escape(choice.label),
                    checked="checked" if choice is matter.choices[0] else "",
                )
                for choice in matter.choices
            ),
            retype="".join(
                _filled(
                    _view("retype.html"), label=escape(choice.label), entry=escape(choice.retype)
                )
                for choice in retyped
            ),
        )


_STALE = "This form was used before, or is too old."


async def serve(
    page: ApprovalPage,
    *,
    ready: Callable[[str], None],
    patience: float = PATIENCE_SECONDS,
) -> str | None:
    """Serve the page on a free port of this machine until its end, or for `patience` seconds.

    `ready` is told the address. What was decided, or None.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host = f"127.0.0.1:{listening.getsockname()[1]}"
        config = uvicorn.Config(
            page.application(host),
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        server = uvicorn.Server(config)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(partial(server.serve, sockets=[listening]))
            ready(f"http://{host}/")
            with anyio.move_on_after(patience):
                await page.over.wait()
            server.should_exit = True
    return page.said


async def _fields(request: Request) -> Mapping[str, str]:
    """The fields of a form; none where it is longer than any of ours."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MAX_BODY:
            return {}
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _page(content: str, status: int = 200) -> HTMLResponse:
    style = _view("approve.css")
    return HTMLResponse(_filled(_view("approve.html"), style=style, content=content), status)


def _policy(style: str) -> str:
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def _alert(problem: str) -> str:
    return f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""


def _filled(template: str, **values: str) -> str:
    return Template(template).substitute(values)


def _view(name: str) -> str:
    return files("mcp_server").joinpath("views", name).read_text(encoding="utf-8")
