"""What the detector finds, what it passes by, and that no text makes it slow or careless."""

import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whitelist import KINDS, Detector, Finding, Findings, detect
from whitelist.detector.detect import settled, with_finder
from whitelist.detector.scan import Finder, Hit, Scan


def wide(text: str) -> str:
    """In full-width forms."""
    return "".join(chr(ord(c) + 0xFEE0) for c in text)


def found(text: str, **options: bool) -> list[tuple[str, str]]:
    """Kinds and places, without the signals."""
    findings = detect(text, **options)
    assert findings.complete
    return [
        (item.kind, text[item.start : item.end])
        for item in findings.items
        if KINDS[item.kind].tier != "C"
    ]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Write to jo.doe+x@mail.acme.io, please", "EMAIL", "jo.doe+x@mail.acme.io"),
        ("<anna@müller.de>", "EMAIL", "anna@müller.de"),
        ("mail: a@b.museum.", "EMAIL", "a@b.museum"),
        ("jo [at] acme [dot] io", "EMAIL", "jo [at] acme [dot] io"),
        ("jo&#64;acme.io", "EMAIL", "jo&#64;acme.io"),
        ("?to=jo%40acme.io&x", "EMAIL", "jo%40acme.io"),
        (wide("jo@acme.io"), "EMAIL", wide("jo@acme.io")),
        ("j\u200bo@ac\u200bme.io", "EMAIL", "j\u200bo@ac\u200bme.io"),
        ("+49 30 901820", "PHONE", "+49 30 901820"),
        ("+1-415-555-2671x12", "PHONE", "+1-415-555-2671x12"),
        ("(415) 555-2671", "PHONE", "(415) 555-2671"),
        ("name,415-555-2671,x", "PHONE", "415-555-2671"),
        ("415.555.2671 ext. 9", "PHONE", "415.555.2671 ext. 9"),
        ("my phone is 4155552671", "PHONE", "4155552671"),
        ("you can call 73 448 266", "PHONE", "73 448 266"),
        ("785 8949 office", "PHONE", "785 8949"),
        ("020 7946 1958 is mine", "PHONE", "020 7946 1958"),
        ("06 12 34 56 78", "PHONE", "06 12 34 56 78"),
        ("0049 30 901820", "PHONE", "0049 30 901820"),
        ("+49\u00a030\u00a090\u2011182\u20110", "PHONE", "+49\u00a030\u00a090\u2011182\u20110"),
        ("SSN 536-90-4399", "SSN", "536-90-4399"),
        ("536 90 4399", "SSN", "536 90 4399"),
        ("social security number: 536904399", "SSN", "536904399"),
        ("536\u201390\u20134399", "SSN", "536\u201390\u20134399"),
        ("4556737586899855", "CARD", "4556737586899855"),
        ("4556 7375 8689 9855", "CARD", "4556 7375 8689 9855"),
        ("4556-7375-8689-9855 12/27 123", "CARD", "4556-7375-8689-9855"),
        ("3714 496353 98456", "CARD", "3714 496353 98456"),
        (wide("4556737586899855"), "CARD", wide("4556737586899855")),
        ("my card is 3522206447421237", "CARD", "3522206447421237"),
        ("GB29NWBK60161331926819", "IBAN", "GB29NWBK60161331926819"),
        ("DE89 3704 0044 0532 0130 00 and", "IBAN", "DE89 3704 0044 0532 0130 00"),
        ("gb29 nwbk 6016 1331 9268 19", "IBAN", "gb29 nwbk 6016 1331 9268 19"),
        ("FR14-2004-1010-0505-0001-3M02-606", "IBAN", "FR14-2004-1010-0505-0001-3M02-606"),
        ("Passport number H28728463 issued", "ID", "H28728463"),
        ("her driver's license is D123-4567-8901", "ID", "D123-4567-8901"),
        ("National ID 766-36-7825 registered", "ID", "766-36-7825"),
        ("Employee ID card ID-GMSOXLTA grants", "ID", "ID-GMSOXLTA"),
        ("DNI: 12345678Z", "ID", "12345678Z"),
        ("NIE X-1234567-L", "ID", "X-1234567-L"),
        ("NHS number 943 476 5919", "ID", "943 476 5919"),
        ("codice fiscale RSSMRA85T10A562S", "ID", "RSSMRA85T10A562S"),
        ("Steuer-ID 12 345 678 901", "ID", "12 345 678 901"),
        ("tax ID: 97-7376562", "ID", "97-7376562"),
        ("account number is 000123456789", "ACCOUNT", "000123456789"),
        ("sort code 12-34-56", "ACCOUNT", "12-34-56"),
        ("She was born on 12/05/1980", "DOB", "12/05/1980"),
        ("Tell me your date of birth. It's 1980-05-12", "DOB", "1980-05-12"),
        ("DOB: 12 May 1980", "DOB", "12 May 1980"),
        ("geboren am 3. März 1975", "DOB", "3. März 1975"),
        ("née le 3 août 1975 à Lyon", "DOB", "3 août 1975"),
        ("born March 3rd, 1975", "DOB", "March 3rd, 1975"),
        ("He lives at 221 Baker Street, London", "ADDRESS", "221 Baker Street"),
        ("12 rue de la Paix", "ADDRESS", "12 rue de la Paix"),
        ("Hauptstraße 12a, Berlin", "ADDRESS", "Hauptstraße 12a"),
        ("Calle Mayor 15", "ADDRESS", "Calle Mayor 15"),
        ("P.O. Box 1234", "ADDRESS", "P.O. Box 1234"),
        ("from 83.169.40.12 at night", "IP", "83.169.40.12"),
        ("2a02:8071:22d4:9a00:1c2b::7", "IP", "2a02:8071:22d4:9a00:1c2b::7"),
    ],
)
def test_personal_data_is_found_where_it_stands(text: str, kind: str, value: str) -> None:
    assert (kind, value) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "@app.route('/x')",
        "x @ y",
        "git@github.com:owner/repo.git",
        "npm i left-pad@1.3.0",
        "an award at work, a job at Google",
        "user@localhost",
        "2023-01-15 10:20:30",
        "15.01.2023",
        "1999-2004",
        "3.14159265358979",
        "1,234,567,890",
        "0.0000123456",
        "1700000000",
        "timestamp 1700000000123",
        "order 1234567",
        "ISBN 978-3-16-148410-0",
        "port 8080 and 443",
        "version 10.2.0.1",
        "v1.2.3.4",
        "upgrade from 1.5.0.2 to 1.5.0.3",
        "192.168.1.10 and 10.0.0.1",
        "127.0.0.1:8080",
        "1.2.3",
        "999.999.999.999",
        "std::vector::iterator and a::b",
        "12:30:45",
        "aa:bb:cc:dd:ee:ff",
        "4556737586899856",
        "1234567890123456",
        "0000000000000000",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
        "[415, 555, 2671]",
        "GB29NWBK60161331926818",
        "DE is a country, GB2 is not an account",
        "000-12-3456",
        "123-00-4567",
        "110-11-1011",
        "the public licence H1, A1 and INTRODUCTORY",
        "Passport control is on your left",
        "the tax number line on the form",
        "passport renewed on 2019-05-12",
        "an ID card is required",
        "Ich war nie 2000000 m weit",
        "za 30 dni 1500000 zł",
        "The taxpayer owes 150000 dollars",
        "Medicare covers 1200000 people",
        "a passport costs $120000",
        "id = 1234567",
        "born to run",
        "The idea was born in 1965.",
        "published 12/05/1980",
        "5 Golden Rings",
        "10 Downing",
        "Main Street is closed",
        "Room 12, Floor 3",
        "Boston, MA 02110-1301, USA",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "commit 3275669c0ffee",
        "uuid 123e4567-e89b-12d3-a456-426614174000",
        "password must be at least 8 characters",
        "the password is incorrect",
        "reset your password here",
        "token = tokenizer.next_token()",
        "max_tokens=1024",
        "tokens: 128000",
        "password: str = Field(default=None)",
        'password = os.environ["DB_PASSWORD"]',
        "password=$DB_PASSWORD",
        "api_key: ${{ secrets.OPENAI_API_KEY }}",
        'api_key = "YOUR_API_KEY"',
        "OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxx",
        'token = "<your-token-here>"',
        "Authorization: Bearer $TOKEN",
        "curl -u user:$PASSWORD https://x.org",
        "https://user:password@example.com/",
        "postgres://user:${PASSWORD}@db/x",
        "secret = 'changeme'",
        "a secret sauce, a token of love, the keys to success",
        "client_id: string",
        "class TokenCacheWriteTokensDetails(BaseModel):",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "sk-learn-contrib-something-else",
    ],
)
def test_what_only_looks_like_it_is_passed_by(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "mail jo@example.com",
        "mail jo@host.test",
        "ping 192.0.2.1 and 198.51.100.7",
        "nameserver 8.8.8.8",
        "2001:db8:85a3:0:0:8a2e:370:7334",
        "card 4242 4242 4242 4242",
        "SSN 078-05-1120",
        "call 415-555-0123",
    ],
)
def test_documentations_own_values_count_only_on_request(text: str) -> None:
    assert found(text) == []
    if "192.0.2" not in text:
        assert found(text, ignore_examples=False) != []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("My name is Ada Lovelace", "PERSON"),
        ("zip code 94103", "ZIP"),
        ("San Francisco, CA 94103", "ZIP"),
        ("Acme Widgets Ltd delivers", "ORG"),
        ("see https://acme.io/x", "URL"),
        ("at 192.168.1.10", "PRIVATE_IP"),
    ],
)
def test_signals_are_told_apart_from_what_stays_home(text: str, kind: str) -> None:
    findings = detect(text)
    assert [item.kind for item in findings.items] == [kind]
    assert findings.tier == "C"


def test_the_worst_tier_and_the_counts_sum_up() -> None:
    findings = detect("jo@acme.io, ann@acme.io, GB29NWBK60161331926819, My name is Jo Doe")
    assert findings.tier == "A"
    assert findings.counts() == {"IBAN": 1, "EMAIL": 2, "PERSON": 1}
    assert detect("nothing at all").tier is None
    assert detect("").items == ()


def test_where_two_overlap_the_worse_and_longer_stands() -> None:
    hits = [("PHONE", 0, 12), ("CARD", 0, 16), ("URL", 20, 60), ("SECRET", 30, 40)]
    assert settled(hits) == [("CARD", 0, 16), ("SECRET", 30, 40)]


def test_too_much_text_counts_as_secret() -> None:
    findings = Detector((), max_chars=10).detect("a" * 11)
    assert (findings.complete, findings.tier) == (False, "A")
    assert "longer than 10 characters" in str(findings.failure)


def test_running_out_of_time_counts_as_secret() -> None:
    ticks = iter(range(100))

    def endless(scan: Scan) -> Iterator[Hit]:
        while True:
            yield "URL", 0, 1

    findings = Detector((endless,), clock=lambda: next(ticks), budget_seconds=5).detect("x")
    assert (findings.complete, findings.tier) == (False, "A")
    assert "took longer" in str(findings.failure)


def test_a_failing_finder_counts_as_secret_and_says_nothing_of_the_text() -> None:
    def broken(scan: Scan) -> Iterator[Hit]:
        raise ValueError(scan.text)
        yield

    findings = Detector((broken,)).detect("hunter2")
    assert findings == Findings(
        complete=False, failure="the detector failed: ValueError", version="3"
    )


def test_detection_opens_no_socket_and_no_file() -> None:
    code = """
import sys
from whitelist import detect
detect("warm up: 030 901820, +49 30 901820, call 06 12 34 56 78")
seen = []
sys.addaudithook(lambda event, args: seen.append(event)
                 if event.startswith("socket.") or event == "open" else None)
detect("jo@acme.io, +49 30 901820, call 06 12 34 56 78, password: hunter2!, 83.169.40.12")
print(seen)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab1@.-\uff20\u200b\u00a0é&#64;[at]/: +4日", max_size=60))
def test_any_text_gives_findings_inside_it_that_do_not_overlap(text: str) -> None:
    items = detect(text).items
    assert all(0 <= item.start < item.end <= len(text) for item in items)
    assert all(a.end <= b.start for a, b in pairwise(items))
    assert all(isinstance(item, Finding) and item.tier == KINDS[item.kind].tier for item in items)


ADVERSARIAL = (
    *("a", "1", "4 ", "1-", "a@", "a.", "(", " ", "\n", "A1 ", "password=", "password is "),
    *("http://", "://a:b", "-----BEGIN PRIVATE KEY-----", "My name is ", "1.1.1.1.", "Ab "),
    *("555-123-4567 ", "passport ", "born ", "rue de la ", "eyJ", "sk-", "api_key_", "token "),
    *("\"='", "1\u200b", "a-b-", "x@y.y.", "a:", "::", "GB11", "DE89 ", "&#64;", "[at]", "curl "),
    *("name,dob\n", "dob,tel\n1,2\n", "Box 1 ", "ul. A 1 ", "Address: 12 ", "12 Ab\n", "1 May "),
    *("Bearer ", "12 Abc Def ", "Address of ", "Mr. Ab", "01234 56789 ", "Tel: 12345678 "),
)


def _steps(text: str) -> int:
    """How many Python and C functions are called to inspect `text`."""
    calls = 0

    def count(_frame: object, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        assert detect(text).complete
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("seed", ADVERSARIAL)
def test_twice_the_text_takes_about_twice_the_steps(seed: str) -> None:
    short, long = (seed * (n // len(seed)) for n in (6_000, 12_000))
    _steps(seed)
    assert _steps(long) <= 2.3 * _steps(short) + 500


def test_one_finder_more_is_made_once_and_finds_beside_the_others() -> None:
    made = []

    def make() -> Finder:
        made.append(1)
        return lambda scan: iter([("PERSON", 0, 3)] if scan.text.startswith("Ada") else [])

    detect_with = with_finder(make)
    assert made == []
    found = detect_with("Ada has ada@analytical-engines.co.uk")
    assert [item.kind for item in found.items] == ["PERSON", "EMAIL"]
    assert detect_with("nobody").items == ()
    assert made == [1]
