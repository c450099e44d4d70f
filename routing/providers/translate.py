"""The one edge to each vendor's library: whatever it raises leaves here as one of our errors.

No error carries another's text, and none is chained to it: a library's message may hold a body,
a key or a prompt.
"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from routing.errors import ProviderError
from routing.providers.statuses import Asked, from_status
from vocabulary import HomewardError

_UNREADABLE = (ValueError, AttributeError, LookupError, OverflowError, RecursionError)
"""What the libraries raise over a body of the wrong shape (JSON, Unicode and pydantic errors are
ValueErrors). Not TypeError: that is how they meet a wrong call of ours."""

_ANTHROPIC_STATUS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""https://platform.claude.com/docs/en/api/errors: inside a stream only the name is sent."""


class Opened:
    """Follows one request through httpcore's trace events, to know a stale connection.

    A server may close a kept connection just as the next request sets out on it. Such a request
    was never read, so it may be sent again (RFC 9110 §9.2.2); one that met a new connection, or
    whose answer had begun, may not.
    """

    def __init__(self) -> None:
        self._sent = self._connected = self._answered = False

    async def __call__(self, event: str, info: object) -> None:
        self._connected |= event.startswith("connection.connect")
        self._sent |= event.endswith("send_request_headers.started")
        self._answered |= event.endswith("receive_response_headers.complete")

    @property
    def stale(self) -> bool:
        return self._sent and not self._connected and not self._answered


@contextmanager
def httpx2_edge(asked: Asked, opened: Opened | None = None) -> Iterator[None]:
    """For what we say over httpx2 ourselves.

    Raises:
        ProviderError: in place of every exception of httpx2, and of a body that cannot be read.
    """
    import httpx2

    with _http_edge(asked, httpx2, opened):
        yield


@contextmanager
def httpx_edge(asked: Asked, opened: Opened | None = None) -> Iterator[None]:
    """For what we say over httpx 0.28 ourselves.

    Raises:
        ProviderError: in place of every exception of httpx, and of a body that cannot be read.
    """
    import httpx

    with _http_edge(asked, httpx, opened):
        yield


@contextmanager
def ollama_edge(asked: Asked) -> Iterator[None]:
    """For what we say through the `ollama` client, which speaks over httpx 0.28.

    Raises:
        ProviderError: in place of every exception of ollama and httpx.
    """
    import ollama

    with httpx_edge(asked):
        try:
            yield
        except ollama.ResponseError as exc:
            # The client drops the response; it is still there as what was being handled.
            headers = getattr(getattr(exc.__context__, "response", None), "headers", {})
            status = exc.status_code if exc.status_code > 0 else 500
            raise from_status(asked, status, headers=headers, said=str(exc.error)) from None
        except ConnectionError as exc:  # what the client makes of httpx.ConnectError
            raise _unreachable(asked, exc) from None
        except (ollama.RequestError, *_UNREADABLE):
            raise _unreadable(asked) from None


@contextmanager
def anthropic_edge(asked: Asked) -> Iterator[None]:
    """For what we say through the `anthropic` client, which speaks over httpx2.

    Raises:
        ProviderError: in place of every exception of anthropic and httpx2.
    """
    import anthropic

    with httpx2_edge(asked):
        try:
            yield
        except anthropic.APIConnectionError as exc:
            if exc.__cause__ is not None:
                raise exc.__cause__ from None
            raise asked.unavailable(f"The connection to {asked.where} failed.") from None
        except anthropic.APIStatusError as exc:
            raise _from_anthropic(asked, exc) from None
        except anthropic.CredentialsError:
            raise from_status(asked, 401, headers={}) from None
        except (anthropic.AnthropicError, *_UNREADABLE):
            raise _unreadable(asked) from None


@contextmanager
def _http_edge(asked: Asked, lib: ModuleType, opened: Opened | None) -> Iterator[None]:
    try:
        yield
    except HomewardError:
        raise  # ours already: a refusal from inside the transport, or our own reading of a body
    except (ValueError, OverflowError, RecursionError):
        raise _unreadable(asked) from None
    except OSError:
        raise _broken(asked, safe=False) from None
    except Exception as exc:
        raise _from_httpx(asked, exc, lib, opened) or exc from None


def _from_anthropic(asked: Asked, exc: Any) -> ProviderError:
    response = getattr(exc, "response", None)
    status = getattr(exc, "status_code", 500)
    if status == 200:
        status = _ANTHROPIC_STATUS.get(getattr(exc, "type", None) or "", 500)
    headers = getattr(response, "headers", {})
    return from_status(asked, status, headers=headers, said=str(getattr(exc, "body", "")))


def _from_httpx(
    asked: Asked, exc: Exception, lib: ModuleType, opened: Opened | None
) -> ProviderError | None:
    """The error for an exception of `lib`, which is httpx or httpx2: their trees are the same."""
    if isinstance(exc, lib.TimeoutException):
        return _too_slow(asked, unsent=isinstance(exc, lib.ConnectTimeout | lib.PoolTimeout))
    if isinstance(exc, lib.ConnectError | lib.ProxyError):
        return _unreachable(asked, exc)
    if isinstance(exc, lib.UnsupportedProtocol | lib.InvalidURL | lib.LocalProtocolError):
        return asked.rejected(
            f"The address or the key of {asked.vendor.title} cannot be used as it is written.",
            fix="Check both for missing or stray characters; the address begins with https://.",
        )
    if isinstance(exc, lib.TooManyRedirects):
        return from_status(asked, 302, headers={})
    if isinstance(exc, _unreadable_in(lib)):
        return _unreadable(asked)
    if isinstance(exc, lib.HTTPError):
        return _broken(asked, safe=opened is not None and opened.stale)
    return None


def _unreadable_in(lib: ModuleType) -> tuple[type[Exception], ...]:
    found = (lib.DecodingError, lib.StreamError, lib.CookieConflict, getattr(lib, "SSEError", None))
    return tuple(kind for kind in found if kind is not None)


def _broken(asked: Asked, *, safe: bool) -> ProviderError:
    return asked.unavailable(
        f"{asked.where} broke off the connection.",
        fix="Try again, or use another model.",
        safe=safe,
    )


def _too_slow(asked: Asked, *, unsent: bool) -> ProviderError:
    if unsent:
        return asked.timeout(
            f"No connection to {asked.where} came about in time.",
            fix=asked.vendor.start or "Check the network, or use another model.",
            safe=True,
        )
    return asked.timeout(
        f"{asked.where} stopped answering.", fix="Try again in a moment, or use another model."
    )


def _unreachable(asked: Asked, exc: BaseException) -> ProviderError:
    causes = list(_causes(exc))
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return asked.unavailable(
            f"The connection to {asked.where} could not be made secure.",
            fix="Check the address, the computer's clock, and whether a proxy opens the traffic.",
        )
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return asked.unavailable(
            f"The name of {asked.where} could not be found.",
            fix="Check the network connection and the spelling of the address.",
            safe=True,
        )
    title = asked.vendor.title
    fix = f"Is {title} running? {asked.vendor.start}" if asked.vendor.start else ""
    return asked.unavailable(
        f"Nothing answers for {asked.where}.",
        fix=fix or "Check the network connection and the address.",
        safe=True,
    )


def _causes(exc: BaseException | None) -> Iterator[BaseException]:
    """An exception, and whatever it came from, through groups too."""
    if exc is None:
        return
    yield exc
    if isinstance(exc, BaseExceptionGroup):
        for member in exc.exceptions:
            yield from _causes(member)
    yield from _causes(exc.__cause__ or exc.__context__)


def _unreadable(asked: Asked) -> ProviderError:
    return asked.unavailable(
        f"{asked.where} gave an answer that cannot be read.",
        fix="Check that this address is a model server's, and that the server is up to date.",
    )
