"""One key for all wordings that certainly ask the same."""

import hashlib
import json

from cache.guard.normalise import read
from cache.guard.occasion import exact_only


def reading_key(text: str) -> str | None:
    """64 hexadecimal digits, equal where politeness, case, spelling or white space differ only.

    None where a text must be found to the letter: its answer depends on more than its words, or
    it has none. Only meaningful within one scope.
    """
    if exact_only(text) is not None:
        return None
    reading = read(text)
    if not (reading.words or reading.payload):
        return None
    # Words whose capital makes another word keep it: "polish" and "Polish" are told apart by the
    # guard, which sees both texts.
    content = [
        reading.words,
        reading.literal,
        reading.quotes,
        reading.payload,
        sorted(reading.marks),
        [item for item in enumerate(reading.cased) if not item[1].islower()],
    ]
    return hashlib.sha256(json.dumps(["reading", "2", *content]).encode()).hexdigest()
