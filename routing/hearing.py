"""Which cues a request gives: one pass over its words, whatever the number of cues."""

from dataclasses import dataclass

from routing.ask import Ask
from routing.cues import Cues, Phrase

_REACH = 8
"""How many words after a verb its noun may stand."""

_MENTION = 0.5
"""What a single word counts for in the middle of a sentence, where it may be only spoken of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A cue that fired: how strongly (0 to 1), and at which word first so strongly."""

    strength: float
    at: int


def hear(ask: Ask, cues: Cues) -> dict[str, Heard]:
    """Every cue that `ask` gives, by name.

    A phrase of several words, or a verb with its noun, counts in full; so does a single word that
    begins a sentence ("Translate …", "Please fix …"). A single word elsewhere counts half.
    """
    heard: dict[str, Heard] = {}
    for at, word in enumerate(ask.words):
        for phrase, name in cues.by_first_word.get(word, ()):
            if starts_with(ask, phrase, at):
                strength = 1.0 if len(phrase) > 1 or ask.opens[at] else _MENTION
                _note(heard, name, strength, at)
        for name in cues.by_verb.get(word, ()):
            if not cues.all[name].nouns.isdisjoint(ask.words[at + 1 : at + 1 + _REACH]):
                _note(heard, name, 1.0, at)
    return heard


def starts_with(ask: Ask, phrase: Phrase, at: int) -> bool:
    """Whether the words of `phrase` stand at word `at`."""
    return len(phrase) == 1 or ask.words[at : at + len(phrase)] == phrase


def holds_any(ask: Ask, phrases: frozenset[Phrase]) -> bool:
    """Whether any of `phrases` (of at most four words) stands anywhere in the request."""
    return any(
        ask.words[at : at + length] in phrases
        for at in range(len(ask.words))
        for length in range(1, 5)
    )


def opens_with_any(ask: Ask, phrases: frozenset[Phrase]) -> bool:
    """Whether the first sentence begins, after words of politeness, with any of `phrases`."""
    if True not in ask.opens:
        return False
    at = ask.opens.index(True)
    return any(ask.words[at : at + length] in phrases for length in range(1, 5))


def _note(heard: dict[str, Heard], name: str, strength: float, at: int) -> None:
    known = heard.get(name)
    if known is None or strength > known.strength:
        heard[name] = Heard(strength=strength, at=at)
