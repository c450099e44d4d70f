"""Anthropic's Messages protocol: a prompt as it is asked, and tokens as it counts them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from routing.providers.figures import usage_of, whole
from routing.providers.prefixes import Keep
from vocabulary import Finish, Message, Prompt, Usage

if TYPE_CHECKING:
    from anthropic.types import MessageParam, TextBlockParam
    from anthropic.types.message_create_params import MessageCreateParamsBase

FINISHES: Mapping[str, Finish] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refusal",
}

NOTHING = Keep()


def request_of(prompt: Prompt, model: str, keep: Keep = NOTHING) -> "MessageCreateParamsBase":
    """A prompt as the Messages API is asked it. `keep` is what it should keep for five minutes.

    The API has no temperature any more, so a prompt's is left out.
    """
    *earlier, newest = prompt.messages
    turns = [_turn(each, keep=keep.turns and each is earlier[-1]) for each in earlier]
    request: MessageCreateParamsBase = {
        "model": model,
        "max_tokens": prompt.max_tokens,
        "messages": [*turns, _turn(newest)],
    }
    if prompt.system:
        request["system"] = [_kept(prompt.system)] if keep.system else prompt.system
    return request


def _turn(turn: Message, *, keep: bool = False) -> "MessageParam":
    content = [_kept(turn.text)] if keep else turn.text
    if turn.role == "user":
        return {"role": "user", "content": content}
    return {"role": "assistant", "content": content}


def _kept(text: str) -> "TextBlockParam":
    return {"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}


class Counts:
    """The tokens of one answer, of which a server may tell more and more. `believed` until it gives
    a count that cannot be one.
    """

    def __init__(self) -> None:
        self.believed = True
        self._counts: dict[str, int] = {}

    def seen(self, usage: Any) -> Usage | None:
        """`input_tokens` leaves out what was read from or written to the cache: ours counts all.

        A delta repeats only what it knows, so the rest stands as it was.
        """
        details = getattr(usage, "output_tokens_details", None)
        kept = getattr(usage, "cache_creation", None)
        seen = {
            "input": getattr(usage, "input_tokens", None),
            "output": getattr(usage, "output_tokens", None),
            "read": getattr(usage, "cache_read_input_tokens", None),
            "write": getattr(usage, "cache_creation_input_tokens", None),
            "write 5m": getattr(kept, "ephemeral_5m_input_tokens", None),
            "write 1h": getattr(kept, "ephemeral_1h_input_tokens", None),
            "thinking": getattr(details, "thinking_tokens", None),
        }
        for name, said in seen.items():
            count = whole(said)
            if count is not None:
                self._counts[name] = count
            elif said is not None:
                self.believed = False
        if "input" not in self._counts:
            return None
        counts = {name: self._counts.get(name, 0) for name in seen}
        written = max(counts["write"], counts["write 5m"] + counts["write 1h"])
        return usage_of(
            read=counts["input"] + counts["read"] + written,
            written=counts["output"],
            cached=counts["read"],
            cache_write=written,
            cache_write_1h=counts["write 1h"],
            reasoning=counts["thinking"],
        )
