"""Where answers are kept: knows a database, and neither thresholds nor models of language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from cache.standing import Verdict
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
    """An answer for the store. Times are Unix milliseconds; `vector` None: not found by nearness.

    `reading` is a digest of the scope and of the question as it is read, equal for questions that
    are certainly the same; None: not found by it. `task` names the kind of task, `model_version`
    what stood behind the model's name, `request_id` the request that a model gave it to; empty
    where that is not known.
    """

    key: str
    scope: str
    question: str
    answer: Stored
    created: int
    expires: int
    vector: Vector | None = None
    reading: str | None = None
    task: str = ""
    model_version: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An entry that was looked for. `similarity` is a cosine; None when not found by nearness.

    `hits` counts how often it was served, `verdicts` the latest ones on it, oldest first.
    """

    id: int
    question: str
    answer: Stored
    created: int
    expires: int
    task: str
    model_version: str
    hits: int
    verdicts: tuple[Verdict, ...]
    similarity: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An entry as it is shown or exported: whatever is known of it but its vectors.

    `saved` is the sum of what its hits saved, `spaces` those in which it has a vector.
    """

    found: Found
    scope: str
    saved: Money
    spaces: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A request that was served an entry, at `at` (Unix milliseconds).

    `similarity` and `confidence` are those of a `Verdict`. `mark` is the key of the lease that
    lasts while asking again means that the answer was bad.
    """

    request_id: str
    entry_id: int
    similarity: float
    confidence: float
    mark: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """An entry of which something was said under the id of a request that was given it.

    `fresh`: a model gave it to that request. `confidence` is how surely it answered what was asked
    then. `first_id` is the request that a model gave it to; empty where that is not known.
    """

    entry_id: int
    provider: str
    model: str
    fresh: bool
    confidence: float
    first_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From when on the least valuable entries make room for new ones. Bytes are those in use."""

    max_entries: int = 100_000
    max_bytes: int = 512 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """How much is kept.

    `entries` of which `expired` wait to be swept, the `oldest` made then (Unix milliseconds; None:
    there is none); `hits` on them and what those `saved`; `vectors`, and how many of them in each
    space; `bytes` in use and, in `files`, those on the disk by the name of the file.
    """

    entries: int
    expired: int
    oldest: int | None
    hits: int
    saved: Money
    vectors: int
    spaces: Mapping[str, int]
    bytes: int
    files: Mapping[str, int]
    limits: Limits


class Store(Protocol):
    """Answers by key, by reading and by nearness, shared by threads and processes.

    May block on a write. Nothing whose `expires` is `now` or earlier is ever found, nor anything
    that was removed before the look began, by whichever process.

    Raises:
        StorageError: from every method but `count`, when the database cannot be read or written.
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

    def read(self, reading: str, *, now: int) -> Found | None:
        """The youngest entry with this reading, which holds its scope."""
        ...

    def nearest(self, scope: str, vector: Vector, *, k: int, now: int) -> Sequence[Found]:
        """At most `k` of this scope and the vector's space, the nearest of them all, best first."""
        ...

    def warm(self, space: str) -> bool:
        """Read some of what the first search in this space would have to; whether it read any."""
        ...

    def put(self, entry: Entry) -> None:
        """Keep it in place of what had the same key; the least valuable make room for it.

        Its `created` is taken for the time now.
        """
        ...

    def count(self, entry_id: int, *, saved: Money) -> None:
        """Note a hit. Never waits and never raises: what cannot be written now is written later."""
        ...

    def judge(self, entry_id: int, verdict: Verdict) -> bool:
        """Keep a verdict with its entry; whether there is such an entry."""
        ...

    def give(self, given: Given) -> None:
        """Note which request was served an entry. It is known for 30 days, or as long as that."""
        ...

    def say(self, request_id: str, *, good: bool) -> Spoken | None:
        """Keep the person's word on the entry that was given to a request; the last one counts.

        None where no entry is known to have been given to it.
        """
        ...

    def given_first(self, request_ids: Sequence[str]) -> Mapping[str, Listed]:
        """The entries that models gave to these requests, as far as there are any."""
        ...

    def forget(self, entry_id: int) -> bool:
        """Whether there was such an entry. It is overwritten where it stood."""
        ...

    def clear(self, scope: str | None = None, *, model: str | None = None) -> int:
        """Forget one scope, or one model's answers, or both at once, or everything; how many.

        They can be read from no file afterwards.
        """
        ...

    def contents(self) -> Contents: ...

    def listed(self, *, after: int = 0, limit: int) -> Sequence[Listed]:
        """The entries whose ids follow `after`, in their order."""
        ...

    def unplaced(self, space: str, *, limit: int, after: int = 0) -> Sequence[tuple[int, str]]:
        """Ids, those that follow `after`, and questions of entries with no vector in a space."""
        ...

    def place(self, entry_id: int, vector: Vector) -> bool:
        """Keep a vector for an entry, beside those it has in other spaces; whether it exists."""
        ...

    def lease(self, key: str, *, owner: str, now: int, until: int) -> bool:
        """Whether `owner` alone, over all processes, holds `key` until then. It may prolong."""
        ...

    def release(self, key: str, *, owner: str) -> None:
        """Give a key back that `owner` holds."""
        ...

    def close(self) -> None: ...
