"""Which servers are asked for their models, when, and what is said of those that do not answer."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import anyio
import pytest

from routing import fleet as fleet_module
from routing.catalogue import shipped
from routing.fleet import Fleet, Server
from routing.providers.openai import OpenAICompatible
from routing.providers.protocol import Chunk, Offer, Provider
from routing.providers.vendors import vendors
from tests.clocks import Clock
from tests.wire.faulty import Faulty
from vocabulary import Prompt
from whitelist import Whitelist
from whitelist.door import Door

pytestmark = pytest.mark.anyio
TTL = 30.0


class Lister:
    """A provider that only lists; `say` gives what it lists."""

    def __init__(self, name: str, say: Callable[[], Awaitable[Sequence[Offer]]]) -> None:
        self.name = name
        self._say = say
        self.asked = 0
        self.closed = 0

    async def models(self) -> Sequence[Offer]:
        self.asked += 1
        return await self._say()

    async def stream(self, prompt: Prompt, *, model: str) -> AsyncGenerator[Chunk, None]:
        raise NotImplementedError
        yield Chunk()

    async def aclose(self) -> None:
        self.closed += 1


def lister(name: str, *offered: str, local: bool = True) -> Lister:
    async def say() -> Sequence[Offer]:
        return [Offer(name=each, local=local) for each in offered]

    return Lister(name, say)


def server(provider: Provider, *, local: bool = True, host: str = "127.0.0.1:8000") -> Server:
    return Server(provider=provider.name, local=local, host=host, open=lambda: provider)


def of(*servers: Server, clock: Callable[[], float] | None = None) -> Fleet:
    return Fleet(servers, ttl_s=TTL, clock=clock or Clock())


async def names(fleet: Fleet) -> list[str]:
    return [model.id for model in await fleet.models()]


# --- when -----------------------------------------------------------------------------------


async def test_a_server_is_asked_again_only_when_what_it_said_has_grown_old() -> None:
    clock, provider = Clock(), lister("vllm", "a")
    fleet = of(server(provider), clock=clock)
    for passed, asked in ((0.0, 1), (0.0, 1), (TTL - 0.1, 1), (0.1, 2), (TTL, 3)):
        clock.now += passed
        assert await names(fleet) == ["vllm/a"]
        assert provider.asked == asked


async def test_many_who_ask_at_once_make_one_question() -> None:
    provider = lister("vllm", "a")
    fleet = of(server(provider))
    async with anyio.create_task_group() as tasks:
        for _ in range(10):
            tasks.start_soon(fleet.models)
    assert provider.asked == 1


async def test_what_a_server_has_now_replaces_what_it_had() -> None:
    clock, has = Clock(), [["a", "b"], ["b"], []]

    async def say() -> Sequence[Offer]:
        return [Offer(name=name, local=True) for name in has.pop(0)]

    fleet = of(server(Lister("vllm", say)), clock=clock)
    for expected in (["vllm/a", "vllm/b"], ["vllm/b"], []):
        assert await names(fleet) == expected
        clock.now += TTL


async def test_a_provider_is_opened_once_and_when_it_is_first_needed() -> None:
    provider, opened = lister("vllm", "a"), []

    def open_() -> Provider:
        opened.append(provider.name)
        return provider

    clock = Clock()
    fleet = of(Server(provider="vllm", local=True, host="h", open=open_), clock=clock)
    assert opened == []
    for _ in range(3):
        await fleet.models()
        clock.now += TTL
    assert fleet.provider("vllm") is provider
    assert opened == ["vllm"]


async def test_only_what_was_opened_is_closed() -> None:
    used, unused = lister("vllm", "a"), lister("openai", local=False)
    fleet = of(server(used), server(unused, local=False))
    await fleet.models()
    await fleet.aclose()
    assert (used.closed, unused.closed) == (1, 0)


# --- troubles -------------------------------------------------------------------------------


async def test_a_server_that_hangs_is_told_in_words_and_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fleet_module, "ASK_WITHIN_S", 0.2)

    async def never() -> Sequence[Offer]:
        await anyio.sleep_forever()
        raise AssertionError

    fleet = of(server(Lister("lmstudio", never)), server(lister("vllm", "a")))
    with anyio.fail_after(10):
        assert await names(fleet) == ["vllm/a"]
    assert await fleet.troubles() == ("lmstudio did not list its models in time.",)


async def test_servers_are_asked_side_by_side() -> None:
    first, second = anyio.Event(), anyio.Event()

    async def after_the_second() -> Sequence[Offer]:
        first.set()
        await second.wait()
        return [Offer(name="a", local=True)]

    async def after_the_first() -> Sequence[Offer]:
        second.set()
        await first.wait()
        return [Offer(name="b", local=True)]

    fleet = of(
        server(Lister("vllm", after_the_second)), server(Lister("lmstudio", after_the_first))
    )
    assert await names(fleet) == ["vllm/a", "lmstudio/b"]
    assert await fleet.troubles() == ()


async def test_trouble_too_is_remembered_until_it_has_grown_old(faulty: Faulty) -> None:
    clock = Clock()
    async with asking(faulty.at("inside"), allowed=True) as provider:
        fleet = of(server(provider), clock=clock)
        for passed, asked in ((0.0, 1), (TTL - 1, 1), (1.0, 2)):
            clock.now += passed
            [trouble] = await fleet.troubles()
            assert "500" in trouble
            assert trouble.startswith("vLLM")
            assert faulty.count["inside"] == asked


@asynccontextmanager
async def asking(address: str, *, allowed: bool) -> AsyncGenerator[Provider, None]:
    """A real provider at `address`, through a real door that lets it there or not."""
    door = Door(origins=[address] if allowed else [], whitelist=Whitelist)
    yield OpenAICompatible(vendors()["vllm"], address, None, door.client())
    await door.aclose()


async def test_a_server_that_the_door_refuses_is_told_with_the_way_out(faulty: Faulty) -> None:
    async with asking(faulty.at("none"), allowed=False) as provider:
        fleet = of(server(provider), server(lister("lmstudio", "a")))
        assert await names(fleet) == ["lmstudio/a"]
        [trouble] = await fleet.troubles()
    assert "is not on the whitelist" in trouble
    assert "homeward whitelist add" in trouble
    assert faulty.count["none"] == 0


async def test_every_server_has_its_report_in_the_order_they_were_named() -> None:
    fleet = of(
        server(lister("vllm", "a")),
        server(lister("openai"), local=False),
        server(lister("lmstudio")),
    )
    reports = await fleet.reports()
    assert [report.server.provider for report in reports] == ["vllm", "openai", "lmstudio"]
    assert [report.offers is None for report in reports] == [False, True, False]
    assert [report.trouble for report in reports] == ["", "", ""]


# --- clouds ---------------------------------------------------------------------------------

OPENAI = [row.name for row in shipped().cloud["openai"]]


def cloud(*offered: str) -> Lister:
    return lister("openai", *offered, local=False)


async def test_a_cloud_is_not_asked_unless_told_and_has_its_shipped_models() -> None:
    clock, provider = Clock(), cloud(OPENAI[0])
    fleet = of(server(provider, local=False, host="api.openai.com"), clock=clock)
    for _ in range(3):
        assert await names(fleet) == [f"openai/{name}" for name in OPENAI]
        clock.now += TTL
    assert provider.asked == 0


async def test_only_the_clouds_that_are_permitted_are_asked() -> None:
    asked, left_alone = cloud(OPENAI[0]), lister("anthropic", local=False)
    fleet = of(
        server(asked, local=False, host="api.openai.com"),
        server(left_alone, local=False, host="api.anthropic.com"),
    )
    await fleet.ask_clouds(lambda server: server.host == "api.openai.com")
    assert (asked.asked, left_alone.asked) == (1, 0)
    found = await names(fleet)
    assert [name for name in found if name.startswith("openai/")] == [f"openai/{OPENAI[0]}"]
    assert any(name.startswith("anthropic/") for name in found)


async def test_what_a_cloud_said_is_remembered_without_asking_again() -> None:
    clock, provider = Clock(), cloud(OPENAI[0])
    fleet = of(server(provider, local=False), clock=clock)
    await fleet.models()
    await fleet.ask_clouds(lambda _: True)
    for _ in range(3):
        assert await names(fleet) == [f"openai/{OPENAI[0]}"]
        clock.now += TTL
    assert provider.asked == 1


async def test_asking_the_clouds_asks_no_local_server() -> None:
    provider = lister("vllm", "a")
    fleet = of(server(provider))
    await fleet.ask_clouds(lambda _: True)
    assert provider.asked == 0


async def test_an_ollama_elsewhere_is_asked_because_it_alone_knows_its_models() -> None:
    provider = lister("ollama", "a")
    fleet = of(server(provider, local=False, host="gpu.example:11434"))
    [model] = await fleet.models()
    assert provider.asked == 1
    assert (model.id, model.local, model.host) == ("ollama/a", False, "gpu.example:11434")


async def test_a_server_that_sends_anything_at_all_leaves_the_others_listed() -> None:
    async def trip() -> Sequence[Offer]:
        raise RecursionError

    fleet = of(server(Lister("ollama", trip)), server(lister("vllm", "a")))

    assert await names(fleet) == ["vllm/a"]
    assert await fleet.troubles() == ("ollama gave a list of models that cannot be read.",)
