"""The one error of reading an export."""

from pathlib import Path

from vocabulary import HomewardError


class UnreadableExport(HomewardError):
    """The file is no export that is known, or a line of it cannot be read in exactly one way.

    `line` is that of the file, counted from 1; None where it is the whole file.
    """

    def __init__(
        self, what: str, *, fix: str = "", line: int | None = None, file: Path | None = None
    ) -> None:
        place = "Line" if file is None else f"{file}, line"
        super().__init__(what if line is None else f"{place} {line}: {what}", fix=fix)
        self.said, self.line = what, line

    def within(self, file: Path) -> "UnreadableExport":
        """The same of a line of a file that has a name."""
        fix = self.fix or "Export the file anew, or mend that line in a copy of it."
        return UnreadableExport(self.said, fix=fix, line=self.line, file=file)
