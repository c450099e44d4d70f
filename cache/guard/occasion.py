"""Questions whose answer depends on more than their words: found exactly only, if at all."""

import re

_REASONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern, re.IGNORECASE))
    for reason, pattern in (
        (
            "depends on the time",
            r"\b(?:today|tonight|tomorrow|yesterday|now|nowadays|current|currently|latest|newest"
            r"|recent|recently|at the moment|so far|up to date|breaking news|weather|forecast"
            r"|(?:this|next|last|past) (?:morning|evening|week|weekend|month|quarter|year"
            r"|few \w+)|what (?:time|day|date) is it)\b",
        ),
        (
            "asks for chance or variety",
            r"\b(?:random|randomly|surprise me|roll (?:a|the|\d+) dic?e|(?:flip|toss) a coin"
            r"|something else|try again|once more|(?:give|tell|show|write|suggest|make|find)"
            r"(?: me)? (?:another|a different|some other|one more))\b|^\W*another\b",
        ),
        (
            "leans on what was said before",
            r"^\W*(?:and|but|also|then|so|why not|(?:what|how) about|go on|continue|again|more"
            r"|yes|no|ok|okay|instead)\b"
            r"|\b(?:as|the|from|mentioned|see|shown) (?:above|before|earlier|former|latter)\b"
            r"|\b(?:previous(?:ly)?|aforementioned|(?:you|we|i) (?:just )?(?:said|wrote|mentioned"
            r"|told|discussed)|your (?:last )?(?:answer|reply|response|suggestion))\b",
        ),
        (
            "says too little by itself",
            r"^\W*(?:(?:please|can you|could you|why|how|what|is|does|do|explain|fix|summari[sz]e"
            r"|translate|continue|shorten|rewrite|improve|review|it|that|this|these|those|them|so"
            r"|better|shorter|longer|simpler)\b\W*)+$",
        ),
    )
)


def exact_only(text: str) -> str | None:
    """Why a question must not be answered by likeness; None if it may."""
    return next((reason for reason, pattern in _REASONS if pattern.search(text)), None)
