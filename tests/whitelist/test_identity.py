"""Identity numbers and accounts: found beside their names in many languages, and nowhere else."""

import pytest

from whitelist import KINDS, detect


def found(text: str) -> list[tuple[str, str]]:
    """Kinds and words, without the signals."""
    findings = detect(text, ignore_examples=False)
    assert findings.complete
    return [
        (item.kind, text[item.start : item.end])
        for item in findings.items
        if KINDS[item.kind].tier != "C"
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Passport No. X12345678", "X12345678"),
        ("Passport Number:\n  X12345678", "X12345678"),
        ("My passport is valid and its number is X12345678.", "X12345678"),
        ('{"passport_number": "X12345678"}', "X12345678"),
        ("passportNumber=X12345678&next=1", "X12345678"),
        ("| Passport | X12345678 |", "X12345678"),
        ("X12345678 is my passport number", "X12345678"),
        ("the traveller X12345678 (passport) waits", "X12345678"),
        ("What's your passport number? It's X12345678", "X12345678"),
        ("Driving licence number: MORGA753116SM9IJ", "MORGA753116SM9IJ"),
        ("NI number QQ 12 34 56 C", "QQ 12 34 56 C"),
        ("my SIN is 046 454 286", "046 454 286"),
        ("employee ID 48213", "48213"),
        ("student number: 20231234", "20231234"),
        ("Patient ID: P-00482913", "P-00482913"),
        ("health insurance number 80756 00123", "80756 00123"),
        ("license plate 7ABC123", "7ABC123"),
        ("Kennzeichen B-MW 1234", "B-MW 1234"),
        ("plaque d'immatriculation AB-123-CD", "AB-123-CD"),
        ("Reisepassnummer: C01X00T47", "C01X00T47"),
        ("Steuernummer 12/345/67890", "12/345/67890"),
        ("Mein Führerschein hat die Nummer B072RRE2I55", "B072RRE2I55"),
        ("SV-Nummer 1237 010180", "1237 010180"),
        ("N° de sécurité sociale : 2 55 08 14 168 025 38", "2 55 08 14 168 025 38"),
        ("Carte d'identité n° 880692310285", "880692310285"),
        ("Mi DNI es 12.345.678", "12.345.678"),
        ("Cédula de ciudadanía 1.023.456.789", "1.023.456.789"),
        ("NIF: 12345678A", "12345678A"),
        ("Meu RG é 12.345.678-9", "12.345.678-9"),
        ("cartão de cidadão n.º 12345678-9", "12345678-9"),
        ("Patente: U1D23456Z", "U1D23456Z"),
        ("Partita IVA 12345670017", "12345670017"),
        ("Mijn BSN is 111222333", "111222333"),
        ("rijbewijsnummer 5123456789", "5123456789"),
        ("PESEL: 44051401458", "44051401458"),
        ("Dowód osobisty ABC 123456", "ABC 123456"),
        ("Personnummer: 900101-2387", "900101-2387"),
        ("CPR-nummer 010190-1234", "010190-1234"),
        ("Fødselsnummer 01019012345", "01019012345"),
        ("Henkilötunnus 010190-123X", "010190-123X"),
        ("Rodné číslo: 900101/1239", "900101/1239"),
        ("Občiansky preukaz č. EA123456", "EA123456"),
        ("EMŠO: 0101990500123", "0101990500123"),
        ("Davčna številka: 12345679", "12345679"),
        ("Broj putovnice: 123456789", "123456789"),
        ("Személyi igazolvány száma: 123456AB", "123456AB"),
        ("TAJ szám 123 456 788", "123 456 788"),
        ("CNP: 2900101223346", "2900101223346"),
        ("Лична карта № 640123456", "640123456"),
        ("Αριθμός ταυτότητας: ΑΒ 123456", "ΑΒ 123456"),  # noqa: RUF001
        ("Паспорт: 45 08 123456", "45 08 123456"),
        ("ИНН 500100732259", "500100732259"),
        ("ІПН 1234567899", "1234567899"),
        ("T.C. kimlik no: 10000000146", "10000000146"),
        ("Isikukood: 39001010005", "39001010005"),
        ("Personas kods: 010190-12345", "010190-12345"),
        ("Asmens kodas: 39001011234", "39001011234"),
        ("Uimhir PSP 1234567T", "1234567T"),
        ("Permís de conduir 12345678Z", "12345678Z"),
    ],
)
def test_identity_numbers_are_found_beside_their_names(text: str, value: str) -> None:
    assert [("ID", value)] == [hit for hit in found(text) if hit[0] == "ID"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("My account number is 12345678", "12345678"),
        ("Account ending in 4821", "4821"),
        ("routing number 021000021", "021000021"),
        ("sort code 12-34-56", "12-34-56"),
        ("BSB 062-000", "062-000"),
        ("CLABE 032180000118359719", "032180000118359719"),
        ("policy no. POL-8837261", "POL-8837261"),
        ("customer number 00482913", "00482913"),
        ("Kundennummer 4711-0815", "4711-0815"),
        ("Numéro de compte : 00012345678", "00012345678"),
        ("Número de cuenta: 1234567890", "1234567890"),
        ("Conta corrente 12345-6", "12345-6"),
        ("Codice cliente 88372615", "88372615"),
        ("rekeningnummer 12.34.56.789", "12.34.56.789"),
        ("Numer konta: 61 1090 1014", "61 1090 1014"),
        ("Číslo účtu: 19-2000145399/0800", "19-2000145399/0800"),
        ("Hesap numarası: 1234567", "1234567"),  # noqa: RUF001
        ("Номер счёта: 40817810099910004312", "40817810099910004312"),
    ],
)
def test_accounts_are_found_beside_their_names(text: str, value: str) -> None:
    assert ("ACCOUNT", value) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "529.982.247-25",
        "11.222.333/0001-81",
        "30.686.957-4",
        "20-05536168-2",
        "12345678Z",
        "X1234567L",
        "RSSMRA85T10A562S",
        "131052-308T",
        "880320-0016",
        "15108695088",
        "780123/3540",
        "2 95 10 99 126 111 93",
        "85.07.30-033.28",
        "756.9217.0769.85",
        "BOXW310820HNERXN09",
    ],
)
def test_numbers_that_prove_themselves_need_no_name(text: str) -> None:
    assert found(f"it says {text} on the card") == [("ID", text)]


@pytest.mark.parametrize(
    "text",
    [
        "529.982.247-26",
        "30.686.957-5",
        "12345678A",
        "RSSMRA85T10A562T",
        "780123/3541",
        "part 880320-0017",
        "111.111.111-11",
    ],
)
def test_numbers_with_a_wrong_check_digit_need_a_name(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("table", "hits"),
    [
        ("name,passport_number,city\nJo,X12345678,Rome", [("ID", "X12345678")]),
        ("name;Geburtsdatum;Ort\nJo;03.05.1980;Bonn", [("DOB", "03.05.1980")]),
        ("name\tphone\tage\nJo\t732662839\t41", [("PHONE", "732662839")]),
        (
            "| Name | Passport | Account no |\n|---|---|---|\n| Jo | X7654321 | 11223344 |",
            [("ID", "X7654321"), ("ACCOUNT", "11223344")],
        ),
        ('"name","dob"\n"Jo","1980-05-03"\n"Al","1981-06-04"', ["1980-05-03", "1981-06-04"]),
        ("passport,age\nnone,41", []),
        ("passport control, phone\nI walked 12345 steps, then slept", []),
    ],
)
def test_a_tables_header_names_what_its_columns_hold(
    table: str, hits: list[tuple[str, str] | str]
) -> None:
    assert [
        hit if isinstance(want, tuple) else hit[1]
        for want, hit in zip(hits, found(table), strict=True)
    ] == hits


@pytest.mark.parametrize(
    "text",
    [
        "RFC 7519 describes tokens, and RFC 2616 another thing",
        "CI 123456 failed, see the run",
        "Take the nip 123456 out of the air",
        "za 30 dni 1500000 zł",
        "Ich war nie 2000000 m weit",
        "I went for a run 1234567 times",
        "the passport office opened in 1987",
        "passport renewed on 2019-05-12",
        "a passport costs $120000",
        "the account grew by 12.5 % to 150,000",
        "account for 150000 users",
        "Student loans rose to 1500000 dollars",
        "the license number of plates sold was 150000",
        "customers: 12345678",
        "SPDX-License-Identifier: CC-BY-4.0",
        "PASSPORT = 0x4000",
        "The health of 1200000 people. Insurance is dear.",
        "national identity was debated in 1848 and 1871",
        "employee of the month: 12",
        "visa 2024 rules",
        "ID 45",
        "order 1234567 for the employee",
        "my passport, and the phone number 732-662-8392",
    ],
)
def test_look_alikes_of_identity_numbers_are_passed_by(text: str) -> None:
    assert [hit for hit in found(text) if hit[0] in ("ID", "ACCOUNT")] == []
