"""Street addresses as the countries of Europe and the Americas write them, and what is none."""

import pytest

from whitelist import detect


def addresses(text: str) -> list[str]:
    findings = detect(text)
    assert findings.complete
    return [text[item.start : item.end] for item in findings.items if item.kind == "ADDRESS"]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Ship it to 12 Main St Apt 4, please", "12 Main St Apt 4"),
        ("742 Evergreen Terrace, as ever", "742 Evergreen Terrace"),
        ("221B Baker Street", "221B Baker Street"),
        ("350 5th Ave, New York, NY 10118", "350 5th Ave, New York, NY 10118"),
        ("he stays at 7564 Thomas Brooks in North Kevin", "7564 Thomas Brooks"),
        ("10 Downing Street, London SW1A 2AA", "10 Downing Street, London SW1A 2AA"),
        ("26 Long Meadow, Cambridge CB1 2AB", "26 Long Meadow, Cambridge CB1 2AB"),
        ("Flat 4, 12 High Street", "12 High Street"),
        ("Flat 5\nOwen Pass\nNorth Hill\nCW8 5WA", "Flat 5\nOwen Pass\nNorth Hill\nCW8 5WA"),
        ("123 Main St, Ottawa, ON K1A 0B1", "123 Main St, Ottawa, ON K1A 0B1"),
        ("my address is 12 main street", "12 main street"),
        ("Name: Jo\nAddress: 67 Soo 36\nSuite 511\nKerava\nUganda 14660", None),
        ("PSC 1139, Box 7638\nAPO AP 94917", "PSC 1139, Box 7638\nAPO AP 94917"),
        ("P.O. Box 123", "P.O. Box 123"),
        ("Hauptstraße 12a, Berlin", "Hauptstraße 12a"),
        ("Karl-Marx-Straße 12, 12043 Berlin", "Karl-Marx-Straße 12, 12043 Berlin"),
        ("Am Markt 5, 04109 Leipzig", "Am Markt 5, 04109 Leipzig"),
        ("c/o Meier, Lindenweg 3, 8000 Zürich", "Lindenweg 3, 8000 Zürich"),
        ("Postfach 1234", "Postfach 1234"),
        ("J'habite au 12 bis rue de la Paix.", None),
        ("45 avenue Foch, 75116 Paris", "45 avenue Foch, 75116 Paris"),
        ("Calle Mayor 5, 2º B", "Calle Mayor 5, 2º B"),
        ("Avda. de la Constitución 12", "Avda. de la Constitución 12"),
        ("Calle 45 # 12-30", "Calle 45 # 12-30"),
        ("Av. Córdoba N° 126, 5000 Córdoba", "Av. Córdoba N° 126, 5000 Córdoba"),
        ("Rua Augusta, 1500", "Rua Augusta, 1500"),
        ("Via Roma 10", "Via Roma 10"),
        ("abito in via Garibaldi 3", "via Garibaldi 3"),
        ("Kerkstraat 12-II", "Kerkstraat 12-II"),
        ("52 Yvanlaan 551", "52 Yvanlaan 551"),
        ("ul. Długa 5/7", "ul. Długa 5/7"),
        ("os. Tysiąclecia 5/10, 31-609 Kraków", "os. Tysiąclecia 5/10, 31-609 Kraków"),
        ("Dlouhá 12, 110 00 Praha", "Dlouhá 12, 110 00 Praha"),
        ("Adresa: Heydukova 9", "Heydukova 9"),
        ("Trubarjeva cesta 3", "Trubarjeva cesta 3"),
        ("Ilica 5, 10000 Zagreb", "Ilica 5, 10000 Zagreb"),
        ("Váci utca 12", "Váci utca 12"),
        ("Andrássy út 60., 1062 Budapest", "Andrássy út 60., 1062 Budapest"),
        ("Str. Lalelelor nr. 12, bl. A2, ap. 5", "Str. Lalelelor nr. 12, bl. A2, ap. 5"),
        ("ул. „Иван Вазов“ № 12", "ул. „Иван Вазов“ № 12"),
        ("Οδός Ερμού 12", "Οδός Ερμού 12"),
        ("Живу: ул. Ленина, д. 5, кв. 12", "ул. Ленина, д. 5, кв. 12"),
        ("вул. Хрещатик, буд. 5, кв. 3", "вул. Хрещатик, буд. 5, кв. 3"),
        ("Atatürk Cad. No: 12", "Atatürk Cad. No: 12"),
        ("Storgatan 3 B", "Storgatan 3 B"),
        ("Nybrovej 75, 2820 Gentofte", "Nybrovej 75, 2820 Gentofte"),
        ("Karl Johans gate 12", "Karl Johans gate 12"),
        ("Mannerheimintie 12", "Mannerheimintie 12"),
        ("Laugavegur 12, 101 Reykjavík", "Laugavegur 12"),
        ("Pärnu mnt 12", "Pärnu mnt 12"),
        ("Brīvības iela 5-12", "Brīvības iela 5-12"),
        ("Gedimino pr. 9", "Gedimino pr. 9"),
        ("Sráid Uí Chonaill 5", "Sráid Uí Chonaill 5"),
        ("Carrer de Balears 12", "Carrer de Balears 12"),
    ],
)
def test_addresses_are_found_as_each_country_writes_them(text: str, address: str | None) -> None:
    found = addresses(text)
    assert found == [address] if address is not None else len(found) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Room 12, Floor 3",
        "the top 10 Street Art pieces",
        "In 2019 Federal Court ruled so",
        "the 1972 Supreme Court decision",
        "Beijing's No. 1 Intermediate Court",
        "a 20 minute drive on a 4 lane road",
        "5 Golden Rings",
        "5 Star Hotel, France",
        "Windows 2000, Windows XP and SQL Server 2003",
        "On October 23, 2011, David left",
        "from June 9 to June 29, 10am",
        "the address is reserved per RFC 4291",
        'raise AddressValueError("Expected 4 octets")',
        "if address:\n    self.push('501 Supported commands')",
        "an e-mail address with 12 Characters",
        "lived at peace for 100 Years",
        "World War 2, Germany 1945",
        "My Gate 2016 rank is 820",
        "Rowan Avenue Elementary School, 600 pupils",
        "Calvary Cemetery, 4201 Whittier Blvd, Los Angeles, CA 90023",
        "4 Non Blondes, San Francisco, CA",
        "Boeing 747, Airbus 380",
        "blood pressure BP: 158/120",
        "Highway 61 Revisited",
        "Psalm 23, King James Version",
        "1 Corinthians 13",
        "Area 51, Nevada",
        "Brigade 3 advances",
        "via HTTP 2 or via Python 3",
        "sleepwalking from 2:15 to 2:38 am. Also he left",
        "between 5 Park and Ride stations",
    ],
)
def test_what_only_looks_like_an_address_is_passed_by(text: str) -> None:
    assert addresses(text) == []
