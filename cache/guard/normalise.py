"""Reads a question as the list of words that carry its meaning, the same for any polite wording.

Everything here only removes what cannot change an answer. What is not understood, also any other
language than English, stays as it is, and must then be the same in both questions.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

_MARKS = {
    "'": "\u2018\u2019\u201a\u201b\u2032\u00b4",
    '"': "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb",
}
_QUOTES = {ord(mark): quote for quote, marks in _MARKS.items() for mark in marks}

_LITERAL = re.compile(
    r"```.*?```|`[^`]*`"  # code
    r"|\"[^\"]*\"|(?<![\w'])'[^']+'(?!\w)"  # quotations
    r"|\S*[/\\_]\S*|\B--?[A-Za-z]\S*",  # addresses, paths, identifiers, options
    re.DOTALL,
)
"""What is meant to the letter."""

_PAYLOAD = re.compile(r":\s|\n")
"""Where the instruction ends and the text to work on begins."""

_COURTESY = re.compile(
    r"^(?:(?:hi|hello|hey|good (?:morning|evening|afternoon))(?: there)?\s*[,.!]+\s*"
    r"|please answer(?: this)?\s*:\s*|(?:please|kindly)\b,?\s+|(?:quick )?question\s*:\s+)+"
    r"|(?<=[.?!,;])\s*(?:many thanks|thanks|thank you|thx|cheers|please)"
    r"(?: (?:a lot|in advance|so much|very much))?\s*[.!?]*\s*$",
    re.IGNORECASE,
)


def _rules(*rows: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), replacement) for pattern, replacement in rows)


_CONTRACTIONS = _rules(
    (r"(?<=\w)`(?=\w)", "'"),
    (r"\b(what|who|where|how|when|why|that|there|it)'s\b", r"\1 is"),
    (r"\bcan(?:'t|not)\b", "can not"),
    (r"\bwon't\b", "will not"),
    (r"n't\b", " not"),
    (r"\bi'm\b", "i am"),
    (r"\b(you|we|they)'re\b", r"\1 are"),
    (r"\b(i|you|we|they)'ve\b", r"\1 have"),
    (r"\b(i|you|we|they|it|he|she)'ll\b", r"\1 will"),
    (r"\bi'd like\b", "i would like"),
)

_FRAMES = _rules(
    (
        r"^(?:can|could|would|will) you (?:please )?"
        r"(?=(?:tell|explain|give|show|describe|write|translate|summari[sz]e|list|convert)\b)",
        "",
    ),
    (r"^i want to (.+?)[,.;] how (?:do|can) i do (?:that|it|this)$", r"how-to \1"),
    (
        r"^(?:tell me|i (?:want|would like) to know|do you know)"
        r"(?= (?:what|how|why|where|when|who|which)\b) ",
        "",
    ),
    (r"^(?:give me|i would like|i want) an explanation of (.+)$", r"explain \1"),
    (r"^explain (.+?) to me$", r"explain \1"),
    (r"^what (.+) (?:is|means)$", r"what is \1"),
    (r"^what (?:does|do) (.+) mean$", r"what is \1"),
    (r"^define ((?!an? |the )[\w-]+(?: [\w-]+)?)$", r"what is \1"),
    (r"^how (?:to|do i|can i|could i|does one|can one)\b", "how-to"),
    (r"^what is (?:the|a) (?:best |good )?way to\b", "how-to"),
)
"""Ways of asking that ask the same, tried in this order on lower-case text."""

_IDLE = frozenset({"the", "do", "does"})
"""Words whose coming and going changes no answer. Not even "a" is one: vitamin A, plan A."""

_AMERICAN = _rules(
    (r"(?<=\w{3})is(?=(?:e|es|ed|er|ers|ing|ation|ations)$)", "iz"),
    (r"(?<=\w{3})our(?=(?:s|ed|ing|ite|ites|ful|able)?$)", "or"),
    (r"^(cent|met|lit|theat|fib)re(?=s?$)", r"\1er"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a question says, without how politely it says so.

    `words` are in order and lower case. `literal` spans and the `payload`, the text that an
    instruction works on, are to the letter. `spellings` are the words inside sentences as they
    were written, to tell a name from a word.
    """

    words: tuple[str, ...]
    literal: tuple[str, ...]
    payload: str
    spellings: tuple[str, ...]


def read(text: str) -> Reading:
    """Any two texts with equal readings ask the same."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").translate(_QUOTES).strip()
    text = _COURTESY.sub("", text).strip() or text
    head, payload = _halves(text)
    words = map(_word, _canonical(head).split())
    return Reading(
        words=tuple(word for word in words if word and word not in _IDLE),
        literal=tuple(_LITERAL.findall(head)),
        payload=payload,
        spellings=_spellings(head),
    )


def _halves(text: str) -> tuple[str, str]:
    cut = _PAYLOAD.search(text)
    return (text, "") if cut is None else (text[: cut.start()], text[cut.end() :].strip())


def _canonical(text: str) -> str:
    text = _unended(" ".join(text.casefold().split()))
    for pattern, replacement in (*_CONTRACTIONS, *_FRAMES):
        text = pattern.sub(replacement, text)
    return text


def _unended(text: str) -> str:
    """Without the marks that end a sentence; `5!` is a number."""
    bare = text.rstrip(" .?!,;")
    return bare if bare[-1:].isalpha() else text.rstrip(" .?,;")


def _word(token: str) -> str:
    """A token without the punctuation around it; what stands inside it stays."""
    word = _bare(token)
    for pattern, replacement in _AMERICAN:
        word = pattern.sub(replacement, word)
    return word


def _bare(token: str) -> str:
    """`(hello),` → `hello`; the marks of `f(x)`, `C++`, `-5`, `.env` and `5!` have a sense."""
    while token and (cut := _edges(token)) != token:
        token = cut
    return token


def _edges(token: str) -> str:
    """One mark less, where the outermost marks are those of a sentence."""
    first, last = token[0], token[-1]
    # "!" after a digit is a factorial.
    if last in ".,;:?'\"" or (last == "!" and (len(token) < 2 or token[-2].isalpha())):
        return token[:-1]
    if first in "'\"" or (first in _CLOSING and token.count(first) > token.count(_CLOSING[first])):
        return token[1:]
    if last in _OPENING and token.count(last) > token.count(_OPENING[last]):
        return token[:-1]
    if first in _CLOSING and token[1:-1].isalpha():
        return token[1:-1]
    return token


_CLOSING = {"(": ")", "[": "]", "{": "}"}
_OPENING = {end: start for start, end in _CLOSING.items()}


def _spellings(text: str) -> tuple[str, ...]:
    """Empty where capitals say nothing: none inside the sentences, or nothing else."""
    tokens = text.split()
    inside = [token for before, token in pairwise(tokens) if before[-1] not in ".?!"]
    joined = "".join(inside)
    if joined.islower() or joined.isupper():
        return ()
    return tuple(filter(None, map(_bare, inside)))
