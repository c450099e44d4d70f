"""Private keys, in the armours that programs write them in, whole or cut off."""

import re
from collections.abc import Iterator

from whitelist.detector.scan import Hit, Scan

# RFC 7468, OpenSSH and OpenPGP (RFC 9580); RFC 4716 has four dashes and blanks.
_BEGIN = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----|"
    r"---- BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY ----|"
    r"PuTTY-User-Key-File-[123]:"
)
_END = re.compile(r"-{4,5} ?END [A-Z0-9 ]{0,50}-{4,5}|Private-MAC: ?[0-9a-f]{0,64}")
_CUT_OFF = re.compile(r"-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----")
_BODY_BEFORE = re.compile(r"[A-Za-z0-9+/=\s\\>]{64}\Z")
_NO_BODY = re.compile(r"[^A-Za-z0-9+/=\s\\>]")
_REACH = 12_000
_LEAST = 64


def private_keys(scan: Scan) -> Iterator[Hit]:
    """From the first to the last line; as far as the text goes where one of them is missing."""
    text, done = scan.text, 0
    for begin in _BEGIN.finditer(text):
        if begin.start() < done:
            continue
        last = _END.search(text, begin.end(), begin.end() + _REACH)
        stop = last.start() if last else min(len(text), begin.end() + _REACH)
        if stop - begin.end() < _LEAST:
            continue
        done = last.end() if last else stop
        yield "SECRET", begin.start(), done
    for end in _CUT_OFF.finditer(text):
        if end.start() < done or not _BODY_BEFORE.search(text, end.start() - 64, end.start()):
            continue
        body = text[max(done, end.start() - _REACH) : end.start()]
        others = list(_NO_BODY.finditer(body))
        yield "SECRET", end.start() - len(body) + (others[-1].end() if others else 0), end.end()
        done = end.end()
