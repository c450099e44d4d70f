"""How much of a server's answer is ever held in memory."""

from collections.abc import AsyncIterable, AsyncIterator

from routing.errors import ProviderError
from routing.providers.statuses import Asked

_WHOLE = 8 * 1024 * 1024
_LINE = 1024 * 1024


async def whole_body(asked: Asked, pieces: AsyncIterable[bytes]) -> bytes:
    """All of a body, decoded.

    Raises:
        ProviderUnavailable: it is longer than 8 MB.
    """
    return b"".join([piece async for piece in no_longer(asked, pieces)])


async def no_longer(asked: Asked, pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The pieces of a body.

    Raises:
        ProviderUnavailable: they come to more than 8 MB.
    """
    held = 0
    async for piece in pieces:
        held += len(piece)
        if held > _WHOLE:
            raise too_much(asked)
        yield piece


async def in_lines(asked: Asked, pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The pieces of a body that is read line by line.

    Raises:
        ProviderUnavailable: one line is longer than 1 MB.
    """
    held = 0
    async for piece in pieces:
        first, ended, last = piece.partition(b"\n")
        longest = held + len(first)
        if ended:
            lines = last.split(b"\n")
            longest = max(longest, *map(len, lines))
            held = len(lines[-1])
        else:
            held = longest
        if longest > _LINE:
            raise too_much(asked)
        yield piece


def too_much(asked: Asked) -> ProviderError:
    return asked.unavailable(
        f"{asked.where} sent far more than an answer can hold.",
        fix="Check that this address is a model server's, or use another model.",
    )
