"""The trained file beside this module: writing it, and reading it with care."""

import io
import json
import zipfile
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from routing.prior.errors import PriorError
from routing.prior.features import names
from routing.prior.kinds import kinds
from routing.prior.prior import Prior
from routing.prior.sketching import (
    COUNT_SCALE,
    COUNTED,
    DIMENSIONS,
    KIND_SCALE,
    TELLING,
    VECTOR_SCALE,
    Reader,
)
from routing.prior.words import Words

FORMAT = 2
"""To be raised whenever the same arrays give other numbers for a text, too."""
FILE = Path(__file__).with_name("prior.npz")
ARRAYS = (
    *("pieces", "vectors", "kind_weights", "kind_bias", "usual", "centre", "spread", "heads"),
)
_FIX = "Install Homeward again: the file came with it. Until then routing does without it."

Arrays = Mapping[str, "np.ndarray[Any, Any]"]


def shape() -> str:
    """What learned numbers hang on: the features, the kinds, the order of both."""
    scales = (COUNT_SCALE, KIND_SCALE, VECTOR_SCALE)
    told = json.dumps([names(), [kind.name for kind in kinds()], COUNTED, TELLING, scales])
    return sha256(told.encode()).hexdigest()[:12]


def version_of(arrays: Arrays) -> str:
    """Names the basis that these arrays make: the same numbers for the same text."""
    digest = sha256(shape().encode())
    for name in ARRAYS:
        if name != "heads":  # they use the basis, and do not change it
            digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return f"{FORMAT}-{digest.hexdigest()[:12]}"


def packed(arrays: Arrays, about: Mapping[str, Any]) -> bytes:
    """The file's bytes: the same for the same content."""
    whole = {"format": FORMAT, "shape": shape(), "version": version_of(arrays), **about}
    text = json.dumps(whole, ensure_ascii=False, indent=1).encode()
    out = io.BytesIO()
    about_array = np.frombuffer(text, dtype=np.uint8)
    with zipfile.ZipFile(out, "w") as file:
        for name, array in {**arrays, "about": about_array}.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            with file.open(entry, "w") as place:
                np.lib.format.write_array(place, np.asarray(array), allow_pickle=False)
    return out.getvalue()


def load(path: Path = FILE) -> Prior:
    """The shipped prior, read once; tens of milliseconds.

    Raises:
        PriorError: the file is missing, damaged, or of another version than this program.
    """
    return _load(path)


@cache
def _load(path: Path) -> Prior:
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            arrays = {name: file[name] for name in (*ARRAYS, "about")}
        about = json.loads(arrays.pop("about").tobytes())
        if (about["format"], about["shape"]) != (FORMAT, shape()):
            raise PriorError("The routing prior is of another version of Homeward.", fix=_FIX)
        return Prior(
            version=about["version"], reader=_reader(arrays), heads=_checked(arrays["heads"])
        )
    except FileNotFoundError as error:
        raise PriorError("The routing prior is missing.", fix=_FIX) from error
    except (OSError, KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise PriorError("The routing prior is damaged and cannot be read.", fix=_FIX) from error


def _reader(arrays: Arrays) -> Reader:
    pieces = arrays["pieces"].tobytes().decode("ascii").split("\n")
    vectors = arrays["vectors"]
    count = len(kinds())
    expected = {
        "vectors": (len(pieces), vectors.shape[-1]),
        "kind_weights": (vectors.shape[-1] + len(TELLING), count),
        "kind_bias": (count,),
        "usual": (count,),
        "centre": (len(COUNTED),),
        "spread": (len(COUNTED),),
    }
    if any(arrays[name].shape != size for name, size in expected.items()):
        raise ValueError("sizes do not fit")
    return Reader(
        words=Words(pieces, vectors),
        **{name: arrays[name] for name in expected if name != "vectors"},
    )


def _checked(heads: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    if heads.shape != (2, DIMENSIONS) or not np.isfinite(heads).all():
        raise ValueError("heads do not fit")
    return heads
