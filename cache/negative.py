"""Recognises answers that answer nothing: refusals, not knowing, errors told as text.

Only the beginning of an answer is read. A phrase that was meant as an answer (a translation of
"I cannot.") costs no more than asking again.
"""

import re
import unicodedata

_READ = 200
"""Characters of an answer in which it says that it is none."""

_SORRY = (
    r"(?:(?:i am|i'm)(?: (?:very|really|so|truly))? sorry|sorry|my apologies|i apologi[sz]e"
    r"|unfortunately|regrettably|apologies)[^.!?\n]{0,40}?[,.:;!—–-]*\s*(?:but |however,? )?"
)
_AS_AI = r"as an? (?:ai|artificial intelligence|(?:large )?language model)\b[^.!?\n]{0,60}?,\s*"
_CANNOT = (
    r"i(?: am|'m)? ?(?:can ?not|can't|could not|couldn't|won't|will not|must decline"
    r"|(?:not|un)(?: ?currently)? ?(?:able|allowed|permitted|programmed|comfortable)\b"
    r"|(?:do not|don't) (?:know|have|think i can|feel comfortable|understand|see|find)"
    r"|(?:did not|didn't|could not|couldn't) (?:find|understand)|have no (?:idea|access|information"
    r"|knowledge|way)|not sure\b|am not sure\b|lack )"
)
_PATTERNS: tuple[str, ...] = (
    rf"(?:{_AS_AI})?(?:{_SORRY})?{_CANNOT}",
    rf"{_SORRY}(?:the |this |that |there |no |we |your |something |an? )",
    r"(?:it is|it's|that is|that's) (?:not possible|impossible) for me\b",
    r"there (?:is|was) (?:not enough|no) (?:information|context|data|document|text)\b",
    r"(?:no|not enough|insufficient) (?:information|context|data|results?)"
    r"(?: (?:was|were|is|are|has been))?(?: (?:found|given|provided|available))?\s*[.!]?\s*$",
    r"(?:please|could you|can you)(?: please)? (?:provide|share|paste|give me|tell me|clarify"
    r"|specify|rephrase|attach|upload)\b",
    r"(?:the )?(?:text|document|code|file|question|message) (?:is|was|seems to be)"
    r" (?:missing|empty|not (?:provided|included|given|attached))\b",
    # What programs say in place of a model.
    r"(?:\[|<|\{\s*\"?)?(?:tool[ _]?)?error\b[\"'\]>]*\s*[:(\]]",
    r"(?:internal server|gateway|rate limit|request|connection|network|timeout|http) "
    r"(?:error|timeout|exceeded|timed out|failed|refused)\b",
    r"traceback \(most recent call last\)",
    r"(?:4\d\d|5\d\d) (?:bad request|unauthori[sz]ed|forbidden|not found|too many requests"
    r"|internal server error|bad gateway|service unavailable|gateway timeout)\b",
    r"(?:an? )?(?:unexpected |unknown |internal )?(?:error|exception) (?:has )?occurred\b",
    # German, French, Spanish, Italian, Portuguese.
    r"(?:es tut mir(?: sehr)? leid|leider|entschuldigung)\b",
    r"(?:das )?(?:kann|darf|weiß|weiss) ich (?:leider )?nicht\b|ich (?:kann|darf|weiß|weiss)\b"
    r"[^.!?\n]{0,40}\bnicht\b",
    r"(?:je suis |)(?:vraiment )?désolée?\b|je ne (?:peux|sais|suis) pas\b|malheureusement\b",
    r"lo siento\b|no (?:puedo|sé)\b|lamentablemente\b",
    r"mi dispiace\b|non (?:posso|so)\b|purtroppo\b",
    r"(?:sinto muito|desculpe)\b|não (?:posso|sei)\b|infelizmente\b",
)
_NEGATIVE = re.compile("|".join(f"(?:{each})" for each in _PATTERNS))
_OPENING = re.compile(r"^[\s>*_#\"'`~-]+|^(?:well|hmm|oh|ah|thank you[^.!?\n]{0,40}[.!])[,.… ]+")


def is_negative(answer: str) -> bool:
    """Whether an answer begins by saying that there is none."""
    return _NEGATIVE.match(_beginning(answer)) is not None


def _beginning(answer: str) -> str:
    text = unicodedata.normalize("NFKC", answer[: 2 * _READ]).casefold().replace("\u2019", "'")
    return _OPENING.sub("", _OPENING.sub("", text))[:_READ]
