"""The trained file: read with care, or not at all."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from routing.prior import PriorError, load
from routing.prior.file import ARRAYS, FILE, packed, version_of

Array = NDArray[Any]


def arrays() -> dict[str, "np.ndarray[tuple[int, ...], np.dtype[np.generic]]"]:
    with np.load(FILE, allow_pickle=False) as file:
        return {name: file[name] for name in (*ARRAYS, "about")}


def without(name: str) -> Callable[[], bytes]:
    def damaged() -> bytes:
        out = io.BytesIO()
        np.savez(out, allow_pickle=False, **{k: v for k, v in arrays().items() if k != name})
        return out.getvalue()

    return damaged


def with_other(name: str, change: Callable[[Array], Array]) -> Callable[[], bytes]:
    def damaged() -> bytes:
        found = arrays()
        found.pop("about")
        return packed({**found, name: change(found[name])}, {})

    return damaged


def of_format(number: int) -> Callable[[], bytes]:
    def other() -> bytes:
        found = arrays()
        about = json.loads(found.pop("about").tobytes())
        return packed(found, {**about, "format": number})

    return other


DAMAGE = {
    "empty": lambda: b"",
    "no archive": lambda: b"once upon a time",
    "cut off": lambda: FILE.read_bytes()[:-5_000],
    "cut short": lambda: FILE.read_bytes()[:300],
    "heads gone": without("heads"),
    "about gone": without("about"),
    "heads of another size": with_other("heads", lambda heads: heads[:, 1:]),
    "heads not finite": with_other("heads", lambda heads: heads * np.float32(np.nan)),
    "a kind too few": with_other("kind_bias", lambda bias: bias[1:]),
    "words too few": with_other("pieces", lambda pieces: pieces[:100]),
    "words not ascii": with_other("pieces", lambda pieces: pieces | 128),
}


@pytest.mark.parametrize("make", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_refused_in_plain_words(
    make: Callable[[], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "prior.npz"
    path.write_bytes(make())
    with pytest.raises(PriorError, match="damaged") as refused:
        load(path)
    assert "does without it" in refused.value.fix
    assert str(tmp_path) not in str(refused.value)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(PriorError, match="missing"):
        load(tmp_path / "prior.npz")


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "prior.npz"
    path.write_bytes(of_format(99)())
    with pytest.raises(PriorError, match="another version"):
        load(path)


def test_the_file_is_packed_to_the_same_bytes() -> None:
    found = arrays()
    about = json.loads(found.pop("about").tobytes())
    assert packed(found, about) == FILE.read_bytes()


def test_the_file_says_what_it_was_made_from() -> None:
    about = json.loads(arrays()["about"].tobytes())
    assert {"sources", "outcomes", "seed", "made_by", "version"} <= about.keys()
    assert all("MIT" in each or "Apache" in each or "ours" in each for each in about["sources"])


def test_other_words_make_another_version() -> None:
    found = arrays()
    turned = {**found, "vectors": found["vectors"][::-1]}
    assert version_of(turned) != version_of(found)
    assert version_of({**found, "heads": found["heads"] + 1}) == version_of(found)


def test_the_file_is_small() -> None:
    assert FILE.stat().st_size < 2.2e6
