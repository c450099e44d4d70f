"""Answers about documents: what the documents hold is hidden, however an answer spells it."""

import pytest

from tests.whitelist.finding import finder
from whitelist.concealing import concealed, held
from whitelist.detector.findings import Findings
from whitelist.errors import NotRedactable

STAFF = """Passport number: X1234567
The password is hunter2!Zq9
Account number: 7730019
Date of birth: 3 May 1961
SSN: 536-22-8726
IBAN: DE89 3704 0044 0532 0130 00
Phone: +49 30 901820
E-mail: ada.lovelace@analytical-engines.co.uk
Address: 12 Main Street, Springfield, IL 62701
PIN: 4711
"""
KNOWN = held([STAFF])

SPELLINGS = [
    ("ID", "X1234567"),
    ("ID", "x 1234567"),
    ("ID", "X-123-4567"),
    ("SECRET", "hunter2!Zq9"),
    ("SECRET", "hunter2 Zq9"),
    ("ACCOUNT", "7730019"),
    ("ACCOUNT", "77 300 19"),
    ("DOB", "3 May 1961"),
    ("DOB", "03.05.1961"),
    ("DOB", "1961-05-03"),
    ("DOB", "May 3rd, 1961"),
    ("DOB", "am 3. Mai 1961"),
    ("SSN", "536228726"),
    ("SSN", "5 3 6 2 2 8 7 2 6"),
    ("IBAN", "D E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0"),
    ("IBAN", "D.E.8.9.3.7.0.4.0.0.4.4.0.5.3.2.0.1.3.0.0.0"),
    ("IBAN", "DE89**3704**0044_0532_013000"),
    ("IBAN", "xDE89370400440532013000y"),
    ("IBAN", "370400440532013000"),
    ("PHONE", "004930901820"),
    ("PHONE", "030/90 18 20"),
    ("EMAIL", "ada.lovelace @ analytical-engines . co . uk"),
    ("EMAIL", "ADA.LOVELACE(AT)ANALYTICAL-ENGINES.CO.UK"),
    ("ADDRESS", "12 Main Street"),
]


def test_the_documents_values_are_known_by_kind() -> None:
    kinds = {each.kind for each in KNOWN}
    assert kinds >= {kind for kind, _ in SPELLINGS}
    assert "hunter2" not in repr(KNOWN)


@pytest.mark.parametrize(("kind", "spelling"), SPELLINGS, ids=[row[1] for row in SPELLINGS])
def test_a_known_value_is_hidden_without_the_word_that_named_it(kind: str, spelling: str) -> None:
    text, counts = concealed(f"Here: {spelling} .", KNOWN)
    digits = "".join(filter(str.isalnum, spelling))
    assert spelling not in text
    assert digits not in "".join(filter(str.isalnum, text))
    assert sum(counts.values()) >= 1
    assert text.startswith("Here: ")


HARMLESS = [
    "The rent is 900 EUR a month, due on the third.",
    "Springfield is in Illinois, and analytical engines were built in England.",
    "In 1961 there were 12 people on the main street of the town.",
    "Section 4 has 5 parts, 6 tables and 7 pictures.",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_shares_words_with_a_document_is_left(text: str) -> None:
    assert concealed(text, KNOWN)[0] == text


def test_what_is_personal_and_in_no_document_is_hidden_too() -> None:
    text, counts = concealed("IBAN GB29NWBK60161331926819, jo@acme.io, and jo@acme.io")
    assert text == "IBAN [[IBAN_1]], [[EMAIL_1]], and [[EMAIL_1]]"
    assert counts == {"IBAN": 1, "EMAIL": 1}


def test_an_answer_that_cannot_be_inspected_is_withheld() -> None:
    with pytest.raises(NotRedactable):
        concealed("jo@acme.io", detect=lambda text: Findings(complete=False, failure="too slow"))


def test_a_document_that_cannot_be_inspected_has_answers_in_files_only() -> None:
    with pytest.raises(NotRedactable, match="could not be inspected in full") as caught:
        held(["x"], detect=lambda text: Findings(complete=False, failure="too slow"))
    assert "deliver='file'" in caught.value.fix


def test_a_short_word_is_hidden_only_where_it_stands_alone() -> None:
    known = held(["admin"], detect=finder("admin", "SECRET"))
    text, _ = concealed("The administration uses Admin.", known)
    assert text == "The administration uses [[SECRET_1]]."


def test_it_stays_linear_in_a_long_answer_full_of_values() -> None:
    text, counts = concealed("X1234567 7730019 " * 3000, KNOWN)
    assert "1234567" not in text
    assert counts
