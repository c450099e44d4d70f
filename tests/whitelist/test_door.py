"""Nothing leaves but through the door, and the door opens only for what a person allowed."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import anyio.abc
import httpx
import httpx2
import pytest

from whitelist import Door, Refused, Unusable, Whitelist, WhitelistError, WhitelistFile

pytestmark = pytest.mark.anyio

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: id=1; Path=/\r\n\r\nok"


@dataclass
class Server:
    """A real server on the loopback; counts who connects, and keeps what they said first."""

    port: int
    said: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def serving(answer: bytes = ANSWER) -> AsyncIterator[Server]:
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    attributes = listener.extra_attributes
    server = Server(attributes[anyio.abc.SocketAttribute.local_port]())

    async def handle(stream: anyio.abc.SocketStream) -> None:
        async with stream:
            server.said.append(b"")
            try:
                while True:
                    server.said[-1] += await stream.receive()
                    await stream.send(answer)
            except (anyio.EndOfStream, anyio.BrokenResourceError):
                pass

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, handle)
        yield server
        tasks.cancel_scope.cancel()
    await listener.aclose()


@asynccontextmanager
async def opened(
    *origins: str, cloud_apis: tuple[str, ...] = (), proxy: str | None = None
) -> AsyncIterator[Door]:
    door = Door(origins=origins, whitelist=lambda: Whitelist(cloud_apis=cloud_apis), proxy=proxy)
    try:
        yield door
    finally:
        await door.aclose()


async def ask(door: Door, url: str, *, legacy: bool) -> tuple[int, str]:
    """As providers do: httpx2 by the shared client, httpx 0.28 by a client of their own."""
    if not legacy:
        answer = await door.client().get(url)
        return answer.status_code, answer.text
    client = httpx.AsyncClient(
        transport=door.legacy_transport(), trust_env=False, follow_redirects=True
    )
    async with client:
        answered = await client.get(url)
        return answered.status_code, answered.text


both = pytest.mark.parametrize("legacy", [False, True], ids=["httpx2", "httpx"])


@both
async def test_a_declared_origin_is_reached(legacy: bool) -> None:
    async with serving() as server, opened(server.url) as door:
        assert await ask(door, f"{server.url}/api/tags", legacy=legacy) == (200, "ok")


@both
async def test_a_listed_cloud_is_reached(legacy: bool) -> None:
    async with serving() as server, opened(cloud_apis=(f"127.0.0.1:{server.port}",)) as door:
        assert await ask(door, server.url, legacy=legacy) == (200, "ok")


@both
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://127.0.0.1.:{port}/",
        "http://127.1:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f000001:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://0.0.0.0:{port}/",
        "https://127.0.0.1:{port}/",
        "http://user:pw@127.0.0.1:{port}/",
    ],
)
async def test_a_forbidden_host_opens_no_socket(
    url: str, legacy: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened_sockets: list[object] = []
    async with serving() as server, opened("http://127.0.0.1:1") as door:
        monkeypatch.setattr(socket, "getaddrinfo", opened_sockets.append)
        with pytest.raises(Refused) as caught:
            await ask(door, url.format(port=server.port), legacy=legacy)
        monkeypatch.undo()
        assert server.said == []
    assert opened_sockets == []
    assert caught.value.rule
    assert "pw" not in str(caught.value)


async def test_a_refusal_names_the_rule_and_the_way_out() -> None:
    async with opened(cloud_apis=("openai.com",)) as door:
        with pytest.raises(Refused) as caught:
            await door.client().post("https://api.openai.com/v1/chat/completions?key=abc")
    assert caught.value.rule == "cloud_apis has no entry for api.openai.com"
    assert caught.value.fix == "Run `homeward whitelist add cloud_api api.openai.com`."
    assert "abc" not in str(caught.value)


async def test_an_address_that_the_transport_reads_otherwise_is_refused() -> None:
    async with opened(cloud_apis=("api.openai.com",)) as door:
        with pytest.raises(Refused, match="more than one way"):
            await door.client().get("https://api.openai.com./v1")


async def test_an_origin_is_only_that_port() -> None:
    async with serving() as other, opened("http://127.0.0.1:11434") as door:
        with pytest.raises(Refused):
            await door.client().get(other.url)
        assert other.said == []


@both
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_an_error_even_to_a_host_that_is_allowed(
    status: int, legacy: bool
) -> None:
    async with serving() as other:
        answer = f"HTTP/1.1 {status} x\r\nLocation: {other.url}\r\nContent-Length: 0\r\n\r\n"
        async with serving(answer.encode()) as server, opened(server.url, other.url) as door:
            with pytest.raises(Refused) as caught:
                await ask(door, server.url, legacy=legacy)
        assert caught.value.rule == "no redirects"
        assert other.said == []


@both
async def test_proxies_of_the_environment_are_ignored(
    legacy: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving() as server, serving() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
            monkeypatch.setenv(name, proxy.url)
        here = f"127.0.0.1:{server.port}"
        async with opened(server.url, cloud_apis=(here,)) as door:
            assert await ask(door, server.url, legacy=legacy) == (200, "ok")
            with pytest.raises((httpx2.ConnectError, httpx.ConnectError)):
                await ask(door, f"https://{here}", legacy=legacy)  # it speaks no TLS
        assert proxy.said == []
        assert len(server.said) == 2


@both
async def test_a_proxy_of_the_settings_carries_what_leaves_and_nothing_else(legacy: bool) -> None:
    refusal = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    async with (
        serving() as server,
        serving(refusal) as proxy,
        opened(server.url, cloud_apis=("api.allowed.example",), proxy=proxy.url) as door,
    ):
        assert await ask(door, server.url, legacy=legacy) == (200, "ok")
        assert proxy.said == []
        with pytest.raises((httpx2.ProxyError, httpx.ProxyError)):
            await ask(door, "https://api.allowed.example/v1", legacy=legacy)
        assert proxy.said[0].startswith(b"CONNECT api.allowed.example:443 ")
        with pytest.raises(Refused):
            await ask(door, "https://api.forbidden.example/v1", legacy=legacy)
        assert len(proxy.said) == 1


async def test_an_unknown_certificate_is_not_accepted_on_the_loopback_either() -> None:
    async with serving() as server, opened(f"https://127.0.0.1:{server.port}") as door:
        with pytest.raises(httpx2.ConnectError):
            await door.client().get(f"https://127.0.0.1:{server.port}")


async def test_the_whitelist_counts_as_it_is_now(tmp_path: Path) -> None:
    file = WhitelistFile(tmp_path / "whitelist.toml")
    door = Door(origins=(), whitelist=file.current)
    async with serving() as server:

        def write(text: str) -> None:
            file.path.write_text(text)
            file.path.chmod(0o600)

        with pytest.raises(Refused):
            await door.client().get(server.url)
        write(f'cloud_apis = ["127.0.0.1:{server.port}"]')
        assert (await door.client().get(server.url)).status_code == 200
        write("")
        with pytest.raises(Refused):
            await door.client().get(server.url)
        write("damaged")
        with pytest.raises(WhitelistError):
            await door.client().get(server.url)
        assert len(server.said) == 1
        await door.aclose()


async def test_no_cookie_is_kept() -> None:
    async with serving() as server, opened(server.url) as door:
        await door.client().get(server.url)
        await door.client().get(server.url)
        assert b"cookie" not in b"".join(server.said).lower()
        assert len(door.client().cookies) == 0


async def test_a_process_has_one_client_and_one_transport() -> None:
    async with opened() as door:
        assert door.client() is door.client()
        assert door.legacy_transport() is door.legacy_transport()


async def test_a_door_that_was_closed_opens_new_connections() -> None:
    async with serving() as server, opened(server.url) as door:
        for _ in range(2):
            for legacy in (False, True):
                assert await ask(door, server.url, legacy=legacy) == (200, "ok")
            await door.aclose()


async def test_a_server_of_ones_own_process_can_be_admitted_on_the_loopback_only() -> None:
    async with serving() as server, opened() as door:
        door.admit(server.url)
        assert (await door.client().get(server.url)).status_code == 200
        with pytest.raises(Unusable):
            door.admit("http://192.168.1.5:80")


def test_a_declared_origin_must_be_readable() -> None:
    with pytest.raises(Unusable):
        Door(origins=("127.0.0.1:11434",), whitelist=Whitelist)
