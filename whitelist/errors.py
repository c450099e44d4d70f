"""What this room says no with.

HomewardError
├─ Refused          policy said no; carries the rule that decided
├─ Unusable         a host, an address or an entry that cannot be read in exactly one way
├─ WhitelistError   whitelist.toml cannot be trusted or read; names the file and the line
├─ DocumentError    a document that may not or cannot be read, or answered beside
├─ NotRedactable    a text that must be redacted and cannot be, so nothing of it is sent
├─ AuditError       a decision could not be written down, so nothing may be sent
└─ NoKeyring        the system keyring is missing, locked, silent, or would keep plain text
"""

from pathlib import Path

from vocabulary import HomewardError


class Refused(HomewardError):
    """Policy said no. `rule` is what decided, in a few words."""

    def __init__(self, what: str, *, fix: str = "", rule: str) -> None:
        super().__init__(what, fix=fix)
        self.rule = rule


class Unusable(HomewardError):
    """A host, an address, a name or an entry that cannot be read in exactly one way."""


class WhitelistError(HomewardError):
    """whitelist.toml cannot be trusted or read; until it can, nothing leaves.

    `line` counts from 1; None where the file as a whole is meant.
    """

    def __init__(self, what: str, *, fix: str, file: Path, line: int | None = None) -> None:
        where = f"{file}, line {line}" if line is not None else str(file)
        super().__init__(f"{where}: {what}", fix=fix)
        self.file = file
        self.line = line


class DocumentError(HomewardError):
    """A document that may not or cannot be read, or beside which no answer can be written.

    It never tells whether there is a file outside of the folders that are open.
    """


class AuditError(HomewardError):
    """The audit log could not be written or read; what is not written down first is not sent."""


class NoKeyring(HomewardError):
    """The system keyring is missing, locked or silent, or is one that keeps plain text."""


class NotRedactable(HomewardError):
    """A text that must be redacted, and cannot be: nothing of it is sent."""
