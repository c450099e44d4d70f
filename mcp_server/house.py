"""What the settings mean, as the rooms' own values."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ledger import Budget, Consequences, Limit, Price, Prices, micro_dollars
from ledger.refreshed import Refreshed, read
from mcp_server.sections import PriceSettings
from mcp_server.settings import Settings
from routing.attempt import Timeouts
from routing.catalogue import Override
from routing.providers.vendors import vendors
from routing.strategies import strategy
from routing.values import Preferences
from switchboard.pricing import Baseline, LocalCost, Pricing
from switchboard.reading import House
from vocabulary import Money
from whitelist.detector.detect import Detect, detect, with_finder
from whitelist.detector.scan import Finder

if TYPE_CHECKING:
    from routing.prior import Sketch


def house_of(
    settings: Settings, *, sketch: "Callable[[str], Sketch | None]" = lambda _: None
) -> House:
    """How requests are handled. `sketch` is how the learned prior sees a text.

    Raises:
        UnknownStrategy: there is none of that name.
    """
    profile = settings.effective
    strategy(profile.strategy)  # an unknown one is told now, not with the first prompt
    return House(
        profile=settings.profile,
        strategy=profile.strategy,
        preferences=Preferences(
            complexity_threshold=profile.complexity_threshold,
            min_quality=profile.min_quality,
            try_local_first=profile.try_local_first,
            worth=micro_dollars(profile.worth_usd),
            home_advantage=profile.home_advantage,
            tier=settings.routing.tier,
            own_provider=settings.routing.own_provider,
            patience_s=settings.routing.patience_s,
        ),
        min_confidence=profile.min_confidence,
        max_tokens=settings.routing.max_tokens,
        budget=Budget(
            monthly=micro_dollars(profile.monthly_usd),
            daily=_money(settings.budget.daily_usd),
            limits=limits_of(settings),
        ),
        consequences=Consequences(
            at={50: profile.at_50, 80: profile.at_80, 100: profile.at_100},
            spike=profile.at_spike,
        ),
        detect=inspector_of(settings),
        sketch=sketch,
    )


def limits_of(settings: Settings) -> tuple[Limit, ...]:
    """The limits of parts of the spending."""
    return tuple(
        Limit(
            scope=scope,
            name=name,
            monthly=_money(limit.monthly_usd),
            daily=_money(limit.daily_usd),
        )
        for limit in settings.budget.limits
        for scope, name in limit.named.items()
    )


def zone_of(settings: Settings) -> ZoneInfo | None:
    """Whose days are counted; None for the computer's own."""
    name = settings.budget.time_zone
    return None if name is None else ZoneInfo(name)


def _money(usd: float | None) -> Money | None:
    return None if usd is None else micro_dollars(usd)


def inspector_of(settings: Settings) -> Detect:
    """What inspects texts: the detector, with a model for names where the person installed one."""
    library, model = settings.privacy.names, settings.privacy.names_model
    if library == "none":
        return detect

    def names() -> Finder:
        from whitelist.detector.names import names_finder

        return names_finder(library, model)

    return with_finder(names)


def pricing_of(
    settings: Settings, clock: Callable[[], datetime], fetched: Path | None = None
) -> Pricing:
    """Prices, the person's own first, what their machine costs, and the baselines that savings are
    counted against. `fetched` is where a price table lies that they had fetched.
    """
    by_task = settings.routing.baseline_by_task
    return Pricing(
        prices_of(settings, lambda: None if fetched is None else read(fetched)),
        baseline=Baseline(
            usual=_named(settings.effective.baseline),
            by_task={task: _named(model) for task, model in by_task.items()},
        ),
        clock=clock,
        local=local_cost_of(settings),
    )


def prices_of(settings: Settings, fetched: Callable[[], Refreshed | None]) -> Prices:
    """The person's own prices, before those of the table that `fetched` gives, or the installed."""
    return Prices(
        {name: price_of(price) for name, price in settings.prices.items()},
        listed_as={vendor.name: vendor.prices_as for vendor in vendors().values()},
        unknown=settings.budget.unknown_prices,
        fetched=fetched,
    )


def price_of(own: PriceSettings) -> Price:
    """A person's own price, in whole micro-dollars."""
    return Price(
        input_per_million=micro_dollars(own.input_usd_per_million),
        output_per_million=micro_dollars(own.output_usd_per_million),
        cached_per_million=_money(own.cached_usd_per_million),
        cache_write_per_million=_money(own.cache_write_usd_per_million),
        cache_write_1h_per_million=_money(own.cache_write_1h_usd_per_million),
        batch_input_per_million=_money(own.batch_input_usd_per_million),
        batch_output_per_million=_money(own.batch_output_usd_per_million),
    )


def local_cost_of(settings: Settings) -> LocalCost | None:
    """What the person's machine costs while it answers; None where they did not say."""
    local = settings.local
    if local.usd_per_hour is not None:
        hourly = Decimal(str(local.usd_per_hour)) * 1_000_000
        return LocalCost(an_hour=hourly, source="homeward.toml, by the hour")
    if local.watts is not None and local.usd_per_kwh is not None:
        hourly = Decimal(str(local.watts)) * Decimal(str(local.usd_per_kwh)) * 1000
        return LocalCost(an_hour=hourly, source="homeward.toml, by the kWh")
    return None


def _named(model: str) -> tuple[str, str]:
    provider, _, name = model.partition("/")
    return provider, name


def overrides_of(settings: Settings) -> list[Override]:
    """What the person knows better about models."""
    return [
        Override(
            id=name,
            quality=own.quality,
            context=own.context,
            max_output=own.max_output,
            speed=own.speed,
            able=own.able,
        )
        for name, own in settings.models.items()
    ]


def timeouts_of(settings: Settings) -> Timeouts:
    """How long one attempt may take."""
    waits = settings.timeouts
    return Timeouts(
        first_token=waits.first_token, between_tokens=waits.between_tokens, total=waits.total
    )
