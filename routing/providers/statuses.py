"""What an HTTP status of a model server means: one of our errors, with what to do about it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from routing.errors import (
    PromptRejected,
    ProviderError,
    ProviderRejected,
    ProviderTimeout,
    ProviderUnavailable,
)
from routing.providers.addresses import host_of
from routing.providers.vendors import Vendor
from routing.running.limits import rate_limits, retry_after

# What servers say of their own errors. They are only recognised by it; it is never passed on.
_TOO_LONG = re.compile(
    r"context_length_exceeded|exceed_context_size|prompt_too_long|request_too_large"
    r"|(prompt|input|request)s? (is|are|was) too (long|large)"
    r"|context (length|size|window)|too many (input )?tokens"
)
_NO_CREDIT = re.compile(r"insufficient_quota|credit balance|insufficient (credit|balance|funds)")
_NO_SUCH_MODEL = re.compile(
    r"model_not_found|invalid_model|invalid model|not a valid model|unknown model"
    r"|model .{0,200}(does not exist|not found)"
)
_GAVE_NOTHING = frozenset({429, 500, 502, 503, 529})
"""Answers in place of an answer: not billed, and the vendors' own clients try again after them.
A 504 is not among them: behind that gateway a model may have written all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who was asked, where, and for which model (None when asked what models there are)."""

    vendor: Vendor
    address: str
    model: str | None = None

    @property
    def where(self) -> str:
        """The server in a person's words: its title and its host."""
        return f"{self.vendor.title} at {host_of(self.address) or self.address}"

    def unavailable(self, what: str, *, fix: str = "", safe: bool = False) -> ProviderUnavailable:
        return ProviderUnavailable(what, fix=fix, provider=self.vendor.name, safe_to_retry=safe)

    def rejected(self, what: str, *, fix: str = "") -> ProviderRejected:
        return ProviderRejected(what, fix=fix, provider=self.vendor.name)

    def timeout(self, what: str, *, fix: str = "", safe: bool = False) -> ProviderTimeout:
        return ProviderTimeout(what, fix=fix, provider=self.vendor.name, safe_to_retry=safe)


def from_status(
    asked: Asked, status: int, *, headers: Mapping[str, str], said: str = ""
) -> ProviderError:
    """The error for an answer with this status.

    `headers` are looked up in lower case. `said` is what the server wrote; it helps to tell one
    400 from another, and none of it gets into the error.
    """
    error = _by_what_it_said(asked, status, said[:4000].lower()) or _by_status(asked, status)
    if status in _GAVE_NOTHING and isinstance(error, ProviderUnavailable):
        error.safe_to_retry = True
        error.retry_after = _wait(headers)
    return error


def _wait(headers: Mapping[str, str]) -> float | None:
    """What the server asks for, else the time until a rate limit that is used up renews."""
    asked = retry_after(headers)
    if asked is None and (limits := rate_limits(headers)) is not None:
        return limits.wait_s or None
    return asked


def _by_what_it_said(asked: Asked, status: int, said: str) -> ProviderError | None:
    if status in (400, 402, 403, 429) and _NO_CREDIT.search(said):
        return _no_credit(asked)
    if status in (400, 413, 422, 500) and _TOO_LONG.search(said):
        return _too_long(asked)
    if status in (400, 403, 422) and _NO_SUCH_MODEL.search(said):
        return _no_such_model(asked)
    return None


def _by_status(asked: Asked, status: int) -> ProviderError:
    match status:
        case 401 | 403:
            return _wrong_key(asked)
        case 402:
            return _no_credit(asked)
        case 404:
            return _no_such_model(asked)
        case 413:
            return _too_long(asked)
        case 408 | 504 | 524:
            return asked.timeout(
                f"{asked.where} gave up waiting for its model (status {status}).",
                fix="Try again in a moment, or use a smaller or faster model.",
            )
        case 429:
            return asked.unavailable(
                f"{asked.where} says that there were too many requests.",
                fix="Wait a little, or raise the account's rate limit.",
            )
        case 503 | 529:
            return asked.unavailable(
                f"{asked.where} is overloaded or still starting (status {status}).",
                fix="Try again in a moment, or use another model.",
            )
    return _by_class(asked, status)


def _by_class(asked: Asked, status: int) -> ProviderError:
    if status >= 500:
        return asked.unavailable(
            f"{asked.where} failed inside (status {status}).",
            fix="Try again later, or use another model.",
        )
    if status >= 400:
        return asked.rejected(
            f"{asked.where} did not accept the request (status {status}).",
            fix="Check that the model understands plain chat with these settings.",
        )
    if status >= 300:
        return asked.rejected(
            f"{asked.where} sends us on to another address, which Homeward does not follow.",
            fix=f"Write the final address into the settings{_variables(asked)}.",
        )
    return asked.unavailable(
        f"{asked.where} gave an answer that cannot be read (status {status}).",
        fix="Check that this address is a model server's.",
    )


def _wrong_key(asked: Asked) -> ProviderError:
    vendor = asked.vendor
    if vendor.api == "ollama":
        return asked.rejected(
            f"{asked.where} wants to know who is asking.",
            fix="Run `ollama signin` for its cloud models, or set OLLAMA_API_KEY.",
        )
    names = " or ".join(vendor.key_variables) or "the key in homeward.toml"
    page = f" Keys are made at {vendor.key_page}." if vendor.key_page else ""
    return asked.rejected(
        f"{asked.where} does not accept the key.",
        fix=f"Check {names}: it may be mistyped, expired or without access.{page}",
    )


def _no_credit(asked: Asked) -> ProviderError:
    return asked.rejected(
        f"The account at {asked.vendor.title} has no credit left.",
        fix="Top it up, or let another model answer.",
    )


def _too_long(asked: Asked) -> ProviderError:
    return PromptRejected(
        f"The prompt is too long for {asked.model or 'this model'} at {asked.vendor.title}.",
        fix="Shorten it, ask for fewer tokens, or use a model with a larger context.",
        provider=asked.vendor.name,
    )


def _no_such_model(asked: Asked) -> ProviderError:
    if asked.model is None:
        return asked.rejected(
            f"{asked.where} has no list of models there.",
            fix=f"Check the address{_variables(asked)}.",
        )
    if asked.vendor.api == "ollama":
        fix = f"Run `ollama pull {asked.model}`, or choose one that `ollama list` shows."
    else:
        fix = "Choose one that `homeward models` lists, or check that the key may use it."
    return asked.rejected(f"{asked.where} has no model {asked.model}.", fix=fix)


def _variables(asked: Asked) -> str:
    names = asked.vendor.address_variables
    return f" ({' or '.join(names)})" if names else ""
