"""Which addresses an entry names, and which spellings are refused before anything is compared."""

import pytest

from whitelist import Unusable
from whitelist.hosts import Address, canonical, destination, matches, origin, parse

LISTED = ("github.com", ".openai.com", "api.example.net:8443", "127.0.0.1:8080", "[::1]:8080")
LISTED_IDN = "xn--bcher-kva.de"


def allowed(url: str) -> bool:
    try:
        address = parse(url)
    except Unusable:
        return False
    return any(matches(address, entry) for entry in (*LISTED, LISTED_IDN))


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com",
        "https://github.com/",
        "https://github.com/openai?q=@evil.com#x@y",
        "https://github.com:443/x",
        "https://GitHub.COM/x",
        "HTTPS://github.com",
        "https://github.com./x",
        "https://api.openai.com/v1",
        "https://eu.api.openai.com/v1",
        "https://api.example.net:8443/",
        "http://127.0.0.1:8080/v1",
        "https://127.0.0.1:8080/v1",
        "http://[::1]:8080/",
        "https://bücher.de/",
        "https://Bücher.de/",
        "https://xn--bcher-kva.de/",
        "https://XN--BCHER-KVA.de/",
    ],
)
def test_a_listed_host_is_found_however_it_is_rightly_written(url: str) -> None:
    assert allowed(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://evilgithub.com",
        "https://github.com.evil.com",
        "https://sub.github.com",
        "https://github.com.",  # the dot alone is right, see above; with two it is not
        "https://github.com..",
        "https://..github.com",
        "https://.github.com",
        "https://evil..github.com",
        "https://openai.com",
        "https://evilopenai.com",
        "https://.openai.com",
        "https://api.openai.com:8443",
        "https://api.openai.com.evil.io",
        "https://user:pw@github.com",
        "https://user@github.com",
        "https://@github.com",
        "https://github.com@evil.com",
        "https://github.com%40evil.com",
        "https://evil.com#@github.com",
        "https://evil.com?@github.com",
        "https://evil.com\\@github.com",
        "https://evil.com\\.github.com",
        "https:\\\\github.com",
        "//github.com",
        "github.com",
        "http://github.com",
        "ftp://github.com",
        "file://github.com/etc/passwd",
        "javascript://github.com/%0aalert(1)",
        "https:github.com",
        "https:/github.com",
        "https:///github.com",
        " https://github.com",
        "https://github.com\n",
        "https://github.com\r\nHost: evil.com",
        "https://git\thub.com",
        "https://github.com\x00.evil.com",
        "https://github.com /",
        "https://github.com:8443",
        "https://github.com:80",
        "https://github.com:",
        "https://github.com:0",
        "https://github.com:65536",
        "https://github.com:443:443",
        "https://github.com:\uff14\uff14\uff13",
        "https://github.com:+443",
        "https://github.com:0x1bb",
        "https://api.example.net",
        "https://\uff47ithub.com",
        "https://github。com",
        "https://gith\u200bub.com",
        "https://g\u0456thub.com",  # a Cyrillic i
        "https://\u212aithub.com",
        "https://BÜCHER.de",
        "https://buecher.de",
        "https://xn--bcher-kva",
        "https://xn--a.de",
        "https://git_hub.com",
        "https://-github.com",
        "https://github-.com",
        "https://" + "a" * 64 + ".github.com",
        "https://[github.com]",
        "https://140.82.121.3",
        "https://[2606:4700::1111]",
        "http://127.0.0.1:8081",
        "http://127.0.0.1",
        "https://127.0.0.1",
        "http://localhost:8080",
        "http://127.1:8080",
        "http://127.0.0.1.:8080",
        "http://127.000.000.001:8080",
        "http://0177.0.0.1:8080",
        "http://0x7f000001:8080",
        "http://0x7f.0.0.1:8080",
        "http://2130706433:8080",
        "http://127.0.0.2:8080",
        "http://0.0.0.0:8080",
        "http://[::ffff:127.0.0.1]:8080",
        "http://[0:0:0:0:0:0:0:1]:8080",
        "http://[::1%25eth0]:8080",
        "http://[::ffff:1.2.3.4]:8080",
        "",
        "https://",
    ],
)
def test_whatever_only_resembles_a_listed_host_is_not_let_through(url: str) -> None:
    if url == "https://github.com.":
        assert parse(url) == parse("https://github.com")
        return
    assert not allowed(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://user:hunter2@github.com",
        "https://hunter2\n.com",
        "http://hunter2.com",
        "https://hunter2..com",
    ],
)
def test_a_refusal_never_repeats_what_may_be_a_password(url: str) -> None:
    with pytest.raises(Unusable) as caught:
        parse(url)
    assert "hunter2" not in str(caught.value)
    assert caught.value.fix


@pytest.mark.parametrize(
    ("entry", "spelling"),
    [
        ("api.openai.com", "api.openai.com"),
        ("API.OpenAI.com.", "api.openai.com"),
        ("api.openai.com:443", "api.openai.com"),
        ("api.openai.com:8443", "api.openai.com:8443"),
        (".openai.com", ".openai.com"),
        (".OpenAI.com.", ".openai.com"),
        ("bücher.de", "xn--bcher-kva.de"),
        ("127.0.0.1:8080", "127.0.0.1:8080"),
        ("localhost:443", "localhost:443"),
        ("[::1]:1", "[::1]:1"),
    ],
)
def test_an_entry_has_one_spelling(entry: str, spelling: str) -> None:
    assert canonical(entry) == spelling
    assert canonical(spelling) == spelling


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("", "not a host"),
        (".", "not a host"),
        ("..", "not a host"),
        (".com", "anyone can have"),
        (".co.uk", "anyone can have"),
        (".github.io", "anyone can have"),
        (".localhost", "anyone can have"),
        ("com", "not a whole host name"),
        ("openai", "not a whole host name"),
        ("*", "wildcard"),
        ("*.openai.com", "wildcard"),
        ("api.*.com", "wildcard"),
        ("https://api.openai.com", "not a URL"),
        ("api.openai.com/v1", "not a URL"),
        ("api.openai.com?x", "not a URL"),
        ("user:pw@api.openai.com", "names a user"),
        (".openai.com:8443", "cannot name a port"),
        ("api.openai.com:", "host or host:port"),
        ("api.openai.com:99999", "port"),
        ("..openai.com", "not a host name"),
        ("api openai.com", "space"),
        ("api.openai.com\n", "control character"),
        ("1.2.3.4", "IP address"),
        ("127.1:80", "IP address"),
        ("[::2]:80", "IP address"),
        ("127.0.0.1", "port"),
        ("localhost", "port"),
        ("\uff4fpenai.com", "character"),
    ],
)
def test_an_entry_that_cannot_be_used_is_refused_in_words(entry: str, says: str) -> None:
    with pytest.raises(Unusable) as caught:
        canonical(entry)
    assert says in str(caught.value)
    assert caught.value.fix


def test_a_destination_is_a_host_and_not_a_url() -> None:
    assert destination("api.openai.com") == Address(scheme="https", host="api.openai.com", port=443)
    with pytest.raises(Unusable, match="not a URL"):
        destination("api.openai.com/v1")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1:11434", ("http", "127.0.0.1", 11434)),
        ("http://192.168.1.5:11434/", ("http", "192.168.1.5", 11434)),
        ("http://gpu-box:8000/v1", ("http", "gpu-box", 8000)),
        ("http://[fd00::1]:8000", ("http", "[fd00::1]", 8000)),
        ("https://models.home.arpa", ("https", "models.home.arpa", 443)),
        ("http://localhost", ("http", "localhost", 80)),
    ],
)
def test_a_declared_origin_may_be_any_machine_of_ones_own(
    url: str, address: tuple[str, str, int]
) -> None:
    found = origin(url)
    assert (found.scheme, found.host, found.port) == address


@pytest.mark.parametrize(
    "url", ["127.0.0.1:11434", "http://127.1:11434", "http://2130706433", "http://[0::1]:1"]
)
def test_a_declared_origin_is_spelled_in_one_way(url: str) -> None:
    with pytest.raises(Unusable):
        origin(url)
