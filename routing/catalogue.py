"""Every model there is for a person: shipped rows, what the servers say they have, and settings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from routing.families import Family, guess, read_families
from routing.providers.protocol import Offer
from routing.values import ABLE_TO_ALL, Model, Need
from vocabulary import TaskKind

_CLOUD_SPEED = 60.0
"""Tokens a second of a cloud model that has no row: what most of the shipped ones do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One provider and what it said it has.

    `host` is where a prompt sent to it ends up. `offers` is None when it could not be asked (no
    answer, or not asked yet). `local` is false for a cloud wherever its address points.
    """

    provider: str
    local: bool
    host: str
    offers: tuple[Offer, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What a person says of one model (`id` is `provider/name`); None leaves it as it was."""

    id: str
    quality: float | None = None
    context: int | None = None
    max_output: int | None = None
    speed: float | None = None
    able: frozenset[Need] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """The contents of models.toml. Hosts of `cloud` are filled in from the sources."""

    cloud: Mapping[str, tuple[Model, ...]]
    families: tuple[Family, ...]
    not_chat: tuple[str, ...]


def catalogue(sources: Sequence[Source], overrides: Sequence[Override] = ()) -> tuple[Model, ...]:
    """The models of `sources`, in their order, each as well described as is known.

    - A server of open weights (a local one, or any provider without shipped rows): everything it
      offers that writes answers. What a local server would pass on is a cloud model, with that
      cloud's host. A local server that could not be asked has nothing.
    - A cloud: its shipped rows, as far as it offers them, or all if it could not be asked. Of its
      hundreds of other models only those named in `overrides` count, again as far as it offers
      them.
    """
    known = shipped()
    said = {override.id: override for override in overrides}
    models = [
        model
        for source in sources
        for model in (
            _of_cloud(source, known, said)
            if _sells_by_name(source, known)
            else _of_server(source, known)
        )
    ]
    return tuple(
        _overridden(model, said[model.id]) if model.id in said else model
        for model in {model.id: model for model in models}.values()
    )


@cache
def shipped() -> Shipped:
    """models.toml, read when first asked for, and kept."""
    import tomllib

    with Path(__file__).with_name("models.toml").open("rb") as file:
        data = tomllib.load(file)
    return Shipped(
        cloud={
            provider: tuple(_row(provider, row) for row in rows)
            for provider, rows in data["cloud"].items()
        },
        families=read_families(data["family"]),
        not_chat=tuple(data["not_chat"]["contains"]),
    )


def _row(provider: str, row: Mapping[str, Any]) -> Model:
    tasks = {TaskKind(task): quality for task, quality in row.get("tasks", {}).items()}
    return Model(
        provider=provider,
        name=row["name"],
        local=False,
        host="",
        context=row["context"],
        quality=row["quality"],
        quality_by_task=tasks,
        speed=float(row["speed"]),
    )


def _sells_by_name(source: Source, known: Shipped) -> bool:
    """Whether we go by names we know: a cloud with shipped rows, or one that could not be asked."""
    return not source.local and (source.provider in known.cloud or source.offers is None)


def _of_server(source: Source, known: Shipped) -> Iterable[Model]:
    for offer in source.offers or ():
        if not any(part in offer.name.lower() for part in known.not_chat):
            at_home = source.local and offer.local and offer.remote_host is None
            yield _guessed(source, offer, known, local=at_home)


def _of_cloud(source: Source, known: Shipped, said: Mapping[str, Override]) -> Iterable[Model]:
    rows = {row.name: row for row in known.cloud.get(source.provider, ())}
    prefix = f"{source.provider}/"
    named = [id.removeprefix(prefix) for id in said if id.startswith(prefix)]
    offers = None if source.offers is None else {_plain(o.name): o for o in source.offers}
    for name in dict.fromkeys([*rows, *named]):
        offer = None if offers is None else _offered(name, offers)
        if offers is not None and offer is None:
            continue
        if name in rows:
            yield replace(rows[name], host=source.host)
        else:
            named_offer = offer or Offer(name=name, local=False)
            yield _guessed(source, replace(named_offer, name=name), known, local=False)


def _plain(name: str) -> str:
    """A listed id as it is asked for: Google lists `models/gemini-…`."""
    return name.removeprefix("models/")


def _offered(name: str, offers: Mapping[str, Offer]) -> Offer | None:
    """The offer of that name, or of that name with a date, as dated snapshots are listed."""
    if name in offers:
        return offers[name]
    start = f"{name}-"
    return next(
        (
            offer
            for listed, offer in offers.items()
            if listed.startswith(start) and listed[len(start) :].replace("-", "").isdecimal()
        ),
        None,
    )


def _guessed(source: Source, offer: Offer, known: Shipped, *, local: bool) -> Model:
    guessed = guess(offer.name, offer.parameters, known.families)
    return Model(
        provider=source.provider,
        name=offer.name,
        local=local,
        host=source.host if local else offer.remote_host or source.host,
        context=offer.context or guessed.context,
        quality=guessed.quality,
        quality_by_task=guessed.quality_by_task,
        speed=guessed.speed if local else _CLOUD_SPEED,
        revision=offer.revision if local else "",
        able=_able(offer, local=local),
    )


def _able(offer: Offer, *, local: bool) -> frozenset[Need]:
    """As the server says; where it does not, clouds can do all of it and weights at home none."""
    if offer.able is not None:
        return offer.able
    return frozenset() if local else ABLE_TO_ALL


def _overridden(model: Model, said: Override) -> Model:
    """A stated quality holds for every task: what we guessed of single tasks gives way."""
    return replace(
        model,
        quality=model.quality if said.quality is None else said.quality,
        quality_by_task=model.quality_by_task if said.quality is None else {},
        context=said.context or model.context,
        max_output=said.max_output or model.max_output,
        speed=said.speed or model.speed,
        able=model.able if said.able is None else said.able,
    )
