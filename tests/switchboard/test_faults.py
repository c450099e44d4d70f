"""What a person is told when a model server does what model servers do."""

from pathlib import Path

import pytest

from routing.providers.llamacpp import EmbeddedServer
from switchboard import AllFailed, NoCandidate, Request
from tests.homes import EASY, HARD, Home
from tests.wire.faulty import LEAK, Faulty

pytestmark = pytest.mark.anyio

CLOUD = [
    ("wrong-key", "OPENAI_API_KEY"),
    ("too-many", "wait 7 s"),
    ("inside", "500"),
    ("overloaded", "overloaded"),
    ("silent", "said nothing for 0.3 seconds"),
    ("stalls", "fell silent"),
    ("dies", "broke"),
    ("nonsense", "cannot be read"),
    ("html", "cannot be read"),
    ("empty", "nothing"),
    ("elsewhere", "sending us elsewhere"),
    ("unknown-model", "model"),
]


def cloud(home: Home, faulty: Faulty, fault: str) -> None:
    address = faulty.at(fault)
    home.openai(address)
    home.allow(address.split("//")[1].split("/")[0])
    if fault in ("silent", "stalls"):
        home.settings("[timeouts]\nfirst_token = 0.3\nbetween_tokens = 0.3\n")
    if fault == "too-many":  # it asks for more time than there is
        home.settings("[timeouts]\ntotal = 6.0\n")


@pytest.mark.parametrize(("fault", "says"), CLOUD, ids=[fault for fault, _ in CLOUD])
async def test_a_cloud_that_fails_is_reported_in_a_sentence_and_releases_its_money(
    home: Home, faulty: Faulty, fault: str, says: str
) -> None:
    cloud(home, faulty, fault)
    async with home.app() as app:
        with pytest.raises(AllFailed) as failure:
            await app.switchboard.answer(
                Request(prompt=HARD, model="openai/gpt-6-luna", max_tokens=20)
            )
        told = str(failure.value)
        assert says.lower() in told.lower()
        assert LEAK not in told
        assert "a-key-for-tests" not in told
        assert app.database.rows("select sum(held) from spend where held > 0") == [(None,)]
        [(outcome,)] = app.database.rows("select outcome from attempts")
        assert outcome in ("error", "timeout")


async def test_a_local_server_that_cannot_list_its_models_is_named_with_its_trouble(
    home: Home, faulty: Faulty
) -> None:
    home.settings(f'[providers.llamacpp]\naddress = "{faulty.at("nonsense")}"\n')
    async with home.app() as app:
        with pytest.raises(
            NoCandidate, match=r"llama\.cpp at 127\.0\.0\.1 gave an answer that cann"
        ):
            await app.switchboard.answer(Request(prompt=EASY, max_tokens=20))


async def test_a_local_server_that_goes_down_is_named_with_what_starts_it(
    home: Home, tiny_model: Path
) -> None:
    server = EmbeddedServer(tiny_model, alias="tiny", threads=1)
    home.settings(f'[providers.llamacpp]\naddress = "{server.address}"\n')
    home.environ["LLAMA_API_KEY"] = server.key
    async with home.app() as app:
        await app.switchboard.answer(Request(prompt=EASY, max_tokens=20))
        server.close()
        with pytest.raises(AllFailed, match="llama-server"):
            await app.switchboard.answer(Request(prompt="And another one?", max_tokens=20))
