"""Where the person has an OAuth server, its tokens open the HTTP door, and nothing else does."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import anyio
import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from mcp_server.http import application
from mcp_server.oauth import Guard, guard_of
from mcp_server.sections import Http
from mcp_server.server import create
from mcp_server.settings import SettingsError
from tests.homes import EASY, NOBODY, Home
from tests.mcp_server.processes import over_http
from tests.mcp_server.speaking import bearing, initialize, message, modern

ISSUER = "https://login.example"
AUDIENCE = "https://homeward.example/mcp"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CURVE = ec.generate_private_key(ec.SECP256R1())
STRANGERS = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public(key: Any, algorithm: Any, kid: str) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(algorithm.to_jwk(key.public_key()))
    return {**shown, "kid": kid, "use": "sig"}


KEYS = {
    "keys": [
        public(KEY, jwt.algorithms.RSAAlgorithm, "one"),
        public(CURVE, jwt.algorithms.ECAlgorithm, "two"),
    ]
}


class Published(BaseHTTPRequestHandler):
    """The issuer's public keys, and an address that only leads elsewhere."""

    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("location", "/keys")
            self.end_headers()
            return
        self.server.asked += 1  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(KEYS).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def published() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Published)
    server.asked = 0  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def address(server: HTTPServer, path: str = "/keys") -> str:
    return f"http://127.0.0.1:{server.server_port}{path}"


def token(key: Any = KEY, *, kid: str | None = "one", how: str = "RS256", **changed: Any) -> str:
    """A right token, but for what is changed; a claim that is None is left out."""
    right = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "exp": int(time.time()) + 86_400}
    claims = {**right, "scope": "homeward other", **changed}
    held = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(held, key, algorithm=how, headers={"kid": kid} if kid else None)


def guard(server: HTTPServer, path: str = "/keys") -> Guard:
    http = Http(issuer=ISSUER, audience=AUDIENCE, jwks=address(server, path), scopes=["homeward"])
    found = guard_of(http)
    assert found is not None
    return found


# --- what a token must be -------------------------------------------------------------------

LONG_AGO = int(time.time()) - 60
REFUSED = {
    "expired": token(exp=LONG_AGO),
    "not valid yet": token(nbf=int(time.time()) + 86_400),
    "for somebody else": token(aud="https://other.example/mcp"),
    "for nobody": token(aud=None),
    "without an end": token(exp=None),
    "of nobody": token(sub=None),
    "of somebody without a name": token(sub=""),
    "of a number": token(sub=7),
    "with a number as scope": token(scope=7),
    "with a yes or no as scope": token(scope=False),
    "with an object as scope": token(scope={"homeward": 1}),
    "with nothing as scope": jwt.encode(
        {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "exp": 2**40, "scope": None},
        KEY,
        algorithm="RS256",
        headers={"kid": "one"},
    ),
    "with scopes that are numbers": token(scope=None, scp=[7]),
    "with an end that never comes": token(exp=float("inf")),
    "with a header without an end": "W" * 12_000 + ".e30.e30",
    "by another issuer": token(iss="https://evil.example"),
    "signed by a stranger": token(STRANGERS),
    "with an unknown key": token(kid="three"),
    "with no key named": token(kid=None),
    "not signed": token(None, how="none"),
    "signed with a shared secret": token("a" * 64, how="HS256"),
    "under another key's name": token(CURVE, how="ES256", kid="one"),
    "not a token": "x.y.z",
    "empty": "",
}


@pytest.mark.anyio
@pytest.mark.parametrize("given", REFUSED.values(), ids=list(REFUSED))
async def test_any_other_token_is_nobodys(published: HTTPServer, given: str) -> None:
    assert await guard(published).tokens.verify_token(given) is None


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("given", "client", "scopes"),
    [
        (token(), "ada", ["homeward", "other"]),
        (token(CURVE, kid="two", how="ES256", client_id="app"), "app", ["homeward", "other"]),
        (token(aud=["https://other.example", AUDIENCE]), "ada", ["homeward", "other"]),
        (token(scope=None, scp=["homeward"], azp="app"), "app", ["homeward"]),
        (token(scope=None), "ada", []),
    ],
    ids=["rsa", "curve", "several audiences", "scopes as a list", "no scopes"],
)
async def test_a_right_token_says_who_and_what_for(
    published: HTTPServer, given: str, client: str, scopes: list[str]
) -> None:
    found = await guard(published).tokens.verify_token(given)
    assert found is not None
    assert (found.client_id, found.subject, found.scopes) == (client, "ada", scopes)
    assert found.resource == AUDIENCE


@pytest.mark.anyio
async def test_unknown_keys_do_not_make_us_ask_the_issuer_again_and_again(
    published: HTTPServer,
) -> None:
    tokens = guard(published).tokens
    before = published.asked  # type: ignore[attr-defined]
    for number in range(20):
        assert await tokens.verify_token(token(kid=f"made up {number}")) is None
    assert published.asked - before <= 2  # type: ignore[attr-defined]


@pytest.mark.anyio
async def test_while_the_issuer_cannot_be_reached_nobody_waits_for_it_twice() -> None:
    http = Http(issuer=ISSUER, audience=AUDIENCE, jwks=f"{NOBODY}/keys")
    found = guard_of(http)
    assert found is not None
    with anyio.fail_after(20):
        for _ in range(20):
            assert await found.tokens.verify_token(token()) is None


@pytest.mark.anyio
async def test_keys_are_not_sought_where_their_address_leads_on_to(published: HTTPServer) -> None:
    assert await guard(published, "/moved").tokens.verify_token(token()) is None


# --- settings -------------------------------------------------------------------------------


def test_a_token_of_ours_beside_an_oauth_server_is_refused(published: HTTPServer) -> None:
    both = guard(published)
    with pytest.raises(SettingsError, match="two ways"):
        application(
            create(guard=both),
            "sse",
            host="127.0.0.1",
            port=1,
            guard=both,
            environ={"HOMEWARD_TOKEN": "wjq7-Zk2m-9fTx-bR4d-6hNc-Y3vs-P8wl"},
        )


@pytest.mark.parametrize(
    "settings",
    [
        {"issuer": ISSUER},
        {"issuer": ISSUER, "audience": AUDIENCE},
        {"issuer": "http://login.example", "audience": AUDIENCE, "jwks": f"{ISSUER}/keys"},
        {"issuer": ISSUER, "audience": AUDIENCE, "jwks": "file:///etc/keys"},
        {"issuer": ISSUER, "audience": "https://ada:pw@homeward.example", "jwks": f"{ISSUER}/k"},
    ],
    ids=["issuer alone", "no keys", "no TLS", "a file", "with a password"],
)
def test_half_an_oauth_server_is_none(settings: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"belong together|a server's address is written"):
        Http(**settings)  # type: ignore[arg-type]


# --- the door -------------------------------------------------------------------------------


@contextmanager
def served(home: Home, server: HTTPServer) -> Iterator[str]:
    """Its address at a real process."""
    home.settings(
        f'[http]\nissuer = "{ISSUER}"\naudience = "{AUDIENCE}"\n'
        f'jwks = "{address(server)}"\nscopes = ["homeward"]\n'
    )
    with over_http(home, "streamable-http") as port:
        yield f"http://127.0.0.1:{port}"


@pytest.mark.slow
@pytest.mark.anyio
async def test_people_are_let_in_and_kept_apart_by_their_tokens(
    local_home: Home, published: HTTPServer
) -> None:
    ask = modern("tools/call", name="route_prompt", arguments={"prompt": EASY, "max_tokens": 20})
    with served(local_home, published) as root:
        async with httpx2.AsyncClient(trust_env=False, timeout=60) as http:
            nobody = await http.post(f"{root}/mcp", **ask)
            unsuited = await http.post(f"{root}/mcp", **bearing(ask, token(scope="other")))
            told = await http.get(f"{root}/.well-known/oauth-protected-resource/mcp")
            cached = []
            for person in ("ada", "bob", "ada"):
                answer = await http.post(f"{root}/mcp", **bearing(ask, token(sub=person)))
                cached.append(message(answer)["result"]["structuredContent"]["cached"])
            begun = await http.post(f"{root}/mcp", **bearing(initialize(), token(sub="ada")))
            session = {"mcp-session-id": begun.headers["mcp-session-id"]}
            ping = {**initialize(), "json": {"jsonrpc": "2.0", "id": 2, "method": "ping"}}
            ping["headers"] |= session
            own = await http.post(f"{root}/mcp", **bearing(ping, token(sub="ada")))
            others = await http.post(f"{root}/mcp", **bearing(ping, token(sub="bob")))
    assert (nobody.status_code, unsuited.status_code) == (401, 403)
    where = "https://homeward.example/.well-known/oauth-protected-resource/mcp"
    assert f'resource_metadata="{where}"' in nobody.headers["www-authenticate"]
    assert told.json()["resource"] == AUDIENCE
    assert told.json()["authorization_servers"] == [ISSUER]
    assert cached == ["no", "no", "exact"]
    assert (own.status_code, others.status_code) == (200, 404)
