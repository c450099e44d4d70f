"""The keyring of the operating system: a real one or none, and never waited for without end."""

import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from whitelist.errors import NoKeyring

T = TypeVar("T")

SERVICE = "homeward"
PATIENCE_SECONDS = 20.0
WINDOWS_LIMIT = 1280  # CRED_MAX_CREDENTIAL_BLOB_SIZE is 2,560 bytes, and it is kept as UTF-16

_REFUSED = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")


class SystemKeyring:
    """Names and secrets in the keyring, under one service.

    A keyring may ask its owner for a password or hang on a bus that is dead, so it is spoken to
    from a thread that nobody waits for longer than `patience` seconds; while one such thread has
    no answer, the next call is refused at once. Importing `keyring` waits for the first need, too.

    Raises:
        NoKeyring: from every method; never repeats what the keyring said.
    """

    def __init__(self, service: str = SERVICE, *, patience: float = PATIENCE_SECONDS) -> None:
        self._service = service
        self._patience = patience
        self._lock = threading.Lock()
        self._unanswered: Future[Any] | None = None

    def get(self, name: str) -> str | None:
        """The secret of that name, or None."""
        return self._bounded(lambda: _as_text(_backend().get_password(self._service, name)))

    def set(self, name: str, secret: str) -> None:
        """Keep a secret, and see that it is really kept."""
        if too_long(secret, sys.platform):
            raise NoKeyring(
                f"Windows keeps no more than {WINDOWS_LIMIT:,} characters in one entry of its "
                "credential store, and this has more.",
                fix="Nothing was kept. Set it in the environment instead.",
            )

        def keep() -> bool:
            backend = _backend()
            backend.set_password(self._service, name, secret)
            return bool(backend.get_password(self._service, name) == secret)

        if not self._bounded(keep):
            raise NoKeyring("The system keyring took the entry, but does not give it back.")

    def remove(self, name: str) -> bool:
        """Delete a secret; False when there was none."""

        def delete() -> bool:
            backend = _backend()
            if backend.get_password(self._service, name) is None:
                return False
            backend.delete_password(self._service, name)
            return True

        return self._bounded(delete)

    def _bounded(self, work: Callable[[], T]) -> T:
        with self._lock:
            if self._unanswered is not None and not self._unanswered.done():
                raise _silent()
            answer: Future[T] = Future()
            self._unanswered = answer
            threading.Thread(target=_answer, args=(work, answer), daemon=True).start()
            try:
                return answer.result(self._patience)
            except Exception as error:  # `from None`: a backend's own words may hold anything
                raise (_in_words(error) if answer.done() else _silent()) from None


def too_long(secret: str, platform: str) -> bool:
    """Whether the keyring of that platform has no room for it."""
    return platform == "win32" and len(secret) > WINDOWS_LIMIT


def _answer(work: Callable[[], T], answer: Future[T]) -> None:
    try:
        answer.set_result(work())
    except BaseException as error:  # a backend may raise anything
        answer.set_exception(error)


def _backend() -> Any:
    """The keyring in use; of several in a chain, the first that may be used."""
    import keyring
    from keyring.backends.chainer import ChainerBackend

    chosen = keyring.get_keyring()
    offered = chosen.backends if isinstance(chosen, ChainerBackend) else [chosen]
    for backend in offered:
        if _may_be_used(type(backend)):
            return backend
    raise NoKeyring("This machine has no system keyring that can be used.")


def _may_be_used(kind: type) -> bool:
    """Not those that keep nothing, and not those that write plain text into a file."""
    return not any(
        parent.__module__.startswith(_REFUSED) or "plaintext" in parent.__name__.lower()
        for parent in kind.__mro__
    )


def _as_text(found: object) -> str | None:
    return found if isinstance(found, str) else None


def _in_words(error: Exception) -> NoKeyring:
    if isinstance(error, NoKeyring):
        return error
    return NoKeyring(f"The system keyring cannot be used ({type(error).__name__}).")


def _silent() -> NoKeyring:
    return NoKeyring("The system keyring does not answer; it may be locked, or asking for a word.")
