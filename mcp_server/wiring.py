"""The composition root: builds every room from settings and hands each what it needs."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

import anyio.to_thread

from cache import BackgroundEmbed, SemanticCache
from ledger import (
    Budget,
    By,
    Ledger,
    Period,
    Report,
    SqliteLedger,
)
from ledger.batches import SqliteBatches
from ledger.experiments import SqliteExperiments
from mcp_server.house import house_of, overrides_of, pricing_of, timeouts_of, zone_of
from mcp_server.keys import Keys
from mcp_server.learning import ShippedPrior, school_of
from mcp_server.places import Places, make_private
from mcp_server.remembering import Remembering, remembering, sharing, shelf
from mcp_server.servers import hosts_by_name, own_origins, servers
from mcp_server.settings import Settings, SettingsError, load
from mcp_server.telemetry import telemetry_of
from routing.breaker import Breakers
from routing.fleet import Fleet
from routing.naming import find
from routing.running.pace import Pace
from routing.running.queue import Queues
from routing.tokens import estimate_tokens
from storage import Database
from storage.migrations import HOME
from switchboard.asking import Asking
from switchboard.batch_choosing import Choosing
from switchboard.batching import Batching
from switchboard.calls import Calls
from switchboard.escalating import Drafts
from switchboard.hedge import Hedge
from switchboard.improving import Improving
from switchboard.judging import Judging
from switchboard.lessons import Lessons
from switchboard.memory import Memory
from switchboard.path import Switchboard
from switchboard.planner import Planner
from switchboard.pricing import Pricing
from switchboard.reading import House
from switchboard.sessions import Sessions
from switchboard.steps import Means
from switchboard.telemetry import Telemetry
from switchboard.trying import Trying
from switchboard.walk import Walker
from whitelist import Grants, Proposals, Whitelist
from whitelist.audit import Audit
from whitelist.audit_key import AuditKey, FileKey, KeyringKey
from whitelist.detector.detect import Detect
from whitelist.door import Door
from whitelist.sqlite import SqliteGrants, SqliteHeads, SqliteProposals
from whitelist.system_keyring import SystemKeyring
from whitelist.whitelist_file import WhitelistFile


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Everything a face needs, wired. One per process."""

    places: Places
    settings: Settings
    keys: Keys
    house: House
    prior: ShippedPrior
    memory: Memory
    switchboard: Switchboard
    batching: Batching
    judging: Judging
    lessons: Lessons
    trying: Trying
    fleet: Fleet
    breakers: Breakers
    ledger: Ledger
    budget: Budget
    pricing: Pricing
    remembering: Remembering
    door: Door
    whitelist: Callable[[], Whitelist]
    detect: Detect
    proposals: Proposals
    grants: Grants
    audit: Audit
    aliases: Mapping[str, str]
    telemetry: Telemetry
    telemetry_trouble: SettingsError | None
    database: Database

    @property
    def cache(self) -> SemanticCache | None:
        return self.remembering.cache

    @property
    def encoder(self) -> BackgroundEmbed:
        return self.remembering.encoder

    @property
    def baseline_name(self) -> str:
        return self.pricing.baseline_name

    def report(self, period: Period, by: By) -> Report:
        return self.ledger.report(period, by, self.budget)

    def warm(self) -> None:
        """Begin to load what the first calls will want; nobody waits for it."""
        if self.cache is not None:
            self.encoder.start()

    async def load_local_models(self) -> None:
        """Have the models loaded that the person wants ready; one that cannot be is let be."""
        wanted = self.settings.local.warm
        models = await self.fleet.models() if wanted else ()
        for name in wanted:
            if (model := find(models, name).model) is not None:
                await self.fleet.warm(model)

    async def aclose(self) -> None:
        await self.fleet.aclose()
        await self.door.aclose()
        await anyio.to_thread.run_sync(self.lessons.close)
        await anyio.to_thread.run_sync(self.trying.close)
        await anyio.to_thread.run_sync(self.remembering.close)
        self.database.close()
        await anyio.to_thread.run_sync(self.telemetry.close)


def build(
    places: Places,
    *,
    environ: Mapping[str, str] | None = None,
) -> App:
    """Wire an application over the person's folders. Blocks for some milliseconds of disk.

    Raises:
        SettingsError, UnknownStrategy, StorageError: what a person must mend first.
    """
    keys = Keys(os.environ if environ is None else environ, places.dotenv)
    settings = load(places.settings, keys.environment())
    for folder in (places.config, places.data, places.cache):
        make_private(folder)
    database = Database(places.home_database, HOME)
    grants = SqliteGrants(database, clock=time.time)
    whitelist = _whitelist(places, grants)
    door = Door(origins=own_origins(settings, keys), whitelist=whitelist, proxy=settings.proxy)
    found = servers(settings, keys, door, places.models)
    aliases = hosts_by_name(settings, keys)
    ledger = SqliteLedger(database, zone=zone_of(settings))
    ledger.recover()
    prior = ShippedPrior()
    house = house_of(settings, sketch=prior.sketch)
    fleet = Fleet(found, overrides_of(settings))
    pace, sessions = Pace(), Sessions()
    telemetry, telemetry_trouble = telemetry_of(settings, keys.environment(), detect=house.detect)
    school = school_of(settings, house, database, _now)
    trying = Trying(SqliteExperiments(database))
    lessons = Lessons(
        prior=prior,
        school=school,
        clock=_now,
        remembers=settings.cache.enabled,
        telemetry=telemetry,
        heard=trying.heard,
    )
    breakers = Breakers(time.monotonic)
    pricing = pricing_of(settings, _now, places.prices)
    keyring = SystemKeyring()
    audit = Audit(
        places.audit,
        key=_audit_key(settings, places, keyring),
        heads=SqliteHeads(database),
        clock=time.time,
    )
    asking = Asking(grants, fingerprint=audit.fingerprint)
    remembered = remembering(settings, places, keyring, first=prior)
    memory = Memory(
        shelf(remembered.cache, fleet, whitelist),
        house=house,
        ledger=ledger,
        pricing=pricing,
        clock=_now,
        sharing=sharing(settings),
    )
    draws = partial(
        Planner,
        house=house,
        fleet=fleet,
        breakers=breakers,
        ledger=ledger,
        asking=asking,
        whitelist=whitelist,
        lessons=lessons,
        sessions=sessions,
        pace=pace,
    )
    switchboard = Switchboard(
        house=house,
        memory=memory,
        planner=draws(pricing=pricing),
        walker=Walker(
            Means(
                calls=Calls(
                    fleet=fleet,
                    breakers=breakers,
                    ledger=ledger,
                    budget=house.budget,
                    pricing=pricing,
                    audit=audit,
                    spend=asking.spend,
                    queues=Queues(lambda _: settings.local.parallel),
                    pace=pace,
                    timeouts=timeouts_of(settings),
                    count_tokens=estimate_tokens,
                    telemetry=telemetry,
                ),
                drafts=Drafts(count=estimate_tokens, price=pricing.of, detect=house.detect),
                breakers=breakers,
                hedge=Hedge(pace=pace, breakers=breakers) if settings.local.hedge else None,
                clock=_now,
            )
        ),
        asking=asking,
        improving=Improving(lessons),
        lessons=lessons,
        sessions=sessions,
        trying=trying,
        telemetry=telemetry,
    )
    return App(
        places=places,
        settings=settings,
        keys=keys,
        house=house,
        prior=prior,
        memory=memory,
        switchboard=switchboard,
        batching=Batching(
            choosing=Choosing(
                house=house,
                planner=draws(pricing=pricing.in_batch()),
                fleet=fleet,
                pricing=pricing.in_batch(),
                clock=_now,
            ),
            fleet=fleet,
            ledger=ledger,
            budget=house.budget,
            audit=audit,
            batches=SqliteBatches(database),
            clock=_now,
        ),
        lessons=lessons,
        trying=trying,
        judging=Judging(
            switchboard=switchboard,
            lessons=lessons,
            model=settings.routing.judge,
            share=settings.routing.judge_share,
        ),
        fleet=fleet,
        breakers=breakers,
        ledger=ledger,
        budget=house.budget,
        pricing=pricing,
        remembering=remembered,
        door=door,
        whitelist=whitelist,
        detect=house.detect,
        proposals=SqliteProposals(database, whitelist=whitelist, clock=time.time, aliases=aliases),
        grants=grants,
        audit=audit,
        aliases=aliases,
        telemetry=telemetry,
        telemetry_trouble=telemetry_trouble,
        database=database,
    )


def _whitelist(places: Places, grants: Grants) -> Callable[[], Whitelist]:
    """What is allowed now: the person's file, and the hosts they allowed for a while."""
    file = WhitelistFile(places.whitelist)

    def current() -> Whitelist:
        listed, for_a_while = file.current(), grants.hosts()
        if not for_a_while:
            return listed
        return replace(listed, cloud_apis=(*listed.cloud_apis, *for_a_while))

    return current


def _audit_key(settings: Settings, places: Places, keyring: SystemKeyring) -> AuditKey:
    if settings.privacy.audit_key == "file":
        return FileKey(places.audit_key)
    return KeyringKey(keyring)


def _now() -> datetime:
    return datetime.now(UTC)
