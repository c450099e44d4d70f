"""Writes `cache/guard/known.txt`: words that are no slips of the pen.

    python -m bench.guard.words TOKENIZER.JSON --common LIST... --wide LIST...

The whole words of the encoder's vocabulary (all-MiniLM-L6-v2, Apache-2.0); those of common lists
(SCOWL, Debian's wamerican-small and wbritish-small); and of wide lists (wamerican-large and
wbritish-large) those that one slip would make out of one of these: `minuet` is no slip of `minute`.
"""

import argparse
import json
import string
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

_MODERN = "download downloads downloaded downloading upload uploaded online offline login logout"


def known(tokenizer: Path, common: list[Path], wide: list[Path]) -> list[str]:
    vocabulary = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]
    words = {word for word in vocabulary if word.isascii() and word.isalpha() and len(word) > 2}
    words |= _listed(common) | set(_MODERN.split())
    near = {word for word in _listed(wide) - words if any(slip in words for slip in slips(word))}
    return sorted(words | near)


def _listed(lists: list[Path]) -> set[str]:
    return {
        word
        for path in lists
        for word in path.read_text(encoding="utf-8").split()
        if word.isascii() and word.isalpha() and word.islower() and len(word) > 2
    }


def slips(word: str) -> Iterator[str]:
    """All that one slip makes of a word, as `cache.guard.forms` understands slips."""
    for i in range(len(word) - 1):
        yield word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    if len(word) < 7:
        return
    for i in range(2, len(word) - 1):
        for letter in string.ascii_lowercase:
            yield word[:i] + letter + word[i:]
            yield word[:i] + letter + word[i + 1 :]
        yield word[:i] + word[i + 1 :]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("tokenizer", type=Path)
    parser.add_argument("--common", type=Path, nargs="+", required=True)
    parser.add_argument("--wide", type=Path, nargs="+", required=True)
    given = parser.parse_args()
    found = known(given.tokenizer, given.common, given.wide)
    Path(str(files("cache.guard") / "known.txt")).write_text(
        "\n".join(found) + "\n", encoding="utf-8"
    )
    print(f"{len(found)} words")
