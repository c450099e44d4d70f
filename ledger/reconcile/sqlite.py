"""What the books say a provider should have counted, by UTC day and model."""

from datetime import UTC, date, datetime, timedelta

from ledger.reconcile.values import NOTHING, Booked, Figures, Sums
from storage import Database
from vocabulary import Money

# The index is on the person's day, which is at most one off from that in UTC.
_BOOKED = """
    select
        date(at / 1000, 'unixepoch'), model_served, model_asked,
        at % 86400000 >= 84600000,
        sum(outcome = 'ok' or input_tokens + output_tokens > 0),
        sum(input_tokens), sum(cached_tokens), sum(output_tokens), sum(cost),
        sum(outcome = 'lost'), sum(iif(outcome = 'lost', cost, 0)),
        sum(outcome not in ('ok', 'lost') and cost > 0),
        sum(iif(outcome not in ('ok', 'lost'), cost, 0))
    from attempts
    where day between ?2 and ?3 and at >= ?4 and at < ?5
        and provider = ?1 and not local and cached = 'no' and outcome <> 'open'
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
"""


def booked(database: Database, provider: str, first: date, last: date) -> list[Booked]:
    """Every ended call sent to `provider` from `first` to `last`, both included, in UTC."""
    one = timedelta(days=1)
    days = (first - one).isoformat(), (last + one).isoformat()
    found = database.rows(_BOOKED, (provider, *days, _ms(first), _ms(last + one)))
    return [
        Booked(day=date.fromisoformat(day), served=served, asked=asked, sums=_sums(*sums))
        for day, served, asked, *sums in found
    ]


def _sums(
    late: int,
    requests: int,
    tokens_in: int,
    cached: int,
    tokens_out: int,
    cost: int,
    lost: int,
    lost_cost: int,
    broke: int,
    broke_cost: int,
) -> Sums:
    figures = Figures(
        requests=requests, input=tokens_in, cached=cached, output=tokens_out, cost=Money(cost)
    )
    return Sums(
        figures=figures,
        lost=lost,
        lost_cost=Money(lost_cost),
        broke=broke,
        broke_cost=Money(broke_cost),
        late=figures if late else NOTHING,
    )


def begun(database: Database, provider: str) -> date | None:
    """The UTC day of the first call to `provider` in the books; None where there is none."""
    ((first,),) = database.rows(
        "select date(min(at) / 1000, 'unixepoch') from attempts"
        " where provider = ? and not local and cached = 'no'",
        (provider,),
    )
    return None if first is None else date.fromisoformat(first)


def _ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
