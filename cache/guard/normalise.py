"""Reads a question as the list of words that carry its meaning, the same for any polite wording.

Everything here only removes what cannot change an answer. What is not understood, also any other
language than English, stays as it is, and must then be the same in both questions.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from cache.guard.capitals import cased, names, titles
from cache.guard.courtesy import impolite
from cache.guard.frames import about_words, contractions, frames
from cache.guard.lexicon import known, lexicon
from cache.guard.spelling import bare, plain_word

_MARKS = {
    "'": "\u2018\u2019\u201a\u201b\u2032\u00b4",
    '"': "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb",
    " ": "\u00a0\u2009\u202f",
    "-": "\u2010\u2011",
}
_QUOTES = {ord(mark): quote for quote, marks in _MARKS.items() for mark in marks}

_SPAN = re.compile(
    r"```.*?```|`[^`]*`"  # code
    r"|\"[^\"]*\"|(?<![\w'])'[^']+'(?!\w)",  # quotations
    re.DOTALL,
)
_TOKEN = re.compile(
    r"(?![a-z]+(?:/[a-z]*)+$).*[/\\_]"  # addresses, paths, identifiers, but not "and/or"
    r"|--?[a-z]"  # options
    r"|.*[=<>{}|^~$]|.*\w[(\[]|.*&&|.*\w[.:*+-]\w*[*+(]",  # code without any marks
    re.IGNORECASE,
)
"""What is meant to the letter: spans, and single tokens."""

_PAYLOAD = re.compile(r":\s|\n")
"""Where the instruction ends and the text to work on begins."""

INSTRUCTION = re.compile(
    r"\b(?:translat\w*|summar\w*|tl;?dr|rewrit\w*|rephras\w*|paraphras\w*|proofread\w*"
    r"|correct\w*|fix\w*|debug\w*|refactor\w*|explain\w*|review\w*|convert\w*|classify"
    r"|extract\w*|list|shorten|improve|expand|simplify|edit|format|analy[sz]e|complete|continue"
    r"|solve|calculate|compute|count|sort|parse|evaluate|test|document|comment|label|tag|describe"
    r"|answer|identify|following|below|this|these|text|code|snippet|function|error|passage"
    r"|article|sentence|paragraph|email|query|regex|output|input|json|subject)\b",
    re.IGNORECASE,
)

"""Words of an instruction that works on a text."""

_IDLE = re.compile(
    r"\bthe(?= )|\b(?:do|does) (?!(?:to|with|in|at|for|if|when|about|after|before|it|this|that"
    r"|so|on|by|because|and|or|as)\b)"
)
"""What changes no answer. Not even "a" is such a word (vitamin A, plan A), nor "do" as a verb."""

_LONGEST = 4_000
"""Characters of an instruction that are read for its frame: longer ones are compared as written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a question says, without how politely it says so.

    `line` is the instruction in lower case. `words` are in order. `literal` spans and the
    `payload`, the text that an instruction works on, are to the letter. `marks` name wordings that
    are not wholly the same as what they were read as. `quotes` are to the letter too, unless the
    other text has none; `names` are words with a capital. `cased` are the words whose capital makes
    another word, as they were written; `titles` are names that are no acronyms. `english` is false
    where nothing may be left out: another language, or a question about a word itself.
    """

    line: str
    words: tuple[str, ...]
    literal: tuple[str, ...]
    quotes: tuple[str, ...]
    payload: str
    marks: frozenset[str]
    cased: tuple[str, ...]
    names: frozenset[str]
    titles: frozenset[str]
    english: bool


@lru_cache(maxsize=32)
def read(text: str) -> Reading:
    """Any two texts with equal readings ask the same."""
    head, payload = parted(text)
    line = _unended(" ".join(head.lower().split()))
    spoken, plain = _is_english(line), line
    english = spoken and not about_words(line)
    marks: set[str] = set()
    if spoken and len(line) <= _LONGEST:
        line = _canonical(line, marks, folded=english)
    words = tuple(word for word in map(plain_word if english else bare, line.split()) if word)
    if not spoken and words:
        words = (lexicon().unaccented.get(words[0], words[0]), *words[1:])
    return Reading(
        line=plain,
        words=words,
        literal=_literals(head),
        quotes=tuple(map(_unquoted, (span for span in _SPAN.findall(head) if span[0] != "`"))),
        payload=payload,
        marks=frozenset(marks),
        cased=cased(head, english=spoken),
        names=names(head),
        titles=titles(head),
        english=english,
    )


def parted(text: str) -> tuple[str, str]:
    """The instruction without courtesies, and the text it works on; a colon in a mere question
    parts nothing.
    """
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").translate(_QUOTES).strip()
    text = impolite(text.replace('""', '"'))
    text = _WRAPPED.sub(" ", text) if text.count("\n") == 1 else text
    cut = _PAYLOAD.search(text)
    if cut is None:
        return text, ""
    head, rest = text[: cut.start()], text[cut.end() :].strip()
    if "\n" in text or len(rest) > 200 or INSTRUCTION.search(head):
        return head, rest
    return text, ""


_WRAPPED = re.compile(r"(?<=[a-z])[ \t]*\n[ \t]*(?=[a-z][\w', -]{0,60}[.?]?$)")
"""A line that only breaks a short question."""

_PLAIN = re.compile(r"[^\W\d_]+(?:[ '-][^\W\d_]+)*[.?!]?")


def _unquoted(span: str) -> str:
    """Words in quotation marks of any kind; code keeps its own."""
    return span[1:-1] if _PLAIN.fullmatch(span[1:-1]) else span


def _literals(head: str) -> tuple[str, ...]:
    whole = _SPAN.sub(" ", head).split()
    after = (*whole[1:], "" if len(whole) > 3 else "it")
    # `What does ; do?`; a mark between two sentences is none that is asked about.
    marks = (
        token
        for token, follower in zip(whole, after, strict=False)
        if len(whole) <= _SHORT and not token.strip("!?;|,.:'\"") and follower[:1].islower()
    )
    tokens = (token.rstrip(".?!,;:") for token in whole)
    code = (span for span in _SPAN.findall(head) if span[0] == "`")
    return (*code, *marks, *(token for token in tokens if _TOKEN.match(token)))


_SHORT = 12
"""Words of a question in which a mark by itself is asked about; in others it ends something."""


_APART = {ord("?"): " ", ord(","): " ", ord("`"): "'"}


def _is_english(line: str) -> bool:
    words = set(line.translate(_APART).split())
    english, foreign = len(words & lexicon().english), len(words & lexicon().foreign)
    return english > foreign or (line.isascii() and english == foreign > 0)


def _canonical(line: str, marks: set[str], *, folded: bool) -> str:
    line = _folded(line) if folded else _ASKED.sub(" is", line)
    for rule in frames():
        if rule.find(line):
            line = rule.pattern.sub(rule.replacement, line)
            if rule.mark:
                marks.add(rule.mark)
    if line.startswith("how-you "):
        marks.add("you")
        line = "how-to " + _YOURS.sub(lambda match: _MINE[match[0]], line[8:])
    return _IDLE.sub("", line)


def _folded(line: str) -> str:
    """Slips, hyphens, contractions and phrases of several words put into one form."""
    slips = _slips()
    line = " ".join(slips.get(word, word) for word in _HYPHEN.sub(" ", line).split())
    for rule in contractions():
        if rule.find(line):
            line = rule.pattern.sub(rule.replacement, line)
    line = _phrases().sub(lambda match: lexicon().phrases[match[0]], line)
    return _PARTICLE.sub(
        lambda match: f"{'enable' if match[2] == 'on' else 'disable'} {match[1]}", line
    )


_ASKED = re.compile(r"(?<=^what)'?s\b|(?<=^how)'?s\b")
_HYPHEN = re.compile(r"(?<=[a-z]{2})(?<!\bre)-(?=[a-z]{2})")
_PARTICLE = re.compile(
    r"\b(?:turn|switch) ((?!on\b|off?\b)\S+(?: (?!on\b|off?\b)\S+){0,2}) (on|off)"
    r"(?=$|[.,;?!]| (?:in|at|for|from|when|if|with|without|using|by|after|before|and|or|again)\b)"
)
_MINE = {"your": "my", "you": "i", "yourself": "myself", "yours": "mine"}
_YOURS = re.compile(r"\b(?:your|you|yourself|yours)\b")


@cache
def _slips() -> dict[str, str]:
    """Slips in the words that questions are built of, and what is often misspelt."""
    slips = dict(lexicon().misspelt)
    slips |= {
        word[:i] + word[i + 1] + word[i] + word[i + 2 :]: word
        for word in lexicon().asking
        for i in range(len(word) - 1)
    }
    slips |= {
        word[:i] + word[i + 1 :]: word
        for word in lexicon().asking
        if len(word) > 5
        for i in range(1, len(word) - 1)
    }
    return {slip: word for slip, word in slips.items() if slip not in known()}


@cache
def _phrases() -> re.Pattern[str]:
    phrases = sorted(map(re.escape, lexicon().phrases), key=len, reverse=True)
    return re.compile(rf"(?<![\w'-])(?:{'|'.join(phrases)})(?![\w'-])")


def _unended(text: str) -> str:
    """Without the marks that end a sentence; `5!` is a number."""
    bared = text.rstrip(" .?!,;")
    return bared if bared[-1:].isalpha() else text.rstrip(" .?,;")
