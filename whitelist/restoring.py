"""Puts values back where a model's answer has the tags that stood for them in what it was sent."""

import re

from whitelist.redaction import Redaction
from whitelist.tag_forms import (
    LONGEST,
    TAG_LIKE,
    UNFINISHED,
    by_name,
    is_broken,
    is_plain,
    named,
)


class Restoring:
    """One answer on its way back into words: in pieces (`feed`, then `close`) or whole (`restore`).

    Known once the answer is closed: `restored`, how many tags were put back; `lost`, how many of
    those sent never came back; `altered`, how many were meant as tags and are none that was sent.
    What was put back is not looked at again, whatever it holds.
    """

    def __init__(self, redaction: Redaction) -> None:
        self._parts = redaction.parts
        self._values = by_name(redaction.map)
        self._answer: list[str] = []
        self._held = ""
        self.restored = 0
        self.lost = len(self._values)
        self.altered = 0

    def feed(self, piece: str) -> str:
        """The next words. Holds back what may be the beginning of a tag: under 80 characters."""
        self._answer.append(piece)
        return self._words(self._held + piece, last=False)

    def close(self) -> str:
        """What was held back, which ends the answer."""
        words = self._words(self._held, last=True)
        self._count("".join(self._answer))
        return words

    def restore(self, text: str) -> str:
        """A whole answer, fed and closed."""
        return self.feed(text) + self.close()

    def whole(self, must_keep: bool) -> bool:
        """Whether no tag was altered, nor lost where the answer `must_keep` everything."""
        return self.altered == 0 and not (must_keep and self.lost)

    def _words(self, text: str, *, last: bool) -> str:
        """`text` with values for its tags, up to where what follows could still change it."""
        unfinished = None if last else UNFINISHED.search(text, max(0, len(text) - LONGEST))
        until = unfinished.start() if unfinished else len(text)
        self._held = text[until:]
        out: list[str] = []
        at = 0
        for match in TAG_LIKE.finditer(text):
            if match.start() >= until:
                break
            out += text[at : match.start()], self._put_back(match)
            at = match.end()
        return "".join(out) + text[at:until]

    def _put_back(self, match: re.Match[str]) -> str:
        value = self._values.get(named(match))
        if value is None or not is_plain(match):
            return match[0]
        # Tags are sent in plain brackets: a backslash before the first only is the text's own.
        kept = match["open"].startswith("\\") and (match["second"], match["close"]) == ("[", "]")
        return (match["open"][:-1] if kept else "") + value

    def _count(self, answer: str) -> None:
        sent = {match[0] for part in self._parts for match in TAG_LIKE.finditer(part)}
        back = set()
        for match in TAG_LIKE.finditer(answer):
            name = named(match)
            if name in self._values and is_plain(match):
                self.restored += 1
                back.add(name)
            elif match["bare"]:
                self.altered += name in self._values
            elif match[0] not in sent:
                self.altered += is_broken(match)
        self.lost = len(self._values) - len(back)
