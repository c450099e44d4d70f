"""The one error of reading an export."""

from vocabulary import HomewardError


class UnreadableExport(HomewardError):
    """The file is no export that is known, or a line of it cannot be read in exactly one way.

    `line` is that of the file, counted from 1; None where it is the whole file.
    """

    def __init__(self, what: str, *, fix: str = "", line: int | None = None) -> None:
        super().__init__(what if line is None else f"Line {line}: {what}", fix=fix)
        self.line = line
