"""Leaves out what a model thinks aloud in its answer, between `<think>` and `</think>`."""

from typing import Literal

_OPEN, _CLOSE = "<think>", "</think>"


class Unthink:
    """Takes an answer piece by piece and gives back the pieces without the thinking.

    Only a block that begins the answer is thinking; the same tags further on are the answer's own.
    """

    def __init__(self) -> None:
        self._held = ""
        self._at: Literal["start", "thinking", "gap", "answer"] = "start"

    def feed(self, text: str) -> str:
        """What of `text`, and of what was held back before it, belongs to the answer."""
        self._held += text
        if self._at == "start":
            self._begin()
        if self._at == "thinking":
            self._look_for_the_end()
        if self._at == "gap":
            self._held = self._held.lstrip()
            self._at = "answer" if self._held else "gap"
        if self._at != "answer":
            return ""
        answer, self._held = self._held, ""
        return answer

    @property
    def thinking(self) -> bool:
        """Whether the block has begun and not ended."""
        return self._at == "thinking"

    def rest(self) -> str:
        """What was held back and turned out to be the answer's, once there is no more."""
        return self._held if self._at == "start" else ""

    def _begin(self) -> None:
        text = self._held.lstrip()
        if text.startswith(_OPEN):
            self._at = "thinking"
        elif not _OPEN.startswith(text):
            self._at = "answer"

    def _look_for_the_end(self) -> None:
        _, closed, after = self._held.partition(_CLOSE)
        if closed:
            self._held, self._at = after, "gap"
        else:
            self._held = self._held[1 - len(_CLOSE) :]
