"""Turns texts into vectors whose cosine says how alike the texts are."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from cache.encoder import GRAPH, NAME, TOKENIZER, packaged, prepare
from cache.errors import EncoderMissing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Embed(Protocol):
    """One model. May be called from several threads; blocks for milliseconds a text."""

    @property
    def space(self) -> str:
        """Model, revision and precision: vectors of different spaces mean nothing together."""
        ...

    @property
    def dimensions(self) -> int: ...

    @property
    def window(self) -> int:
        """Word pieces that are read, those at the ends included."""
        ...

    def fits(self, text: str) -> bool:
        """Whether all of `text` is in its vector: no piece past the window, none unknown."""
        ...

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """[n, dimensions], every row of length one."""
        ...


class OnnxEmbed:
    """all-MiniLM-L6-v2 on ONNX Runtime, one thread: the machine is the person's, not ours.

    `folder` is what `encoder.prepare` made.

    Raises:
        EncoderMissing: the files are not there or not whole.
    """

    def __init__(self, folder: Path) -> None:
        # ONNX Runtime 1.29 and later reports to its maker over a connection of its own, past our
        # one door, and decides so while it is imported. Nothing leaves that was not allowed.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime
        from tokenizers import Tokenizer

        try:
            self._session = onnxruntime.InferenceSession(
                str(folder / GRAPH), _options(), providers=["CPUExecutionProvider"]
            )
            meta = self._session.get_modelmeta().custom_metadata_map
            self.space, self.window = str(meta["space"]), int(meta["window"])
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        except Exception as error:  # both libraries raise their own and bare Exceptions
            raise EncoderMissing(
                f"The encoder in {folder} cannot be loaded.",
                fix="Install Homeward again: the files came with it."
                if packaged(folder)
                else "Delete that folder; Homeward makes it again at the next start.",
            ) from error
        self.dimensions = int(self._session.get_outputs()[0].shape[1])
        self._tokenizer.enable_truncation(self.window)
        self._tokenizer.no_padding()
        self._unknown = self._tokenizer.token_to_id("[UNK]")

    def fits(self, text: str) -> bool:
        # No word piece is known that is longer than 18 characters; do not tokenize megabytes.
        if len(text) > 18 * self.window:
            return False
        read = self._tokenizer.encode(text)
        return not read.overflowing and self._unknown not in read.ids

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        import numpy as np

        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        # One at a time: on one thread a batch gains nothing, and pads short texts to long ones.
        for row, text in enumerate(texts):
            ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
            vectors[row] = self._session.run(["vector"], {"input_ids": ids})[0][0]
        return vectors


def _options() -> Any:
    """Small and quiet rather than fast at any price."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def load(name: str, *, folder: Path) -> Embed:
    """The embedding model of that name; the default one is made in `folder` if it must be.

    Raises:
        EncoderMissing: see `encoder.prepare` and the two classes.
    """
    if name in (NAME, f"sentence-transformers/{NAME}"):
        return OnnxEmbed(prepare(folder))
    return SentenceTransformersEmbed(name)


class SentenceTransformersEmbed:
    """Any other sentence-transformers model, by name (extra `embeddings`).

    Only a model that is on this machine already: fetching one would be a request past the door.
    A name can be given other weights, so the space holds their digest.

    Raises:
        EncoderMissing: the extra is not installed, or no model here has that name.
    """

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise EncoderMissing(
                f"The embedding model {name} needs the package sentence-transformers.",
                fix="Run `pip install 'homeward[embeddings]'`, or use all-MiniLM-L6-v2.",
            ) from error
        try:
            self._model = SentenceTransformer(name, device="cpu", local_files_only=True)
        except Exception as error:  # huggingface_hub, torch and OSError, each with its own tree
            raise EncoderMissing(
                f"The embedding model {name} cannot be loaded.",
                fix="Homeward downloads none: fetch it first, for example with `hf download`.",
            ) from error
        self.space = f"{name}@{_digest(self._model)}/sentence-transformers"
        self.dimensions = int(self.embed(["?"]).shape[1])
        self.window = int(self._model.get_max_seq_length() or 0)

    def fits(self, text: str) -> bool:
        if len(text) > 18 * self.window:
            return False
        tokenizer: Any = self._model.tokenizer
        ids = tokenizer(text, truncation=False, verbose=False)["input_ids"]
        return len(ids) <= self.window and tokenizer.unk_token_id not in ids

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        import numpy as np

        vectors = self._model.encode(
            list(texts), normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)


def _digest(model: Any) -> str:
    import hashlib

    import torch

    digest = hashlib.blake2b(digest_size=6)
    for tensor in model.state_dict().values():
        digest.update(tensor.flatten().view(torch.uint8).numpy())
    return digest.hexdigest()
