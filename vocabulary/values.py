"""Frozen values that several rooms must name: prompts, what a call used, money, kinds of task."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NewType

Money = NewType("Money", int)
"""Micro-dollars (10⁻⁶ USD), an integer: sums of money are exact."""

Role = Literal["user", "assistant"]

Finish = Literal["stop", "length", "refusal"]
"""Why a model stopped: it was done, it met the token limit, or it declined to answer."""


class TaskKind(StrEnum):
    """What a prompt asks for; the keys of the whitelist's `allowed_for_cloud`."""

    SIMPLE_COMPLETION = "simple_completion"
    INLINE_COMPLETION = "inline_completion"
    TRANSLATION = "translation"
    SUMMARISATION = "summarisation"
    EXTRACTION = "extraction"
    CREATIVE_WRITING = "creative_writing"
    CODE_GENERATION = "code_generation"
    CODE_REVIEW = "code_review"
    DEBUGGING = "debugging"
    ARCHITECTURE_DESIGN = "architecture_design"
    REASONING_TASKS = "reasoning_tasks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What is sent to a model: a system text, and turns of which the last is the user's."""

    messages: tuple[Message, ...]
    system: str | None = None
    max_tokens: int
    temperature: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one call.

    `input_tokens` counts every token read, cached ones too; `cached_tokens` is the part of them
    read from the provider's prompt cache, `cache_write_tokens` the part written to it, and
    `cache_write_1h_tokens` the part of that which is kept for an hour instead of five minutes.
    `output_tokens` counts every token written, `reasoning_tokens` is the unseen part of them.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    cache_write_1h_tokens: int = 0
