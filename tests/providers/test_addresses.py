"""What counts as home, and how OLLAMA_HOST is read."""

import pytest
from ollama._client import _parse_host

from routing.providers.addresses import host_of, is_local, ollama_address
from routing.providers.vendors import vendors


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8000/v1",
        "http://127.8.9.10",
        "https://127.255.255.254:1",
        "http://localhost:1234/v1",
        "http://LOCALHOST",
        "http://[::1]:11434",
    ],
)
def test_loopback_is_home(address: str) -> None:
    assert is_local(vendors()["vllm"], address, False)


@pytest.mark.parametrize(
    "address",
    [
        "http://192.168.1.5:8000",
        "http://0.0.0.0:8000",
        "http://127.1:8000",
        "http://127.0.0.1.example.com",
        "http://127.0.0.01",
        "http://2130706433",
        "http://0x7f000001",
        "http://0177.0.0.1",
        "http://\uff1127.0.0.1",
        "http://localhost.",
        "http://localhost.example.com",
        "http://localhost@example.com",
        "http://user@localhost",
        "http://localhost\\@example.com",
        "http://example.com#@localhost",
        "http://[::ffff:127.0.0.1]",
        "http://[::]",
        "http://[0:0:0:0:0:0:0:1]",
        "http://[::1%25eth0]",
        "http://[::1",
        "http://localhost:99999",
        "ftp://localhost",
        "localhost:11434",
        "http:// localhost",
        "http://local\thost",
        "",
    ],
)
def test_any_other_spelling_is_not_home(address: str) -> None:
    assert not is_local(vendors()["vllm"], address, False)


def test_an_address_that_the_person_declared_theirs_is_home() -> None:
    assert is_local(vendors()["ollama"], "http://192.168.1.5:11434", True)


@pytest.mark.parametrize("mine", [False, True])
def test_a_cloud_vendor_is_never_home(mine: bool) -> None:
    assert not is_local(vendors()["openai"], "http://127.0.0.1:8000/v1", mine)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://API.OpenAI.com/v1", "api.openai.com"),
        ("http://[::1]:11434", "::1"),
        ("https://ollama.com:443", "ollama.com"),
        ("nothing", ""),
        ("http://[broken", ""),
    ],
)
def test_a_host_is_bare(address: str, host: str) -> None:
    assert host_of(address) == host


ANYWHERE = ".".join("0000")

HOSTS = [
    None,
    "",
    "1.2.3.4",
    ":56789",
    "1.2.3.4:56789",
    "http://1.2.3.4",
    "https://1.2.3.4",
    "https://1.2.3.4:56789",
    "example.com",
    "example.com:56789",
    "http://example.com",
    "https://example.com",
    "example.com/",
    "example.com/path",
    "https://example.com:56789/path/",
    "[0001:002:003:0004::1]:56789",
    "http://[0001:002:003:0004::1]",
    "127.0.0.1:11434",
]


@pytest.mark.parametrize("host", HOSTS)
def test_ollama_host_is_read_as_the_official_client_reads_it(host: str | None) -> None:
    theirs = _parse_host(host)

    assert ollama_address(host) == theirs.replace("[0001:002:003:0004::1]", "[1:2:3:4::1]")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        (ANYWHERE, "http://127.0.0.1:11434"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        ("http://0.0.0.0:11434", "http://127.0.0.1:11434"),
        ("[::]:11434", "http://[::1]:11434"),
        (' "127.0.0.1:11434" ', "http://127.0.0.1:11434"),
        ("HTTP://example.com", "http://example.com:80"),
    ],
)
def test_an_address_to_listen_on_everywhere_is_loopback_for_a_client(
    host: str, address: str
) -> None:
    assert ollama_address(host) == address


@pytest.mark.parametrize("host", ["ftp://example.com", "http://[broken", "example.com:port"])
def test_an_unreadable_ollama_host_is_an_error(host: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        ollama_address(host)
