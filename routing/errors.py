"""What model servers do wrong, as three kinds a caller can act on."""

from typing import Self

from routing.values import Completion
from vocabulary import HomewardError


class ProviderError(HomewardError):
    """Anything a model server did. `str()` never holds a key, a prompt or a vendor's raw body.

    `retry_after` is in seconds, where the server asked for it. `partial` is what had come (and is
    billed) before it failed; None when nothing was sent or nothing was used.
    """

    def __init__(
        self,
        what: str,
        *,
        fix: str = "",
        provider: str,
        retry_after: float | None = None,
        safe_to_retry: bool = False,
        partial: Completion | None = None,
    ) -> None:
        super().__init__(what, fix=fix)
        self.provider = provider
        self.retry_after = retry_after
        self.safe_to_retry = safe_to_retry
        self.partial = partial

    def having(self, partial: Completion) -> Self:
        """The same error, with what had come before it."""
        self.partial = partial
        return self


class ProviderTimeout(ProviderError):
    """Too slow: to connect, to say a first word, or between words."""


class ProviderUnavailable(ProviderError):
    """Down, overloaded or rate limited: may work elsewhere, or later."""


class ProviderRejected(ProviderError):
    """A wrong key, an unknown model, a prompt too long: will fail again as it is."""


class PromptRejected(ProviderRejected):
    """This prompt is too long for the model, which says nothing of the model's health."""
