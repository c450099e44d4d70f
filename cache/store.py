"""Where answers are kept: knows a database, and neither thresholds nor models of language."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from vocabulary import Finish, Money, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An answer worth keeping. `cost` is what it cost when a model gave it."""

    text: str
    provider: str
    model: str
    local: bool
    finish: Finish | None
    usage: Usage
    cost: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """What an encoder made of a question: float32, little-endian, of length one.

    `space` names the encoder; vectors of different spaces are never compared.
    """

    space: str
    values: bytes

    @property
    def dimensions(self) -> int:
        return len(self.values) // 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An answer in the store. Times are Unix milliseconds; `vector` None: found exactly only."""

    key: str
    scope: str
    question: str
    answer: Stored
    created: int
    expires: int
    vector: Vector | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An entry that was looked for. `similarity` is a cosine; None when found by its key."""

    id: int
    question: str
    answer: Stored
    created: int
    similarity: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """How much is kept: entries, those of them with a vector, bytes on disk."""

    entries: int
    vectors: int
    bytes: int


class Store(Protocol):
    """Answers by key and by nearness, shared by threads and processes. May block on a write.

    Nothing whose `expires` is `now` or earlier is ever found.

    Raises:
        StorageError: from every method, when the database cannot be read or written.
    """

    @property
    def encrypted(self) -> bool:
        """Whether everything is encrypted before it meets a disk."""
        ...

    @property
    def notice(self) -> str | None:
        """What a person should know about the store, in a sentence or two; None: all is well."""
        ...

    def exact(self, key: str, *, now: int) -> Found | None: ...

    def nearest(self, scope: str, vector: Vector, *, k: int, now: int) -> Sequence[Found]:
        """At most `k` of this scope and the vector's space, the nearest of them all, best first."""
        ...

    def put(self, entry: Entry) -> None:
        """Keep it in place of what had the same key. Its `created` is taken for the time now."""
        ...

    def forget(self, entry_id: int) -> bool:
        """Whether there was such an entry. It can be read from no file afterwards."""
        ...

    def clear(self, scope: str | None = None) -> int:
        """Forget one scope, or everything; how many entries that were."""
        ...

    def contents(self) -> Contents: ...

    def close(self) -> None: ...
