"""What every finder is given, and what it gives back."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Hit = tuple[str, int, int]
"""A kind and the place in the plain text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A text in its plain form. `raw` has one Latin-1 byte per character (`?` for what has none),
    so that RE2, which counts bytes, gives places in `text`. `examples` says whether documentation
    values (`example.com`, 192.0.2.1) count as well.
    """

    text: str
    raw: bytes
    examples: bool


Finder = Callable[[Scan], Iterator[Hit]]


def scan(text: str, *, examples: bool) -> Scan:
    return Scan(text=text, raw=text.encode("latin-1", "replace"), examples=examples)


_MEMORY = 16 << 20
"""Bytes that RE2 may use for the states of many patterns; a small part of it is needed."""


class Patterns:
    """Many patterns on RE2, looked for all at once: which of them are there, not where."""

    def __init__(self, patterns: Sequence[str]) -> None:
        import re2

        self._set = re2.Set.SearchSet(_options(ignore_case=False, memory=_MEMORY))
        for pattern in patterns:
            self._set.Add(pattern.encode("latin-1"))
        self._set.Compile()

    def found_in(self, raw: bytes) -> list[int]:
        """The places in the list of the patterns that match somewhere in `raw`, in order."""
        return sorted(self._set.Match(raw) or ())


def linear(pattern: str, *, ignore_case: bool = False) -> Any:
    """A pattern for `Scan.raw` on RE2, whose time is linear in the text whatever the pattern."""
    import re2

    return re2.compile(pattern.encode("latin-1"), _options(ignore_case=ignore_case))


def _options(*, ignore_case: bool, memory: int | None = None) -> Any:
    import re2

    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.case_sensitive = not ignore_case
    options.log_errors = False
    if memory is not None:
        options.max_mem = memory
    return options
