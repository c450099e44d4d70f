"""Everything a server can do wrong, met by every provider: the right error, and nothing leaked."""

import socket
import traceback
from dataclasses import dataclass

import anyio
import anyio.to_thread
import httpx2
import pytest

from routing.errors import (
    PromptRejected,
    ProviderError,
    ProviderRejected,
    ProviderTimeout,
    ProviderUnavailable,
)
from tests.providers.speaking import KEY, KINDS, hear, prompt, speaker
from tests.wire.faulty import LEAK, Faulty

pytestmark = pytest.mark.anyio

PLAN = "my secret plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A fault, and the error it must become; `says` is in the sentence, whoever was asked."""

    fault: str
    kind: type[ProviderError]
    says: str
    safe: bool = False
    wait: float | None = None


CASES = [
    Case(fault="wrong-key", kind=ProviderRejected, says=""),
    Case(fault="forbidden", kind=ProviderRejected, says=""),
    Case(fault="no-credit", kind=ProviderRejected, says="no credit left"),
    Case(fault="no-quota", kind=ProviderRejected, says="no credit left"),
    Case(fault="unknown-model", kind=ProviderRejected, says="has no model nope"),
    Case(fault="bad-request", kind=ProviderRejected, says="did not accept the request"),
    Case(fault="too-long", kind=PromptRejected, says="too long for nope"),
    Case(fault="too-large", kind=PromptRejected, says="too long for nope"),
    Case(fault="too-many", kind=ProviderUnavailable, says="too many requests", safe=True, wait=7),
    Case(
        fault="too-many-until",
        kind=ProviderUnavailable,
        says="too many requests",
        safe=True,
        wait=30,
    ),
    Case(fault="inside", kind=ProviderUnavailable, says="failed inside", safe=True),
    Case(fault="bad-gateway", kind=ProviderUnavailable, says="failed inside", safe=True),
    Case(fault="starting", kind=ProviderUnavailable, says="still starting", safe=True),
    Case(fault="gateway-timeout", kind=ProviderTimeout, says="gave up waiting"),
    Case(fault="overloaded", kind=ProviderUnavailable, says="overloaded", safe=True),
    Case(fault="elsewhere", kind=ProviderRejected, says="does not follow"),
    Case(fault="dies", kind=ProviderUnavailable, says="broke off"),
    Case(fault="cut", kind=ProviderUnavailable, says="broke off in the middle"),
    Case(fault="fails", kind=ProviderUnavailable, says="failed inside", safe=True),
    Case(fault="slams", kind=ProviderUnavailable, says="broke off"),
    Case(fault="nonsense", kind=ProviderUnavailable, says="cannot be read"),
    Case(fault="not-an-object", kind=ProviderUnavailable, says="cannot be read"),
    Case(fault="html", kind=ProviderUnavailable, says=""),
    Case(fault="json", kind=ProviderUnavailable, says=""),
    Case(fault="deep", kind=ProviderUnavailable, says="cannot be read"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fault)
async def test_a_fault_becomes_an_error_that_says_what_to_do(
    case: Case, kind: str, faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    provider = speaker(kind, faulty.at(case.fault), http)

    with pytest.raises(ProviderError) as caught:
        await hear(provider.stream(prompt(PLAN), model="nope"))
    await provider.aclose()

    error = caught.value
    assert type(error) is case.kind
    assert case.says in error.what
    assert error.what.endswith(".")
    assert error.fix.endswith(".")
    assert error.provider == kind
    assert error.safe_to_retry is case.safe
    assert error.retry_after == case.wait
    shown = "".join(traceback.format_exception(error)) + str(error)
    for private in (KEY, LEAK, PLAN):
        assert private not in shown


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "fault",
    [
        "wrong-key",
        "inside",
        "elsewhere",
        "html",
        "not-an-object",
        "deep-body",
        "endless-body",
        "endless-error",
        "packed",
    ],
)
async def test_a_list_of_models_that_cannot_be_had_is_an_error_too(
    fault: str, kind: str, faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    provider = speaker(kind, faulty.at(fault), http)

    with pytest.raises(ProviderError) as caught:
        await provider.models()
    await provider.aclose()

    assert LEAK not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("kind", KINDS)
async def test_an_error_without_end_is_not_read_to_its_end(
    kind: str, faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    provider = speaker(kind, faulty.at("endless-error"), http)

    with anyio.fail_after(20), pytest.raises(ProviderError):
        await hear(provider.stream(prompt(), model="tiny"))
    await provider.aclose()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_line_without_end_is_not_held(
    kind: str, faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    provider = speaker(kind, faulty.at("endless"), http)

    with anyio.fail_after(20), pytest.raises(ProviderUnavailable, match=r"far more|cannot be read"):
        await hear(provider.stream(prompt(), model="tiny"))
    await provider.aclose()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_redirect_is_not_followed(
    kind: str, faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    http.follow_redirects = True
    provider = speaker(kind, faulty.at("elsewhere"), http)

    with pytest.raises(ProviderRejected, match="does not follow"):
        await hear(provider.stream(prompt(), model="tiny"))
    await provider.aclose()

    assert len(faulty.requests) == 1


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        ("openai", "Check OPENAI_API_KEY"),
        ("anthropic", "Check ANTHROPIC_API_KEY"),
        ("ollama", "ollama signin"),
    ],
)
async def test_a_wrong_key_names_where_it_is_set(
    kind: str, advice: str, faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    provider = speaker(kind, faulty.at("wrong-key"), http)

    with pytest.raises(ProviderRejected) as caught:
        await hear(provider.stream(prompt(), model="tiny"))
    await provider.aclose()

    assert advice in caught.value.fix


async def test_a_model_that_ollama_lacks_comes_with_the_command_that_gets_it(
    faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    provider = speaker("ollama", faulty.at("unknown-model"), http)

    with pytest.raises(ProviderRejected) as caught:
        await hear(provider.stream(prompt(), model="llama3"))
    await provider.aclose()

    assert "ollama pull llama3" in caught.value.fix


@pytest.mark.parametrize("kind", KINDS)
async def test_where_nothing_listens_the_error_is_safe_to_retry(
    kind: str, http: httpx2.AsyncClient
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        provider = speaker(kind, f"http://127.0.0.1:{unused.getsockname()[1]}", http)

        with pytest.raises(ProviderUnavailable) as caught:
            await hear(provider.stream(prompt(), model="tiny"))
        await provider.aclose()

    assert caught.value.safe_to_retry
    assert "Nothing answers" in caught.value.what


async def test_when_ollama_is_not_running_the_error_says_how_to_start_it(
    http: httpx2.AsyncClient,
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        provider = speaker("ollama", f"http://127.0.0.1:{unused.getsockname()[1]}", http)

        with pytest.raises(ProviderUnavailable) as caught:
            await provider.models()
        await provider.aclose()

    assert "Is Ollama running? Start it with `ollama serve`" in caught.value.fix


@pytest.mark.parametrize("kind", KINDS)
async def test_a_server_that_speaks_no_tls_where_it_should_is_named(
    kind: str, faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    address = faulty.at("none").replace("http://", "https://")
    provider = speaker(kind, address, http)

    with pytest.raises(ProviderUnavailable, match="could not be made secure"):
        await hear(provider.stream(prompt(), model="tiny"))
    await provider.aclose()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_connection_gone_stale_is_safe_to_retry(
    kind: str, faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    provider = speaker(kind, faulty.at("stale"), http)
    await hear(provider.stream(prompt(), model="tiny"))

    with pytest.raises(ProviderUnavailable) as caught:
        await hear(provider.stream(prompt(), model="tiny"))
    await provider.aclose()

    assert caught.value.safe_to_retry


@pytest.mark.parametrize("kind", KINDS)
async def test_an_unusable_key_is_not_shown(
    kind: str, faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    if kind == "ollama":
        return
    provider = speaker(kind, faulty.at("none"), http, key="sk-synthetic\n-0001")

    with pytest.raises(ProviderRejected) as caught:
        await hear(provider.stream(prompt(), model="tiny"))

    assert "0001" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("kind", KINDS)
async def test_a_hung_server_can_be_given_up_at_any_time(
    kind: str, faulty: Faulty, http: httpx2.AsyncClient
) -> None:
    provider = speaker(kind, faulty.at("silent"), http)

    with anyio.move_on_after(0.1) as patience:
        await hear(provider.stream(prompt(), model="tiny"))
    await provider.aclose()

    assert patience.cancelled_caught
    assert await anyio.to_thread.run_sync(faulty.hung_up.wait, 5)
