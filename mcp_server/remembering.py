"""Wires the cache: its store, its encoder, its guard, and the vectors it still lacks."""

from collections.abc import Callable
from dataclasses import dataclass

from cache import (
    SIMILARITY,
    BackgroundEmbed,
    InFlight,
    Judge,
    Lifetimes,
    Reembedding,
    SemanticCache,
    TrainedGuard,
    load,
)
from mcp_server.answers import answers
from mcp_server.places import Places
from mcp_server.settings import Settings
from routing.fleet import Fleet
from switchboard.memory import Shelf
from switchboard.scoping import Sharing
from switchboard.servable import StillServable
from whitelist import Whitelist
from whitelist.system_keyring import SystemKeyring

END_WITHIN_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembering:
    """The cache, None where the person does without, and the encoder, which may be on its way.

    `reembedding` gives older questions a vector once the encoder is there.
    """

    cache: SemanticCache | None
    encoder: BackgroundEmbed
    reembedding: Reembedding

    def close(self) -> None:
        self.reembedding.stop()
        self.encoder.join(END_WITHIN_S)
        if self.cache is not None:
            self.cache.close()


def remembering(
    settings: Settings,
    places: Places,
    keyring: SystemKeyring,
    *,
    first: Callable[[], object] = lambda: None,
) -> Remembering:
    """What the settings ask for. Nothing is opened or loaded yet.

    `first` is called in the encoder's thread before it is loaded: what other threads wait for and
    import too is then imported by one of them.
    """
    stored, guard, own = answers(settings, places, keyring), TrainedGuard(), settings.cache
    similarity = SIMILARITY if own.threshold is None else own.threshold
    reembedding = Reembedding(stored, looks=Judge(guard, similarity=similarity).looks)
    encoder = BackgroundEmbed(
        lambda: (first(), load(own.embedding_model, folder=places.models))[1],
        then=reembedding.run if own.enabled else None,
    )
    cache = SemanticCache(
        stored,
        encoder=lambda: encoder.ready,
        guard=guard,
        similarity=similarity,
        lifetimes=Lifetimes(
            usual=own.ttl_hours * 3600,
            by_task={kind: hours * 3600 for kind, hours in own.ttl_hours_by_task.items()},
        ),
    )
    return Remembering(
        cache=cache if own.enabled else None, encoder=encoder, reembedding=reembedding
    )


def shelf(
    cache: SemanticCache | None, fleet: Fleet, whitelist: Callable[[], Whitelist]
) -> Shelf | None:
    """The cache with what else decides whether an answer is served."""
    if cache is None:
        return None
    return Shelf(
        cache=cache,
        servable=StillServable(cache, fleet=fleet, whitelist=whitelist),
        in_flight=InFlight(cache.leases),
    )


def sharing(settings: Settings) -> Sharing:
    return Sharing(project=settings.cache.project, shared_by=frozenset(settings.cache.shared_by))
