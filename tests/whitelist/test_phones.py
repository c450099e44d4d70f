"""Phone numbers as people write and announce them, and the numbers that are none."""

import pytest

from whitelist import detect


def phones(text: str) -> list[str]:
    findings = detect(text)
    assert findings.complete
    return [text[item.start : item.end] for item in findings.items if item.kind == "PHONE"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("tel:+4930901820", "+4930901820"),
        ("+54 9 3338 8505", "+54 9 3338 8505"),
        ("+(370) 94436439", "+(370) 94436439"),
        ("(02) 9374 4000", "(02) 9374 4000"),
        ("(63) 7470-3942", "(63) 7470-3942"),
        ("Phone: (254)493-0383x04566", "(254)493-0383x04566"),
        ("Is 663 615 0526 still your phone?", None),
        ("My number is 663 615 0526", "663 615 0526"),
        ("Rufen Sie mich unter 09522931145 an.", "09522931145"),
        ("Meine Handynummer ist 0713102976", "0713102976"),
        ("Tél. : 0174138798", "0174138798"),
        ("Mon numéro est le 0235868075", "0235868075"),
        ("Mi teléfono es 612 345 678", "612 345 678"),
        ("Chiamami al 3757000150", "3757000150"),
        ("Bel me op 06-12345678", "06-12345678"),
        ("Telemóvel: 278616071", "278616071"),
        ("Ligue para 63 7470-3942", "63 7470-3942"),
        ("Zadzwoń pod 880 665 208", "880 665 208"),
        ("Telefon: 602 123 456", "602 123 456"),
        ("Ring meg på 41954760", "41954760"),
        ("Soita numeroon 040 1234567", "040 1234567"),
        ("Telefonszám: (99)/024-0883", "(99)/024-0883"),
        ("Sunați-mă la 0721 234 567", "0721 234 567"),
        ("Телефон: 8 145 260 2065", "8 145 260 2065"),
        ("Τηλέφωνο: 210 0316397", "210 0316397"),
        ("Nazovite me na 0800 30 85", "0800 30 85"),
        ("Skambinkite 8 612 34567", "8 612 34567"),
    ],
)
def test_phone_numbers_are_found_where_they_are_announced(text: str, number: str | None) -> None:
    assert phones(text) == ([number] if number is not None else [])


@pytest.mark.parametrize(
    "text",
    [
        "Decimal('+35236450.6')",
        "phones sold: 12",
        "a call number, QA76.73",
        "total 501 867 698",
        "10 20 30 40 50",
        "coordinates 52.520008, 13.404954",
        "1700000000 and 1700000000123",
        "2024-01-15T10:20:30",
        "version 10.15.7.1234",
        "12345-6789",
        "1,234,567,890",
        "call 3 times",
        "a price of 1299.99 - 1499.99",
        "0x1234567890",
    ],
)
def test_other_numbers_are_no_phone_numbers(text: str) -> None:
    assert phones(text) == []
