"""Calls that end in every way: what each asks and meets follows from its number, on both sides."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from switchboard import Request
from tests.wire.metering import Script
from vocabulary import Message

LANES = 4
"""Calls at once in each process, and models of each cloud."""

MODELS = tuple(f"meter-{lane}" for lane in range(LANES))
CLOUDS = ("openai", "anthropic", "openrouter")

_FIRST, _LETTERS = 0xA000, 1000
"""Yi syllables: our estimate takes each for one token, and so do these clouds."""

Until = Literal["heard", "begun", "sent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One way for a call to end. `scripts` are what its requests meet, one after the other, all
    later ones the last. `until`: the caller breaks it off when it has heard everything there is to
    hear, when a request of it has begun, or when all was sent. `free`ly routed ones name no model.

    Of one that is not `countable` nobody on this side of the wire can know what it cost.
    """

    name: str
    scripts: tuple[Script, ...]
    clouds: tuple[str, ...] = CLOUDS
    until: Until | None = None
    freely: bool = False
    countable: bool = True
    share: int = 1


_WHOLE = Script(how="whole")
_TOO_MANY = Script(how="free", status=429)
_BUSY = Script(how="free", status=503)
_BROKEN = Script(how="breaks")
_OPENAI = ("openai", "openrouter")

KINDS = (
    Kind(name="whole", scripts=(_WHOLE,), share=8),
    Kind(name="whole, cost told", scripts=(_WHOLE,), clouds=("openrouter",), share=3),
    Kind(name="whole, usage in every piece", scripts=(Script(how="whole", told="running"),),
         clouds=_OPENAI),
    Kind(name="whole, with thinking and cached tokens",
         scripts=(Script(how="whole", hidden=17, cached=9),), share=2),
    Kind(name="whole, no usage told", scripts=(Script(how="whole", told="never"),),
         clouds=_OPENAI),
    Kind(name="whole, nothing told as used", scripts=(Script(how="whole", told="zero"),)),
    Kind(name="cancelled before a word", scripts=(Script(how="silent"),), until="begun", share=2),
    Kind(name="cancelled in the middle", scripts=(Script(how="stalls"),), until="heard", share=5),
    Kind(name="cancelled, usage in every piece", scripts=(Script(how="stalls", told="running"),),
         clouds=_OPENAI, until="heard"),
    Kind(name="connection broke off", scripts=(_BROKEN,), share=2),
    Kind(name="answer cut short", scripts=(Script(how="cut"),), share=2),
    Kind(name="error after some of it", scripts=(Script(how="fails"),), share=2),
    Kind(name="fell silent", scripts=(Script(how="stalls"),)),
    Kind(name="never began", scripts=(Script(how="silent"),)),
    Kind(name="429, then whole", scripts=(_TOO_MANY, _WHOLE), share=2),
    Kind(name="429 to the end", scripts=(_TOO_MANY,)),
    Kind(name="503 twice, then broke off", scripts=(_BUSY, _BUSY, _BROKEN)),
    Kind(name="rejected", scripts=(Script(how="free", status=400),)),
    Kind(name="fell back once", scripts=(_BROKEN, _WHOLE), freely=True, share=2),
    Kind(name="fell back twice", scripts=(*[_TOO_MANY] * 3, Script(how="cut"), _WHOLE),
         freely=True, share=2),
)  # fmt: skip

BEYOND = (
    Kind(name="whole, absurd usage told", scripts=(Script(how="whole", told="absurd"),),
         countable=False),
    Kind(name="cancelled with more on its way", scripts=(Script(how="stalls"),), until="sent",
         countable=False),
    Kind(name="cancelled while it thought", scripts=(Script(how="thinks"),), until="sent",
         countable=False),
    Kind(name="finished behind a gateway (504)", scripts=(Script(how="gateway"),),
         countable=False),
    Kind(name="dropped unbilled", scripts=(Script(how="drops"),), countable=False),
    Kind(name="no connection came about", scripts=(), clouds=("deepseek",)),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: what is asked, of whom, and what it will meet."""

    number: int
    kind: Kind
    model: str | None
    system: str
    turns: tuple[str, ...]
    prompt: str
    pieces: tuple[str, ...]

    @property
    def request(self) -> Request:
        turns = (
            Message(role="user" if index % 2 == 0 else "assistant", text=text)
            for index, text in enumerate(self.turns)
        )
        return Request(
            prompt=self.prompt,
            system=self.system,
            turns=tuple(turns),
            model=self.model,
            prefer="cloud",
            max_tokens=80,
            caller=f"call {self.number}",
            teaches=False,
        )


def call_of(number: int, kinds: Sequence[Kind] = KINDS) -> Call:
    """The call of that number, always the same."""
    rng = random.Random(number)
    kind = rng.choices(kinds, [each.share for each in kinds])[0]
    lane = rng.randrange(LANES)
    cloud = rng.choice(kind.clouds)
    return Call(
        number=number,
        kind=kind,
        model=None if kind.freely else f"{cloud}/{MODELS[lane]}",
        system=_words(rng, rng.choice((0, rng.randint(1, 60)))),
        turns=tuple(_words(rng, rng.randint(1, 40)) for _ in range(rng.choice((0, 0, 2, 4)))),
        prompt=_numbered(number) + _words(rng, rng.randint(0, 200)),
        pieces=tuple(_words(rng, rng.randint(1, 6)) for _ in range(rng.randint(1, 10))),
    )


def script_of(number: int, nth: int, kinds: Sequence[Kind] = KINDS) -> Script:
    """What the nth request (from 0) of a call meets."""
    call = call_of(number, kinds)
    script = call.kind.scripts[min(nth, len(call.kind.scripts) - 1)]
    return Script(
        how=script.how,
        pieces=call.pieces,
        told=script.told,
        hidden=script.hidden,
        cached=min(script.cached, 4),
        status=script.status,
    )


def number_of(prompt: str) -> int:
    high, low = (ord(letter) - _FIRST for letter in prompt[:2])
    return high * _LETTERS + low


def _numbered(number: int) -> str:
    return "".join(chr(_FIRST + digit) for digit in divmod(number, _LETTERS))


def _words(rng: random.Random, length: int) -> str:
    return "".join(chr(_FIRST + rng.randrange(_LETTERS)) for _ in range(length))
