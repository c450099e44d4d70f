"""Writes a tiny, deterministic language model in GGUF: a real model for a real server, from code.

Every token's embedding is one-hot, attention and feed-forward are zero, so what the last layer sees
is the last token alone; the output weights are a table of which token follows which. The chat
template ends a prompt in one of three control tokens, so the answer depends on the last turn:

- usually the model says `SENTENCE`;
- where the last turn holds "forever" it says "and on and on ..." until its limit;
- where the last turn holds "nothing" it ends at once.
"""

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import gguf
import numpy as np

SENTENCE = "Hello from a tiny bigram model with no knowledge at all."
FOREVER = (" and", " on")
CONTEXT = 4096

_END, _USER, _SYSTEM, _SAY, _ON, _HUSH = (
    "<|end|>",
    "<|user|>",
    "<|system|>",
    "<|say|>",
    "<|on|>",
    "<|hush|>",
)
_CONTROLS = (_END, _USER, _SYSTEM, _SAY, _ON, _HUSH)
_DIM = 512
_LOGIT = 12.0
"""A follower's logit over all others': sampling never strays, at any usual temperature."""

_TEMPLATE = (
    "{% for m in messages %}<|{{ 'system' if m.role == 'system' else 'user' }}|>"
    "{{ m.content }}<|end|>{% endfor %}"
    "{% if 'forever' in messages[-1].content %}<|on|>"
    "{% elif 'nothing' in messages[-1].content %}<|hush|>"
    "{% else %}<|say|>{% endif %}"
)


def words(sentence: str) -> list[str]:
    """The tokens of a sentence: the first word, then each with the space before it."""
    first, *rest = sentence.split(" ")
    return [first, *(f" {word}" for word in rest)]


def write(path: Path) -> Path:
    """Writes the model to `path` (5 MB)."""
    said = [*words(SENTENCE), *FOREVER]
    tokens, merges = _vocabulary(said)
    number = {token: index for index, token in enumerate(tokens)}
    pairs = [*_chain([_SAY, *(_spelled(word) for word in words(SENTENCE)), _END])]
    on = [_spelled(word) for word in FOREVER]
    pairs += [*_chain([_ON, *on, on[0]]), (_HUSH, _END)]
    writer = gguf.GGUFWriter(str(path), "llama")
    _describe(writer, tokens, merges, number[_END])
    _weigh(writer, len(tokens), [(number[a], number[b]) for a, b in pairs])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _chain(tokens: list[str]) -> Iterable[tuple[str, str]]:
    return pairwise(tokens)


def _byte_letters() -> list[str]:
    """GPT-2's printable letter for each byte."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    spare = iter(range(256, 512))
    return [chr(byte) if byte in kept else chr(next(spare)) for byte in range(256)]


def _spelled(word: str) -> str:
    letters = _byte_letters()
    return "".join(letters[byte] for byte in word.encode())


def _vocabulary(said: list[str]) -> tuple[list[str], list[str]]:
    """Bytes, then what it takes to build each word from the left, then the control tokens."""
    tokens, merges = _byte_letters(), []
    for word in map(_spelled, said):
        for end in range(2, len(word) + 1):
            merge = f"{word[: end - 1]} {word[end - 1]}"
            if merge not in merges:
                merges.append(merge)
                tokens.append(word[:end])
    return [*tokens, *_CONTROLS], merges


def _describe(writer: gguf.GGUFWriter, tokens: list[str], merges: list[str], end: int) -> None:
    writer.add_name("tiny")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(_DIM)
    writer.add_block_count(1)
    writer.add_feed_forward_length(_DIM)
    writer.add_head_count(8)
    writer.add_head_count_kv(8)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(_DIM // 8)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_merges(merges)
    kinds = gguf.TokenType
    controls = set(_CONTROLS)
    writer.add_token_types([kinds.CONTROL if t in controls else kinds.NORMAL for t in tokens])
    writer.add_bos_token_id(end)
    writer.add_eos_token_id(end)
    writer.add_add_bos_token(False)
    writer.add_chat_template(_TEMPLATE)


def _weigh(writer: gguf.GGUFWriter, size: int, pairs: list[tuple[int, int]]) -> None:
    follows = np.zeros((size, size), dtype=np.float32)
    for before, after in pairs:
        follows[after, before] = _LOGIT
    output = np.zeros((size, _DIM), dtype=np.float32)
    # A one-hot vector of length d leaves RMS normalisation as sqrt(d).
    output[:, :size] = follows / np.sqrt(_DIM)
    writer.add_tensor("token_embd.weight", np.eye(size, _DIM, dtype=np.float32))
    writer.add_tensor("output.weight", output)
    writer.add_tensor("output_norm.weight", np.ones(_DIM, dtype=np.float32))
    for name in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"blk.0.{name}.weight", np.ones(_DIM, dtype=np.float32))
    zero = np.zeros((_DIM, _DIM), dtype=np.float16)
    for name in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"):
        writer.add_tensor(f"blk.0.{name}.weight", zero)
