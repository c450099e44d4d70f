"""Every model server this person has, and what they answer when asked which models they hold."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

import anyio

from routing.catalogue import Override, Source, catalogue
from routing.providers.protocol import LoadsOnDemand, Offer, Provider
from routing.values import Model
from vocabulary import HomewardError

ASK_WITHIN_S = 2.0
"""A local server that needs longer than this to list its models is treated as absent for now."""

LOADED_WITHIN_S = 0.3
"""A server that needs longer to say what it has loaded leaves it unsaid."""

WARM_WITHIN_S = 300.0
"""A model that takes longer to load than this would be of no use to anyone."""

LOADED_TTL_S = 2.0
"""For so long an answer about what is loaded holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One address of one provider. `host` is what the whitelist decides about."""

    provider: str
    local: bool
    host: str
    open: Callable[[], Provider]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a server said: its models, or why it could not be asked."""

    server: Server
    offers: tuple[Offer, ...] | None
    trouble: str = ""


class Fleet:
    """The servers, each opened on first use, and the models they hold.

    Local servers are asked again after `ttl_s` seconds; clouds only when `ask_clouds` is called,
    because every question to a cloud is a request that leaves the machine.
    """

    def __init__(
        self,
        servers: Sequence[Server],
        overrides: Sequence[Override] = (),
        *,
        ttl_s: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._servers = {server.provider: server for server in servers}
        self._overrides = tuple(overrides)
        self._ttl_s = ttl_s
        self._clock = clock
        self._open: dict[str, Provider] = {}
        self._clouds: dict[str, Report] = {}
        self._models: tuple[Model, ...] = ()
        self._reports: tuple[Report, ...] = ()
        self._asked_at: float | None = None
        self._asking = anyio.Lock()
        self._cold: frozenset[str] = frozenset()
        self._cold_at: float | None = None

    @property
    def servers(self) -> tuple[Server, ...]:
        return tuple(self._servers.values())

    def provider(self, name: str) -> Provider:
        """The provider's client, opened now if this is the first use."""
        if name not in self._open:
            self._open[name] = self._servers[name].open()
        return self._open[name]

    async def models(self) -> tuple[Model, ...]:
        """Every model there is, as of at most `ttl_s` seconds ago."""
        async with self._asking:
            if self._asked_at is None or self._clock() - self._asked_at >= self._ttl_s:
                await self._refresh()
        return self._models

    async def reports(self) -> tuple[Report, ...]:
        """What each server last said, for `doctor` and `models`."""
        await self.models()
        return self._reports

    async def troubles(self) -> tuple[str, ...]:
        """What kept servers from being asked, in whole sentences that name them."""
        return tuple(_told(report) for report in await self.reports() if report.trouble)

    async def cold(self) -> frozenset[str]:
        """The ids of local models that their server says it would have to load first.

        A server that does not say, or loads nothing on demand, has no cold models.
        """
        models = await self.models()
        async with self._asking:
            if self._cold_at is None or self._clock() - self._cold_at >= LOADED_TTL_S:
                self._cold = frozenset([name async for name in self._not_loaded(models)])
                self._cold_at = self._clock()
        return self._cold

    async def _not_loaded(self, models: Sequence[Model]) -> AsyncIterator[str]:
        for name in {model.provider for model in models if model.local}:
            provider = self.provider(name)
            if not isinstance(provider, LoadsOnDemand):
                continue
            try:
                with anyio.fail_after(LOADED_WITHIN_S):
                    loaded = await provider.loaded()
            except (TimeoutError, HomewardError):
                continue
            for model in models:
                if model.local and model.provider == name and model.name not in loaded:
                    yield model.id

    async def warm(self, model: Model, *, within_s: float = WARM_WITHIN_S) -> bool:
        """Have a local model loaded, so that the first answer need not wait for it.

        False where it could not be: its server does not load on demand, or failed, or took longer
        than `within_s`. A cloud is never asked.
        """
        provider = self.provider(model.provider) if model.local else None
        if not isinstance(provider, LoadsOnDemand):
            return False
        try:
            with anyio.fail_after(within_s):
                await provider.warm(model.name)
        except (TimeoutError, HomewardError):
            return False
        self._cold_at = None
        return True

    async def ask_clouds(self, permitted: Callable[[Server], bool]) -> None:
        """Ask the permitted clouds which models they have, and remember what they say."""
        for server in self._servers.values():
            if not server.local and permitted(server):
                self._clouds[server.provider] = await self._ask(server)
        self._asked_at = None

    async def aclose(self) -> None:
        for provider in self._open.values():
            await provider.aclose()

    async def _refresh(self) -> None:
        told: dict[str, Report] = {}

        async def ask(server: Server) -> None:
            told[server.provider] = await self._ask(server)

        async with anyio.create_task_group() as group:
            for server in self._servers.values():
                if server.local or server.provider == "ollama":
                    group.start_soon(ask, server)
                else:
                    silent = Report(server=server, offers=None)
                    told[server.provider] = self._clouds.get(server.provider, silent)
        self._reports = tuple(told[name] for name in self._servers)
        self._models = catalogue([_source(report) for report in self._reports], self._overrides)
        self._asked_at = self._clock()

    async def _ask(self, server: Server) -> Report:
        try:
            with anyio.fail_after(ASK_WITHIN_S):
                offers = await self.provider(server.provider).models()
        except TimeoutError:
            trouble = f"{server.provider} did not list its models in time."
            return Report(server=server, offers=None, trouble=trouble)
        except HomewardError as error:  # the provider's own, or the door's
            return Report(server=server, offers=None, trouble=str(error))
        except Exception:  # whatever one server sends, the others' models are still there
            trouble = f"{server.provider} gave a list of models that cannot be read."
            return Report(server=server, offers=None, trouble=trouble)
        return Report(server=server, offers=tuple(offers))


def _told(report: Report) -> str:
    server = report.server
    if server.local or server.provider != "ollama":
        return report.trouble
    return (
        f"The Ollama at {server.host} is another machine, so it counts as a cloud: "
        f"{report.trouble} If it is yours, set mine = true in [providers.ollama] of homeward.toml."
    )


def _source(report: Report) -> Source:
    server = report.server
    return Source(
        provider=server.provider, local=server.local, host=server.host, offers=report.offers
    )
