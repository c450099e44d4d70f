"""A word as it is compared: no marks around it, American spelling, small numbers as digits."""

import re
from functools import lru_cache

from cache.guard.lexicon import lexicon

_LONG_TOKEN = 100
"""Characters from which a token is no word, and is not looked at mark by mark."""

_AMERICAN = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?<=\w{3})is(?=(?:e|es|ed|er|ers|ing|ation|ations)$)", "iz"),
        (r"(?<=\w{3})ys(?=(?:e|es|ed|er|ers|ing)$)", "yz"),
        (r"(?<=\w{2})our(?=(?:s|ed|ing|ite|ites|ful|able|hood|hoods|al)?$)", "or"),
        (r"^(cent|met|lit|theat|fib|lust|calib|somb|spect)re(?=s?$)", r"\1er"),
        (
            r"(?<=trave|cance|marve|tunne)"
            r"ll(?=(?:ed|ing|er|ers|or|ors|ation)$)",
            "l",
        ),
        (r"^(catal|dial|anal|monol|prol)ogue(?=s?$)", r"\1og"),
        (r"^(def|off|lic|pret)ence(?=s?$)", r"\1ense"),
        (r"^(an|p|orthop)ae(?=\w{3})", r"\1e"),
    )
)


@lru_cache(maxsize=4096)
def plain_word(token: str) -> str:
    """A token without the punctuation around it; what stands inside it stays."""
    word = bare(token)
    for pattern, replacement in _AMERICAN:
        word = pattern.sub(replacement, word)
    return lexicon().spelt.get(word, word)


@lru_cache(maxsize=4096)
def bare(token: str) -> str:
    """`(hello),` → `hello`; the marks of `f(x)`, `C++`, `-5`, `.env` and `5!` have a sense."""
    if len(token) > _LONG_TOKEN:
        return token.strip(".,;:?'\"")
    while token and (cut := _edges(token)) != token:
        token = cut
    return token


def _edges(token: str) -> str:
    """One mark less, where the outermost marks are those of a sentence."""
    first, last = token[0], token[-1]
    # "!" after a digit is a factorial.
    if last in ".,;:?'\"" or (last == "!" and (len(token) < 2 or token[-2].isalpha())):
        return token[:-1]
    if first in "'\"¿¡" or (
        first in _CLOSING and token.count(first) > token.count(_CLOSING[first])
    ):
        return token[1:]
    if last in _OPENING and token.count(last) > token.count(_OPENING[last]):
        return token[:-1]
    if first in _CLOSING and token[1:-1].isalpha():
        return token[1:-1]
    return token


_CLOSING = {"(": ")", "[": "]", "{": "}"}
_OPENING = {end: start for start, end in _CLOSING.items()}
