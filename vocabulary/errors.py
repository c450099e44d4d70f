"""The root of the error tree. Each room hangs its own branch on it, in its own `errors.py`:

HomewardError
├─ InvalidRequest       switchboard   the request contradicts itself or cannot be read
├─ NoCandidate          switchboard   every model was ruled out; says which gate removed which
├─ AllFailed            switchboard   every permitted model was tried and failed
├─ Refused              whitelist     policy said no; carries the rule that decided
├─ Unusable             whitelist     a host or name that cannot be read in exactly one way
├─ WhitelistError       whitelist     whitelist.toml cannot be trusted or read
├─ DocumentError        whitelist     a document may not or cannot be read, or answered beside
├─ NotRedactable        whitelist     a text that must be redacted cannot be
├─ AuditError           whitelist     a decision could not be written down first
├─ NoKeyring            whitelist     the system keyring cannot be used
├─ OverBudget           ledger        carries what is left and when it renews
├─ UnknownPrice         ledger        a price that is not known is never zero
├─ UnusablePrices       ledger        a price table that cannot be used in place of the shipped one
├─ UnreadableExport     ledger        a provider's file that cannot be compared with the books
├─ AlreadyRunning       ledger        one experiment runs, and only one can
├─ NoExperiment         ledger        there is none of that name
├─ StorageError         storage       locked, full, read-only or damaged database
├─ SettingsError        mcp_server    a setting that cannot be used, with file and line
├─ UnknownStrategy      routing       there is no strategy of that name; lists those there are
├─ PriorError           routing       the learned prior is missing or of another version
├─ UnknownRequest       routing       nothing is kept under that id
├─ Busy                 routing       no place came free in a local model's queue
└─ ProviderError        routing       anything a model server did; nothing of a vendor's escapes
   ├─ ProviderTimeout
   ├─ ProviderUnavailable   may work elsewhere, or later
   └─ ProviderRejected      will fail again as it is
      └─ PromptRejected     too long for that model
"""


class HomewardError(Exception):
    """Something a person can act on.

    `what` happened and how to `fix` it are whole sentences in plain words; neither ever holds a
    key, a prompt or an answer. `str(error)` is both, one after the other.
    """

    def __init__(self, what: str, *, fix: str = "") -> None:
        super().__init__(what, fix)
        self.what = what
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.what} {self.fix}".rstrip()
