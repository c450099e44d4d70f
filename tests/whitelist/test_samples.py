"""A person knows their own data again, and nobody else learns it."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from whitelist import KINDS, detect
from whitelist.samples import masked, samples


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("EMAIL", "jo.doe@acme.com", "j•••@a•••.com"),
        ("EMAIL", "jo@mail.acme.co.uk", "j•••@m•••.uk"),
        ("EMAIL", "jo [at] acme [dot] io", "j•••@a•••.io"),
        ("EMAIL", "jo&#64;acme.io", "j•••@a•••.io"),
        ("EMAIL", "anna@müller.de", "a•••@m•••.de"),
        ("EMAIL", "an unknown form", "e-mail address, 15 characters"),
        ("PHONE", "+49 30 901867", "+49 •••67"),
        ("PHONE", "(415) 555-2671", "415 •••71"),
        ("PHONE", "785 8949", "•••49"),
        ("PHONE", "1234", "phone number, 4 characters"),
        ("ADDRESS", "221 Baker Street", "••• B••• S•••"),
        ("ADDRESS", "Hauptstraße 12a\nBerlin", "H••• ••• B•••"),
        ("IP", "83.169.40.12", "83.•••"),
        ("IP", "2a02:8071:22d4::7", "2a02:•••"),
        ("DOB", "12/05/1980", "date of birth, 10 characters"),
        ("ACCOUNT", "000123456789", "account number, 12 characters"),
        ("SECRET", "hunter2!" * 3, "password or key, 24 characters"),
        ("CARD", "4556737586899855", "payment card, 16 characters"),
        ("IBAN", "GB29NWBK60161331926819", "IBAN, 22 characters"),
        ("ID", "H28728463", "identity number, 9 characters"),
        ("SSN", "536-90-4399", "social security number, 11 characters"),
    ],
)
def test_a_sample_shows_just_enough(kind: str, value: str, shown: str) -> None:
    assert masked(kind, value) == shown


@pytest.mark.parametrize(
    "value", ["\x1b[31mjo@acme.io", "jo@a\u202ecme.i\x07o", "j\u200bo@acme.io"]
)
def test_a_sample_is_one_harmless_line(value: str) -> None:
    assert re.fullmatch(r"[\w@.•]+", masked("EMAIL", value))


@given(st.sampled_from(sorted(KINDS)), st.text(max_size=200))
@example("IP", "\x90:")  # begins what a terminal takes for a command, and shows nothing of
def test_any_value_gives_a_short_line(kind: str, value: str) -> None:
    shown = masked(kind, value)
    assert 0 < len(shown) <= 60
    assert shown.isprintable()


@given(st.sampled_from(["SECRET", "CARD", "IBAN", "ID", "SSN"]), st.text(min_size=4, max_size=40))
def test_nothing_of_a_secret_is_shown(kind: str, value: str) -> None:
    assert masked(kind, value) == f"{KINDS[kind].words}, {len(value)} characters"


def test_samples_are_the_worst_first_and_each_once() -> None:
    text = "jo@acme.io, +49 30 901867, jo@acme.io, GB29NWBK60161331926819, My name is Jo Doe"
    assert samples(text, detect(text)) == ("IBAN, 22 characters", "j•••@a•••.io", "+49 •••67")
    assert samples(text, detect(text), limit=2) == ("IBAN, 22 characters", "j•••@a•••.io")


def test_values_that_look_alike_are_shown_once() -> None:
    text = "jo@acme.io, jan@ally.io"
    assert samples(text, detect(text)) == ("j•••@a•••.io",)
