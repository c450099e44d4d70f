"""What the settings mean, as the rooms' own values."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from ledger import Budget, Price, Prices, micro_dollars
from mcp_server.settings import Settings
from routing.attempt import Timeouts
from routing.catalogue import Override
from routing.providers.vendors import vendors
from routing.strategies import strategy
from routing.values import Preferences
from switchboard.pricing import Pricing
from switchboard.reading import House
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
    daily = settings.budget.daily_usd
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
            daily=None if daily is None else micro_dollars(daily),
        ),
        detect=inspector_of(settings),
        sketch=sketch,
    )


def inspector_of(settings: Settings) -> Detect:
    """What inspects texts: the detector, with a model for names where the person installed one."""
    library, model = settings.privacy.names, settings.privacy.names_model
    if library == "none":
        return detect

    def names() -> Finder:
        from whitelist.detector.names import names_finder

        return names_finder(library, model)

    return with_finder(names)


def pricing_of(settings: Settings, clock: Callable[[], datetime]) -> Pricing:
    """Prices, the person's own first, and the baseline that savings are counted against."""
    own = {
        name: Price(
            input_per_million=micro_dollars(price.input_usd_per_million),
            output_per_million=micro_dollars(price.output_usd_per_million),
        )
        for name, price in settings.prices.items()
    }
    listed_as = {vendor.name: vendor.prices_as for vendor in vendors().values()}
    provider, _, model = settings.effective.baseline.partition("/")
    return Pricing(Prices(own, listed_as=listed_as), baseline=(provider, model), clock=clock)


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
