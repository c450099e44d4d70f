"""Values glued to letters, taken apart by marks, or hidden among characters that are not drawn."""

import pytest

from tests.whitelist.spellings import kinds
from whitelist import detect

IBAN = "DE89370400440532013000"
CARD = "4532718902451067"


def tagged(text: str) -> str:
    """`text` in Unicode's tag characters, which are drawn as nothing."""
    return "".join(chr(0xE0000 + ord(char)) for char in text)


POSITIVE: list[tuple[str, str]] = [
    # Accounts glued to letters
    ("IBAN", f"IBAN{IBAN}"),
    ("IBAN", f"ref{IBAN}"),
    ("IBAN", f"x{IBAN}y"),
    ("IBAN", f"7{IBAN.lower()}end"),
    ("IBAN", "ibanGB29NWBK60161331926819"),
    ("IBAN", "refNL91ABNA0417164300"),
    ("IBAN", "IBANFR1420041010050500013M02606"),
    # Accounts with marks between
    ("IBAN", "**DE89** **3704** **0044** **0532** **0130** **00**"),
    ("IBAN", "|DE89|3704|0044|0532|0130|00|"),
    ("IBAN", "| DE89 | 3704 | 0044 | 0532 | 0130 | 00 |"),
    ("IBAN", "DE89**3704**0044_0532_013000"),
    ("IBAN", "`GB29` `NWBK` `6016` `1331` `9268` `19`"),
    ("IBAN", '["DE89","3704","0044","0532","0130","00"]'),
    *(("IBAN", mark.join(IBAN)) for mark in (" ", ".", ",", ", ", "-", "\n", '","', "', '")),
    ("IBAN", "I B A N " + " ".join("GB29NWBK60161331926819")),
    # Cards
    ("CARD", f"card{CARD}end"),
    ("CARD", f"a{CARD}"),
    ("CARD", f"{CARD}x"),
    ("CARD", f"No{CARD}"),
    ("CARD", "visa4532 7189 0245 1067 please"),
    ("CARD", "a4532-7189-0245-1067b"),
    *(("CARD", mark.join(CARD)) for mark in (" ", ".", "-", "_", "  ", '","', "', '")),
    ("CARD", "card: " + ", ".join(CARD)),
    ("CARD", "my visa card,\n" + "\n".join(CARD)),
    ("CARD", " ".join(CARD) + " 12/27"),
    # Names in quotation marks (RFC 5321), and parts of a request that a blank line joins
    ("EMAIL", '"ada lovelace"@analytical-engines.co.uk'),
    ("EMAIL", 'write to "ada, countess of lovelace"@analytical-engines.co.uk'),
    ("EMAIL", "Mail ada.lovelace@\n\nanalytical-engines.co.uk please"),
    ("ID", "Passport number:\n\nX1234567"),
    # Characters that are not drawn
    ("EMAIL", tagged("jo@acme.io")),
    ("EMAIL", "hello" + tagged("write to jo@acme.io") + "world"),
    ("EMAIL", "".join("hi " + tagged(char) for char in "jo@acme.io")),
    ("EMAIL", "jo@" + tagged("x") + "acme.io"),
    ("CARD", tagged(CARD)),
    ("CARD", (tagged("noise")).join(CARD)),
]

NEGATIVE: list[str] = [
    # One digit more, one other, or one less
    f"ref{IBAN[:-1]}1end",
    "|DE89|3704|0044|0532|0130|01|",
    f"ref{IBAN}5",
    " ".join(IBAN[:-1] + "1"),
    "card4532718902451068end",
    "card45327189024510670000000end",
    # Hashes and what is like them
    f"0x{CARD}",
    "a37144963539843" + "7",
    f"abcdefab{CARD}",
    f"abcd{CARD}abcd",
    f"3b5d5c3712955042212316173ccf37be800{CARD[:5]}",
    f"9fceb02d0ae598e95dc9{CARD}abcd",
    "a4b54532-7189-4024-8106-7abcdef01234",
    "e453 2718 9024 5106",
    "0.4532718902451067e-05",
    "1.4532718902451067f",
    # Lists of numbers
    ", ".join(CARD),
    f"[{', '.join(CARD)}]",
    "\n".join(CARD),
    "the answer is 10, 20, 30, 40, 50, 60, 70, 80, 90, 11, 63, 10",  # leaves 1 as an IBAN does
    "|DE89|3704|0044|0532|0130|0012|",
    "| se10 | 2000 | 3000 | 4000 | 5000 | 6001 |",
    # At signs and blank lines
    "thanks @\n\nacme.io is great",
    "jo@\n\nNode.js is nice",
    'say "hello there" @acme.io',
    '"a literal"@en',
    "Passport number:\n\nPlease send 2 copies",
    # A flag is an emoji and the tags of a place
    "\U0001f3f4" + tagged("gbeng") + "\U000e007f won 3:1",
]


@pytest.mark.parametrize(("kind", "text"), POSITIVE)
def test_a_value_is_found_whatever_is_glued_to_it_or_put_between(kind: str, text: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize("text", NEGATIVE)
def test_what_only_looks_glued_is_passed_by(text: str) -> None:
    assert kinds(text) == set()


def test_the_digits_of_an_account_are_no_card() -> None:
    assert kinds("the IBAN is GB88OXUF39504102767478.") == {"IBAN"}


def test_what_tags_spell_is_found_where_they_stand() -> None:
    hidden = tagged("jo@acme.io")
    text = f"hello{hidden}world"
    (item,) = detect(text).items
    assert text[item.start : item.end] == hidden
