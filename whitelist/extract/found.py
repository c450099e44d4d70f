"""What every format gives: text with notices, or a refusal by its code."""

from collections import Counter
from dataclasses import dataclass, field


class Unreadable(Exception):
    """The document is not read. `code` is one that `whitelist/documents.py` has a sentence for."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Text:
    """Pieces of text in their order, refused as soon as they are longer than `characters`.

    `notices` counts what was met, by codes that `whitelist/documents.py` has sentences for.
    """

    characters: int
    notices: Counter[str] = field(default_factory=Counter)
    _pieces: list[str] = field(default_factory=list)
    _length: int = 0

    def add(self, piece: str) -> None:
        self._length += len(piece)
        if self._length > self.characters:
            raise Unreadable("too_long")
        self._pieces.append(piece)

    def line(self, piece: str = "") -> None:
        self.add(piece + "\n")

    def whole(self) -> str:
        return "".join(self._pieces)
