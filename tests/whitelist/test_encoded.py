"""What is encoded is read, at the place where it stands, no deeper or larger than bounds say."""

import base64
import gzip
import sys
import zlib
from collections.abc import Iterator

import pytest

from whitelist import Detector, detect
from whitelist.detector.encoded import LAYERS, MOST_INFLATED, layer
from whitelist.detector.scan import Hit, Scan, scan

TOLD = b"Please write to jo.doe@acme.io about it."


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def hidden(text: str) -> str:
    return layer(scan(text, examples=False)).text


def found(text: str) -> list[tuple[str, str]]:
    findings = detect(text)
    assert findings.complete
    return [(item.kind, text[item.start : item.end]) for item in findings.items]


@pytest.mark.parametrize(
    "encoded",
    [
        b64(TOLD),
        b64(TOLD).rstrip("="),
        base64.urlsafe_b64encode(TOLD + b" \xc3\xbf\xc3\xbe").decode("ascii"),
        base64.b32encode(TOLD).decode("ascii"),
        TOLD.hex(),
        TOLD.hex().upper(),
        TOLD.hex(" "),
        TOLD.hex(":"),
        "0x" + TOLD.hex(),
        b64(gzip.compress(TOLD, mtime=0)),
        b64(zlib.compress(TOLD)),
        b64(TOLD.decode("ascii").encode("utf-16-le")),
        b64(b"\x08\x01\x12\x28" + TOLD + b"\x18\x02"),
    ],
    ids=lambda encoded: encoded[:16],
)
def test_the_place_of_what_is_encoded_is_where_it_stands(encoded: str) -> None:
    assert found(f"see: {encoded} (end)") == [("EMAIL", encoded)]


def test_lines_of_one_encoding_are_read_as_one() -> None:
    whole = b64(TOLD * 4)
    lines = "\n".join(whole[i : i + 64] for i in range(0, len(whole), 64))
    assert found(f"Content-Transfer-Encoding: base64\n\n{lines}\n") == [("EMAIL", lines)]


def test_each_piece_is_found_at_its_own_place() -> None:
    first, second = b64(b"mail jo@acme.io please"), b64(b"card 4556737586899855 ok")
    assert found(f"{first} and {second}") == [("EMAIL", first), ("CARD", second)]


def test_two_pieces_are_never_read_as_one() -> None:
    assert found(f"{b64(b'numbers 4556 7375')} {b64(b'8689 9855 numbers')}") == []


def test_what_is_encoded_in_each_other_is_followed_down_and_then_counts_as_a_secret() -> None:
    text = b"Nothing to see here, only words about the weather."
    for _ in range(LAYERS):
        text = b64(text).encode("ascii")
    assert found(text.decode("ascii")) == []
    deeper = b64(text)
    assert found(deeper) == [("SECRET", deeper)]


def test_what_holds_too_much_to_be_read_counts_as_a_secret() -> None:
    fits = b64(gzip.compress(b"words " * (MOST_INFLATED // 6), mtime=0))
    bomb = b64(gzip.compress(b"words " * MOST_INFLATED, mtime=0))
    assert found(fits) == []
    assert found(f"{fits} {bomb}") == [("SECRET", bomb)]
    assert len(hidden(f"{bomb} {bomb} {bomb}")) <= MOST_INFLATED + 3 * len("\n\x00\n")


@pytest.mark.parametrize(
    "text",
    [
        "getElementsByClassNameAndAttributeValue",
        "org/springframework/boot/autoconfigure/SpringBootApplication",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        b64(bytes(range(128, 256))),
        b64(b"\x1f\x8b" + bytes(range(40))),
        "4556737586899855",
        "AAAAAAAAAAAAAAAAAAAAAAAA",
    ],
)
def test_what_decodes_to_no_text_is_left_alone(text: str) -> None:
    assert hidden(text) == ""


SEEDS = (
    *(
        "%25",
        "%2",
        "%40",
        "&#",
        "&#64;",
        "&amp;",
        "\\u00",
        "\\u0040",
        "\\",
        "\\n",
        "<at>",
        "4,4,4,",
    ),
    *("4556 7375 ", "4556, ", "1234567\n", "DE89 3704 ", "de 20 ", "pw=", "secret:", "--token="),
    *(
        "password:\n",
        "password to password ",
        "Basic ",
        "Bearer aaaaaaaaaaaa ",
        "curl -u ",
        "mysql -p",
    ),
    *(
        "docker login ",
        "machine ",
        "cookie: sess",
        "$6$",
        "a:1:a:a:",
        "://a:b@",
        "login a/",
        "PIN: ",
    ),
    *("abandon ", "legal winner thank year ", "41 ", "6a6f", "aaaaaaaaaaaaaa ", "QUFB", "GEZDGNBV"),
    *("am9AYWNtZS5pbw== ", "H4sIAAAA", "jo @ a.de ", " AT a.de", "a at b dot ", "пароль: ", "密码"),
    *(
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
        "PuTTY-User-Key-File-2:",
        "e\u0301",
    ),
)


def steps(text: str) -> int:
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


@pytest.mark.parametrize("seed", SEEDS)
def test_twice_the_text_takes_about_twice_the_steps(seed: str) -> None:
    short, long = (seed * (n // len(seed)) for n in (6_000, 12_000))
    steps(seed)
    assert steps(long) <= 2.3 * steps(short) + 500


def test_finders_read_less_than_three_times_the_text_however_it_is_encoded() -> None:
    read: list[int] = []

    def reader(view: Scan) -> Iterator[Hit]:
        read.append(len(view.text))
        yield from ()

    text = b"only words about the weather, " * 100
    for _ in range(LAYERS + 4):
        text = b64(text).encode("ascii")
    detector = Detector((reader,))
    assert detector.detect(text.decode("ascii")).tier == "A"
    assert len(read) == LAYERS + 1
    assert sum(read) < 3 * len(text)
