"""Questions whose answer depends on more than their words: found exactly only, if at all."""

# ruff: noqa: E501 - tables of patterns

import re

_REASONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern, re.IGNORECASE))
    for reason, pattern in (
        (
            "depends on the time",
            r"\b(?:today|tonight|tomorrow|yesterday|now|nowadays|(?<!fault )(?<!electric )(?<!alternating )(?<!direct )(?<!ocean )current|currently|latest|newest"
            r"|recent|recently|at the moment|so far|up to date|breaking news|weather|forecast"
            r"|(?:this|next|last|past) (?:morning|evening|week|weekend|month|quarter|year"
            r"|few \w+)|what (?:time|day|date) is it|as of|these days|upcoming|trending|live score"
            r"|heute|morgen|gestern|jetzt|derzeit|aktuell\w*|aujourd'hui|demain|hier soir|maintenant"
            r"|actuellement|hoy|ma[nñ]ana|ahora|actualmente|oggi|domani|adesso|attualmente|hoje|agora"
            r"|vandaag|dzisiaj|teraz|сегодня|сейчас|завтра)\b|今天|现在|今日|最新|오늘|지금",
        ),
        (
            "asks for chance or variety",
            r"\b(?:random|randomly|surprise me|roll (?:a|the|\d+) dic?e|(?:flip|toss) a coin"
            r"|something else|(?:tell|give|sing) me (?:a|an|some|one) (?:\w+ )?(?:jokes?|riddles?|fun facts?|quotes?|story)"
            r"|shuffle|lottery numbers|pick (?:one|a (?:number|card|name))|try again|once more|(?:give|tell|show|write|suggest|make|find)"
            r"(?: me)? (?:another|a different|some other|one more))\b|^\W*another\b",
        ),
        (
            "leans on what was said before",
            r"^\W*(?:and|but|also|then|so|why not|(?:what|how) about|go on|continue|again|more"
            r"|yes|no|ok|okay|instead)\b"
            r"|\b(?:this|that) one\b(?! of)|\bthe (?:first|second|third|other|last) one\b(?! (?:to|who|that))"
            r"|\bin that case\b|\blike (?:i|you) said\b"
            r"|\b(?:as|the|from|mentioned|see|shown) (?:above|before|earlier|former|latter)\b"
            r"|\b(?:previous(?:ly)?|aforementioned|(?:you|we|i) (?:just )?(?:said|wrote|mentioned"
            r"|told|discussed)|your (?:last )?(?:answer|reply|response|suggestion))\b",
        ),
        (
            "depends on who asks",
            r"\b(?:what|where|when|how (?:much|many|big|long))(?: is|'s| are| was)?(?: left (?:in|on))? my"
            r" (?:\w+ )?(?:balance|order|orders|parcel|package|delivery|flight|appointment|schedule|calendar"
            r"|inbox|emails?|messages|score|password|location|ip address|next \w+|step count)\b"
            r"|^\W*(?:what(?:'s| is) my (?:name|age|address|number)|who am i|where am i)\b",
        ),
        (
            "is an order to act",
            r"^\W*(?:(?:please|kindly|now|can you|could you|would you|go ahead and)\b\W*)*"
            r"(?:(?:send|forward|email|e-mail|text|call|notify|invite|pay|transfer|wire|book|reserve|order|buy"
            r"|cancel|schedule|reschedule|delete|erase|drop|remove|move|rename|run|execute|commit|push|merge"
            r"|deploy|restart|reboot|stop|start|kill|install|uninstall|post|publish|upload|submit|create|close)"
            r" (?:(?:out|up|off) )?(?:me|him|her|them|it|this|that|these|those|my|our|the|all|everything)\b"
            r"|(?:send|forward) (?:an? )?(?:e-?mail|message|text|invite|reminder|invoice)s? to\b"
            r"|(?:book|reserve) (?:an? |\d+ |two |three |four )?(?:\w+ )?(?:table|room|flight|ticket|seat|taxi|cab)s?\b"
            r"|(?:transfer|pay|wire|send) \W?\d|remind me\b|set (?:an? |the )?(?:\w+ )?(?:alarm|timer|reminder)\b)",
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
