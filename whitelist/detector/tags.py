"""The tags that stand in a redacted text where values were: `[[EMAIL_1]]`, or `[[EMAIL_1_k3f9]]`.

A tag is never a finding, nor part of one, whatever stands around it.
"""

import re
from collections.abc import Iterator

from whitelist.detector.findings import KINDS

TAGGED = tuple(kind for kind, about in KINDS.items() if about.tier != "C")
TAG = re.compile(rf"\[\[(?:{'|'.join(TAGGED)})_[1-9][0-9]{{0,5}}(?:_[a-z0-9]{{4}})?\]\]")
_LONGEST = len("[[ACCOUNT_123456_k3f9]]")


def without_tags(text: str) -> str:
    """`text` with semicolons for its tags, so that none is a word or number to any finder."""
    return TAG.sub(lambda tag: ";" * len(tag[0]), text) if "[[" in text else text


def outside_tags(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The pieces of `text[start:end]` that no tag covers.

    Between tags only pieces with a letter or a digit count: a bracket left over gives nothing away.
    """
    near = TAG.finditer(text, max(0, start - _LONGEST), end + _LONGEST)
    tags = [tag.span() for tag in near if tag.start() < end and start < tag.end()]
    if not tags:
        yield start, end
        return
    at = start
    for begin, stop in (*tags, (end, end)):
        if any(map(str.isalnum, text[at:begin])):
            yield at, begin
        at = stop
