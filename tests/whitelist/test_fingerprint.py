"""A keyed hash of exactly these texts: the same again, and never that of anything else."""

import json
from pathlib import Path

import pytest

from tests.whitelist.test_audit import noted, opened
from whitelist import Audit


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    return opened(tmp_path)


def test_the_same_texts_have_the_same_fingerprint_in_every_process(
    audit: Audit, tmp_path: Path
) -> None:
    first = audit.fingerprint("system", "prompt")
    assert len(first) == 64
    assert opened(tmp_path).fingerprint("system", "prompt") == first
    noted(audit)
    assert opened(tmp_path).fingerprint("system", "prompt") == first
    assert audit.verify().ok


def test_a_fingerprint_says_nothing_without_the_key(audit: Audit, tmp_path: Path) -> None:
    assert opened(tmp_path / "other").fingerprint("a") != audit.fingerprint("a")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        (("ab",), ("ab", "")),
        ((), ("",)),
        (("a", "b"), ("b", "a")),
        (("a\0b",), ("a", "b")),
        (("é",), ("e\u0301",)),
        (("\ud800",), ("\udc00",)),
        (("1" + "\0" * 7 + "\1a",), ("1", "a")),
    ],
)
def test_other_texts_have_another_fingerprint(
    audit: Audit, one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    assert audit.fingerprint(*one) != audit.fingerprint(*other)


def test_no_text_has_the_fingerprint_of_a_line(audit: Audit) -> None:
    """Else a text could be made that a line of the log vouches for."""
    noted(audit)
    line = json.loads(audit.path.read_text())
    mac = line.pop("mac")
    sealed = json.dumps(line, sort_keys=True, separators=(",", ":"))
    assert mac not in (audit.fingerprint("", sealed), audit.fingerprint(f"\n{sealed}"))
