"""Values that must not be seen elsewhere: made up, valid for a detector, never twice the same."""

import base64
import random
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

Kind = str


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """`sentence` holds the `value`; `tier` is what it is to Homeward."""

    value: str
    sentence: str
    tier: str

    def seen_in(self, text: str) -> bool:
        """Whether the value, or a thin disguise of it, stands in `text`."""
        plain = self.value
        bare = "".join(letter for letter in plain if letter.isalnum())
        disguises = (plain, bare, quote(plain, safe=""), base64.b64encode(plain.encode()).decode())
        return any(each in text for each in disguises)


def planted(seed: int) -> Canary:
    """One of the kinds, by turns, with a value of its own."""
    rng = random.Random(f"canary {seed}")
    return KINDS[seed % len(KINDS)](rng)


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def _letters(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("abcdefghijkmnpqrstuvwxyz", k=count))


def _email(rng: random.Random) -> Canary:
    value = f"{_letters(rng, 9)}.{_letters(rng, 7)}@{_letters(rng, 8)}-works.co.uk"
    return Canary(value=value, sentence=f"Write to {value} about it.", tier="B")


def _card(rng: random.Random) -> Canary:
    body = "4" + _digits(rng, 14)
    odd = [sum(divmod(2 * int(digit), 10)) for digit in body[::2]]
    total = sum(odd) + sum(int(digit) for digit in body[1::2])
    value = f"{body}{-total % 10}"
    shown = " ".join(value[at : at + 4] for at in range(0, 16, 4))
    return Canary(value=value, sentence=f"My card is {shown}.", tier="A")


def _iban(rng: random.Random) -> Canary:
    account = _digits(rng, 18)
    check = 98 - int(f"{account}131400") % 97  # DE00, rearranged (ISO 13616)
    value = f"DE{check:02d}{account}"
    return Canary(value=value, sentence=f"Pay it to {value} please.", tier="A")


def _token(rng: random.Random) -> Canary:
    value = "ghp_" + "".join(rng.choices("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMN23456789", k=36))
    return Canary(value=value, sentence=f"It is cloned with {value} in CI.", tier="A")


def _password(rng: random.Random) -> Canary:
    value = f"{_letters(rng, 6).title()}-{_digits(rng, 4)}!{_letters(rng, 4)}"
    return Canary(value=value, sentence=f"The password is {value} by the way.", tier="A")


def _phone(rng: random.Random) -> Canary:
    value = f"+49 30 9{_digits(rng, 7)}"
    return Canary(value=value, sentence=f"Call me on {value} tonight.", tier="B")


def _ssn(rng: random.Random) -> Canary:
    value = f"{rng.randint(500, 599)}-{rng.randint(10, 99)}-{rng.randint(1000, 9999)}"
    return Canary(value=value, sentence=f"My social security number is {value}.", tier="A")


KINDS: tuple[Callable[[random.Random], Canary], ...] = (
    _email,
    _card,
    _iban,
    _token,
    _password,
    _phone,
    _ssn,
)
