"""Real Homeward processes, each ending with its test."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from mcp import StdioServerParameters

from tests.homes import Home

HOMEWARD = str(Path(sys.executable).with_name("homeward"))


def stdio(home: Home) -> StdioServerParameters:
    """How a host starts us."""
    return StdioServerParameters(command=HOMEWARD, args=["mcp"], env=home.for_process())


@contextmanager
def over_http(
    home: Home, transport: Literal["sse", "streamable-http"], *more: str, **environ: str
) -> Iterator[int]:
    """A server on a free loopback port; gives the port once it accepts connections."""
    port = free_port()
    command = [HOMEWARD, "mcp", "--transport", transport, "--port", str(port), *more]
    process = subprocess.Popen(
        command, env=home.for_process() | environ, stderr=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        out, _ = process.communicate(timeout=10)
        assert out == b""


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Until something listens on the port; a process that ended first is an error."""

    def listens() -> bool:
        assert process.poll() is None, "the server ended before it listened"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    until(listens)


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for something that another process or thread will bring about, which needs the cores."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        threading.Event().wait(0.005)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Raw:
    """A process spoken to over bare pipes, to see every byte it writes."""

    def __init__(self, home: Home) -> None:
        self.process = subprocess.Popen(
            [HOMEWARD, "mcp"],
            env=home.for_process(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.lines: list[bytes] = []

    def __enter__(self) -> "Raw":
        self.send(
            "initialize",
            1,
            protocolVersion="2025-11-25",
            capabilities={},
            clientInfo={"name": "raw", "version": "0"},
        )
        assert self.read()["result"]["serverInfo"]["name"] == "homeward"
        self.send("notifications/initialized")
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

    def send(self, method: str, number: int | None = None, **params: Any) -> None:
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
        if number is not None:
            message["id"] = number
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def read(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.lines.append(line)
        return json.loads(line)

    def call(self, number: int, tool: str, **arguments: Any) -> None:
        self.send("tools/call", number, name=tool, arguments=arguments)
