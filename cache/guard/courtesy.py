"""Greetings, thanks and please, which change no answer. In a few languages, as people mix them."""

import re

_PLEASE = r"bitte|por favor|per favore|s'il (?:vous|te) pla[iî]t"
_FIRST = (
    r"(?:hi|hello|hey|hiya|greetings|good (?:morning|evening|afternoon|day))"
    r"(?: there| all| everyone| team| guys)?\s*[,.!:-]+\s*",
    r"(?:hi|hello|hey)(?: there)? "
    r"(?=(?:can|could|what|how|why|where|when|who|which|please|is|are|do|does|i)\b)",
    r"please answer(?: this| the following)?(?: question)?\s*:\s*",
    r"(?:please|kindly|pls|plz)\b,?\s+",
    r"(?:a )?(?:quick |simple |stupid |dumb )?question\s*[:,-]\s+",
    r"(?:sorry|excuse me|pardon)(?: to bother you| for asking)?\s*[,.!]\s*(?:but )?",
    r"(?:ok|okay|so|well|um|hmm)(?:\s*,\s+| (?=(?:what|how|why|where|when|who|which)\b))",
    rf"(?:{_PLEASE}|alstublieft|alsjeblieft)\b,?\s+",
)
_LAST = (
    r"many thanks|thanks|thank you|thx|cheers|please|pls|plz|kindly"
    rf"|{_PLEASE}|danke|gracias|grazie|merci"
)
_COURTESY = re.compile(
    rf"^(?:{'|'.join(_FIRST)})+"
    r"|(?:(?<=[.?!,;)])|(?<=\w)(?=\s+(?:please|thanks|thank you|pls|plz)\W*$))"
    rf"\s*(?:{_LAST})"
    r"(?:,? (?:a lot|in advance|so much|very much|a bunch|a million|again))?\s*[.!?:)]*\s*$",
    re.IGNORECASE,
)


def impolite(text: str) -> str:
    """The text without its courtesies; the text itself where nothing else would be left."""
    return _COURTESY.sub("", text).strip() or text
