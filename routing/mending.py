"""Text that can be written as UTF-8: halves of characters are joined, or replaced."""


class Mended:
    """Takes a text piece by piece and gives it back without lone surrogates.

    JSON writes a character beyond U+FFFF as two halves, and a server may send them in two pieces.
    A first half at the end of a piece waits for the next one; a half that stays alone becomes
    U+FFFD, as no encoding has a place for it.
    """

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        """What of `text`, and of what was held back before it, is whole."""
        if not text:
            return ""
        text = self._held + text
        self._held = text[-1] if "\ud800" <= text[-1] <= "\udbff" else ""
        return _whole(text.removesuffix(self._held))

    def rest(self) -> str:
        """What was held back, once there is no more."""
        held, self._held = self._held, ""
        return _whole(held)


def _whole(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
