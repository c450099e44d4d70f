"""Which beginnings of prompts a model has read lately: only those are worth keeping there.

A provider that is told to keep the beginning of a prompt (Anthropic's `cache_control`) bills more
for writing it, 1.25 times at most models, and much less for reading it again, a tenth to a
fortieth. Whether it will be read again nobody knows; what was sent twice in five minutes is likely
to be sent a third time. So it is bought at second sight: like renting until the rent would have
bought it, that is never much dearer than knowing the future.
"""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from routing.tokens import estimate_tokens
from vocabulary import Prompt

WORTH_TOKENS = 1024
"""Shorter beginnings are not kept, by most models' own rules (platform.claude.com, prompt caching:
512 to 4,096 by model). A model whose bound is higher ignores the wish, and bills nothing for it.
"""

KEPT_S = 300.0
"""Anthropic keeps what was written for five minutes after each use."""

_MOST = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """What of one prompt is to be kept: its system text, and all before its newest turn."""

    system: bool = False
    turns: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginnings:
    """The beginnings of one prompt to one model, as digests: only the system text; all but the two
    newest turns and the newest one, which are what an earlier call may have sent; and all of it.
    """

    system: bytes | None
    earlier: tuple[bytes, ...]
    whole: bytes


class Prefixes:
    """Remembers for five minutes what was sent to which model, at most 1,024 beginnings, as keyed
    digests: no text, and nothing that means anything to another process.
    """

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._key = secrets.token_bytes(32)
        self._seen: OrderedDict[bytes, float] = OrderedDict()

    def of(self, prompt: Prompt, model: str) -> Beginnings:
        digest = hashlib.blake2b(key=self._key, digest_size=16)
        _add(digest, model, prompt.system or "")
        system, after = digest.digest() if prompt.system else None, []
        for turn in prompt.messages:
            _add(digest, turn.role, turn.text)
            after.append(digest.digest())
        return Beginnings(system=system, earlier=tuple(after[:-1][-2:]), whole=after[-1])

    def worth(self, prompt: Prompt, beginnings: Beginnings) -> Keep:
        """What to have kept: what was sent lately, and is long enough."""
        system = self._lately(beginnings.system)
        turns = any(map(self._lately, beginnings.earlier))
        if not system and not turns:
            return Keep()
        words = estimate_tokens(prompt.system or "")
        said = words + sum(estimate_tokens(turn.text) for turn in prompt.messages[:-1])
        return Keep(system=system and words >= WORTH_TOKENS, turns=turns and said >= WORTH_TOKENS)

    def sent(self, beginnings: Beginnings) -> None:
        """The model has begun to answer this prompt, so it has read all of it."""
        now = self._monotonic()
        for each in filter(None, (beginnings.system, *beginnings.earlier, beginnings.whole)):
            self._seen[each] = now
            self._seen.move_to_end(each)
        while len(self._seen) > _MOST:
            self._seen.popitem(last=False)

    def _lately(self, beginning: bytes | None) -> bool:
        if beginning is None or beginning not in self._seen:
            return False
        return self._monotonic() - self._seen[beginning] < KEPT_S


def _add(digest: hashlib.blake2b, *texts: str) -> None:
    for text in texts:
        raw = text.encode()
        digest.update(len(raw).to_bytes(8, "big") + raw)
