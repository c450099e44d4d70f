"""What a client over HTTP may not do: be somebody else, send too much, be slow, or be many."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mcp_server.connections import CROWD, HEADER_BYTES, WHOLE_REQUEST_S
from mcp_server.http import BODY_BYTES, SESSIONS
from tests.homes import EASY, Home
from tests.mcp_server.processes import HOMEWARD, Raw, free_port, until, wait_for
from tests.mcp_server.speaking import ACCEPT, bearing, initialize, message, modern

pytestmark = pytest.mark.slow
TOKEN = "wjq7-Zk2m-9fTx-bR4d-6hNc-Y3vs-P8wl"
HEAD = b"POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
HALF = '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"check_allowed","arguments":'
HALF += '{"resource_type":"domain","resource_name":"a \\ud800 b"}}}'


class Server:
    """A real process on a free port of every address of this machine or of loopback."""

    def __init__(self, port: int, process: "subprocess.Popen[bytes]") -> None:
        self.port = port
        self.address = f"http://127.0.0.1:{port}/mcp"
        self._process = process
        self.http = httpx2.Client(trust_env=False, timeout=60)

    def post(self, **request: Any) -> httpx2.Response:
        return self.http.post(self.address, **request)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def memory_mb(self) -> float:
        pages = Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def serving(home: Home, *more: str, **environ: str) -> Iterator[Server]:
    port = free_port()
    process = subprocess.Popen(
        [HOMEWARD, "mcp", "--transport", "streamable-http", "--port", str(port), *more],
        env=home.for_process() | environ,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process)
        server = Server(port, process)
        yield server
        server.http.close()
    finally:
        process.terminate()
        process.wait(10)


# --- somebody else --------------------------------------------------------------------------


def test_on_every_address_host_origin_and_token_are_looked_at(home: Home) -> None:
    names = ("--host", "0.0.0.0", "--public-host", "home.lan")
    ask = bearing(modern("tools/list"), TOKEN)

    def with_header(**changed: str) -> int:
        headers = {**ask["headers"], **changed}
        return server.post(headers=headers, json=ask["json"]).status_code

    with serving(home, *names, HOMEWARD_TOKEN=TOKEN) as server:
        assert with_header() == 200
        assert with_header(host="home.lan") == 200
        assert with_header(authorization=f"bearer {TOKEN}") == 200
        assert with_header(host="Home.Lan.") == 200
        assert with_header(host=f"HOME.lan.:{server.port}") == 200
        assert with_header(origin="https://Home.LAN") == 200
        assert with_header(host="evil.example") == 421
        assert with_header(host="home.lan.evil.example") == 421
        assert with_header(origin="https://evil.example") == 403
        assert with_header(origin="null") == 403
        assert with_header(authorization="Bearer sk-1234") == 401
        assert with_header(authorization=TOKEN) == 401
        assert server.post(**modern("tools/list")).status_code == 401


# --- too much -------------------------------------------------------------------------------


def test_what_is_too_large_is_refused_and_the_next_request_is_answered(home: Home) -> None:
    def in_pieces() -> Iterator[bytes]:
        for _ in range(BODY_BYTES // 65536 + 2):
            yield b" " * 65536

    ask = modern("tools/list")
    plain = {**ask["headers"], "content-type": "application/json"}
    with serving(home) as server:
        whole = server.post(headers=plain, content=b" " * (BODY_BYTES + 1))
        pieces = server.post(headers=plain, content=in_pieces())
        with server.connect() as connection:
            connection.sendall(HEAD + b"x-long: " + b"a" * 2 * HEADER_BYTES)
            header = connection.recv(65536)
        after = server.post(**ask)
    assert (whole.status_code, pieces.status_code) == (413, 413)
    assert header.startswith(b"HTTP/1.1 400 ")
    assert after.status_code == 200


def test_of_more_sessions_than_there_is_room_for_the_last_are_refused(home: Home) -> None:
    with serving(home) as server:
        begun = [server.post(**initialize()) for _ in range(SESSIONS + 1)]
        session = {**ACCEPT, "mcp-session-id": begun[0].headers["mcp-session-id"]}
        assert [answer.status_code for answer in begun] == [*[200] * SESSIONS, 503]
        assert server.post(headers=session, json=PING).status_code == 200
        assert server.post(**modern("tools/list")).status_code == 200
        server.http.delete(server.address, headers=session)
        assert server.post(**initialize()).status_code == 200


# --- half a character -------------------------------------------------------------------------


def test_half_a_character_over_http_is_told_and_the_session_goes_on(home: Home) -> None:
    with serving(home) as server:
        began = server.post(**initialize()).headers["mcp-session-id"]
        session = {**ACCEPT, "mcp-session-id": began, "content-type": "application/json"}
        older = server.post(headers=session, content=HALF)
        ask = modern("tools/call", name="check_allowed", arguments={})
        ask["json"]["params"] |= json.loads(HALF)["params"]
        body = json.dumps(ask.pop("json"))
        ask["headers"]["content-type"] = "application/json"
        newer = server.post(**ask, content=body)
        assert server.post(headers=session, json=PING).status_code == 200
        assert server.post(**modern("tools/list")).status_code == 200
    assert (older.status_code, older.json()["error"]["code"]) == (400, -32700)
    assert newer.status_code < 500
    told = message(newer)
    assert (
        "error" in told
        or told["result"]["isError"]
        or not told["result"]["structuredContent"]["allowed"]
    )


def test_half_a_character_over_stdio_is_told_to_its_call_and_the_session_goes_on(
    home: Home,
) -> None:
    with Raw(home) as server:
        assert server.process.stdin is not None
        for line in (HALF, "", "no message", "[]"):
            server.process.stdin.write(line.encode() + b"\n")
        server.send("ping", 8)
        told = [server.read() for _ in range(4)]
    assert [(each["id"], each.get("error", {}).get("code")) for each in told] == [
        (7, -32700),
        (None, -32700),
        (None, -32700),
        (8, None),
    ]
    assert "Half a character" in told[0]["error"]["message"]


# --- slow -----------------------------------------------------------------------------------


STARTS = {
    "nothing": b"",
    "half the headers": HEAD,
    "half the body": HEAD + b"content-length: 100000\r\n\r\n{",
    "a byte now and then": HEAD + b"x-slow: ",
}


def test_who_does_not_send_a_whole_request_in_time_is_closed(home: Home) -> None:
    with serving(home) as server, ExitStack() as open_ones:
        slow = {name: open_ones.enter_context(server.connect()) for name in STARTS}
        for name, connection in slow.items():
            connection.sendall(STARTS[name])
            connection.settimeout(0.2)
        closed: set[str] = set()

        def all_closed() -> bool:
            for name in slow.keys() - closed:
                try:
                    if name == "a byte now and then":
                        slow[name].sendall(b"a")
                    if slow[name].recv(1) == b"":
                        closed.add(name)
                except TimeoutError:
                    continue
                except ConnectionError:
                    closed.add(name)
            return closed == slow.keys()

        until(all_closed, WHOLE_REQUEST_S * 3)
        assert server.post(**modern("tools/list")).status_code == 200


# --- many -----------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads memory from /proc")
def test_among_a_thousand_connections_that_wait_others_are_answered(home: Home) -> None:
    def answered() -> bool:
        with httpx2.Client(trust_env=False, timeout=60) as newcomer:
            return newcomer.post(server.address, **modern("tools/list")).status_code == 200

    first = {"prompt": EASY, "dry_run": True}
    with serving(home) as server, ExitStack() as crowd:
        # What it loads once, for the first prompt, is not the crowd's.
        server.post(**modern("tools/call", name="route_prompt", arguments=first))
        before = server.memory_mb()
        for number in range(1000):
            each = crowd.enter_context(server.connect())
            each.sendall(HEAD[: 1 + number % len(HEAD)])
            assert number % 100 < 99 or answered()
        assert server.memory_mb() - before < 64


def test_open_streams_keep_nobody_out(home: Home) -> None:
    def opening(session: str) -> bytes:
        fields = {"host": f"127.0.0.1:{server.port}", **ACCEPT, "mcp-session-id": session}
        lines = [f"{name}: {value}\r\n" for name, value in fields.items()]
        return f"GET /mcp HTTP/1.1\r\n{''.join(lines)}\r\n".encode()

    with serving(home) as server, ExitStack() as crowd:
        begun = [server.post(**initialize()) for _ in range(CROWD + 20)]
        streams = []
        for answer in begun:
            stream = crowd.enter_context(server.connect())
            stream.sendall(opening(answer.headers["mcp-session-id"]))
            assert stream.recv(12) == b"HTTP/1.1 200"
            streams.append(stream)
        with httpx2.Client(trust_env=False, timeout=60) as newcomer:
            after = newcomer.post(server.address, **modern("tools/list"))
        streams[-1].settimeout(0.2)
        assert after.status_code == 200
        assert closed(streams[0])
        assert not closed(streams[-1])


def closed(connection: socket.socket) -> bool:
    """Whether the other end has closed it, once all that it sent before is read."""
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    return True


def test_the_crowd_is_smaller_than_what_a_process_may_open() -> None:
    assert CROWD < 256
