"""Dates of birth in many languages, and the dates that are none."""

import pytest

from whitelist import detect


def births(text: str) -> list[str]:
    findings = detect(text)
    assert findings.complete
    return [text[item.start : item.end] for item in findings.items if item.kind == "DOB"]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Ann Lee was born on 12/05/1980.", "12/05/1980"),
        ("born in Louisville, Kentucky, on May 12, 1980", "May 12, 1980"),
        ("Date of birth: 12 May 1980", "12 May 1980"),
        ("birth date is the 3rd of May 1980", "3rd of May 1980"),
        ("D.O.B.: 12-May-1980", "12-May-1980"),
        ("dob 19800512", "19800512"),
        ("the patient, b. 12/05/80, was seen", "12/05/80"),
        ("My birthday is May 3rd, 1980", "May 3rd, 1980"),
        ('{"dob": "1980-05-12"}', "1980-05-12"),
        ("dateOfBirth=1980-05-12", "1980-05-12"),
        ("12 May 1980 (DOB)", "12 May 1980"),
        ("Date of birth\n12.05.1980", "12.05.1980"),
        ("John Smith (born 4 August 1961) is a 63-year-old man", "4 August 1961"),
        ("Geburtsdatum: 3. März 1975", "3. März 1975"),
        ("Sie wurde am 03.05.1975 in Wien geboren.", "03.05.1975"),
        ("Max, geb. 3.5.75", "3.5.75"),
        ("Né le 1er août 1975 à Lyon", "1er août 1975"),
        ("née à Lyon le 3 août 1975", "3 août 1975"),
        ("Nació el 3 de mayo de 1975", "3 de mayo de 1975"),
        ("F. Nac.: 03/05/1975", "03/05/1975"),
        ("nascida em 3 de março de 1975", "3 de março de 1975"),
        ("nata a Milano il 3 maggio 1975", "3 maggio 1975"),
        ("Geboortedatum: 3 mei 1975", "3 mei 1975"),
        ("Urodzona 3 maja 1975 w Krakowie", "3 maja 1975"),
        ("ur. 03.05.1975 r.", "03.05.1975"),
        ("Född den 3 maj 1975", "3 maj 1975"),
        ("Født 3. maj 1975", "3. maj 1975"),
        ("Syntynyt 3. toukokuuta 1975", "3. toukokuuta 1975"),
        ("narozen 3. května 1975", "3. května 1975"),
        ("Dátum narodenia: 3. 5. 1975", "3. 5. 1975"),
        ("rojena 3. maja 1975", "3. maja 1975"),
        ("rođen 3. svibnja 1975", "3. svibnja 1975"),
        ("Született: 1975. május 3.", "1975. május 3"),
        ("născută la 3 mai 1975", "3 mai 1975"),
        ("роден на 3 май 1975", "3 май 1975"),
        ("γεννήθηκε στις 3 Μαΐου 1975", "3 Μαΐου 1975"),
        ("Дата рождения: 3 мая 1975", "3 мая 1975"),
        ("Иванов И. И., 03.05.1975 г.р.", "03.05.1975"),  # noqa: RUF001
        ("народився 3 травня 1975", "3 травня 1975"),
        ("Doğum tarihi: 3 Mayıs 1975", "3 Mayıs 1975"),  # noqa: RUF001
        ("03.05.1975 doğumlu", "03.05.1975"),
        ("sündinud 3. mai 1975", "3. mai 1975"),
        ("dzimis 1975. gada 3. maijs", "1975. gada 3. maijs"),
        ("gimęs 1975 m. gegužės 3 d.", "1975 m. gegužės 3"),
        ("Nascut el 3 maig 1975", "3 maig 1975"),
    ],
)
def test_dates_of_birth_are_found_in_every_language(text: str, date: str) -> None:
    assert births(text) == [date]


@pytest.mark.parametrize(
    "text",
    [
        "I am 45 years old, born 45 years ago",
        "The idea was born in 1965.",
        "Napoleon was born on 15 August 1769",
        "The company was founded on 12/05/1980",
        "She was born in Rome. The book was published on 12 May 1980.",
        "Saudi-born, he was blamed for what happened on Sept. 11, 2001",
        "Audrey Hepburn (born 4 May 1929) was a Belgian star",
        "The singer was born on 4 May 1929",
        "He was born on August 4, 1961 and became president",
        "Alan Mathison (born 23 June 1912 - 7 June 1954)",
        "Which players were born on 4 May 1979?",
        "The passport, issued on 12 May 1980",
        "born to run on 99/99/1980",
        "Il ne le fera pas avant le 12/05/2020",
        "NATO met on July 9, 2024",
        "Happy birthday! The party is on 12/05/2024",
    ],
)
def test_other_dates_are_no_dates_of_birth(text: str) -> None:
    assert births(text) == []
