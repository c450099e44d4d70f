"""A choice and its outcomes as rows, and back."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from routing.learning.outcomes import Choice, Considered, Experience, Learned, Outcome
from storage.errors import DamagedDatabase
from vocabulary import Money

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

CHOICE = """
    request_id, at, task, kind, likeness, prior_version, features, question, considered, model,
    answered, strategy, least, explored, local, cost
"""
INSERT = f"insert or ignore into choices ({CHOICE}) values ({', '.join('?' * 16)})"  # noqa: S608
REWARD = "insert into rewards (choice, model, signal, reward, weight, at) values (?, ?, ?, ?, ?, ?)"

_WITH_OUTCOMES = f"""
    select first_reward, (
        select json_group_array(json_array(model, signal, reward, weight, at))
        from (select * from rewards where choice = choices.number order by number)
    ), {CHOICE} from choices
"""  # noqa: S608
ONE = f"{_WITH_OUTCOMES} where request_id = ?"
NEWEST = f"""
    {_WITH_OUTCOMES} where first_reward is not null and prior_version = ?1 and (?2 is null or exists
        (select 1 from rewards where choice = choices.number and rewards.model = ?2))
    order by first_reward desc limit ?3
"""  # noqa: S608
EVERY = _WITH_OUTCOMES.replace("select ", "select number, ", 1) + (
    "where number > ? order by number limit ?"
)
"""With its number before each row."""
PRUNE = (
    """
    delete from choices where number in (
        select number from choices where first_reward is null and at < :waiting
        limit :batch
    )
    """,
    """
    delete from choices where number in (
        select number from (
            select number, at from choices where first_reward is not null
            order by first_reward limit :batch
        ) where at < :rewarded
    )
    """,
    """
    delete from choices where number in (
        select number from choices where first_reward is null order by at limit
            max(0, min(:batch, (select count(*) from choices where first_reward is null) - :keep))
    )
    """,
    """
    delete from choices where number in (
        select number from choices where first_reward is not null order by first_reward limit
            max(0, min(:batch, (select count(*) from choices where first_reward > 0) - :keep))
    )
    """,
)
FEWER_OUTCOMES = """
    delete from rewards where choice = ?1 and number <= (
        select number from rewards where choice = ?1 order by number desc limit 1 offset ?2
    )
"""

TALLY = """
    select count(*), coalesce(sum(explored), 0), coalesce(sum(first_reward is not null), 0),
        coalesce(sum(first_reward is not null and prior_version <> ?1), 0)
    from choices
"""


def as_row(choice: Choice) -> tuple[Any, ...]:
    considered = [
        (
            *(each.model, round(each.prior, 4), round(each.p, 4), round(each.doubt, 4)),
            *(each.estimate, int(each.local), round(each.propensity, 6)),
        )
        for each in choice.considered
    ]
    return (
        *(choice.request_id, milliseconds(choice.at), choice.task, choice.kind, choice.likeness),
        *(choice.prior_version, choice.features, choice.question),
        *(json.dumps(considered, separators=(",", ":")), choice.model, choice.answered),
        *(choice.strategy, choice.least, int(choice.explored), int(choice.local), choice.cost),
    )


def as_experience(row: Sequence[Any]) -> Experience:
    """From a row of ONE or NEWEST, or of EVERY behind its number.

    Raises:
        DamagedDatabase: it holds what was never written.
    """
    number, outcomes, *choice = row
    try:
        return Experience(
            number=number or 0,
            choice=_as_choice(choice),
            outcomes=tuple(_as_outcome(each) for each in json.loads(outcomes)),
        )
    except (ValueError, TypeError, OverflowError) as error:
        raise DamagedDatabase("What was noted of a request is damaged.") from error


def as_experiences(rows: Iterable[Sequence[Any]]) -> list[Experience]:
    """Those that are whole: one that is damaged must not hide the others."""
    whole = []
    for row in rows:
        try:
            whole.append(as_experience(row))
        except DamagedDatabase:
            continue
    return whole


def as_learned(row: Sequence[Any]) -> Learned:
    through, prior_version, at, outcomes, says = row
    return Learned(
        through=through, prior_version=prior_version, at=moment(at), outcomes=outcomes, says=says
    )


def milliseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(milliseconds=1)


def moment(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=ms)


def _as_choice(row: Sequence[Any]) -> Choice:
    (request_id, at, task, kind, likeness, version, features, question, considered, *rest) = row
    (model, answered, strategy, least, explored, local, cost) = rest
    return Choice(
        request_id=request_id,
        at=moment(at),
        task=task,
        kind=kind,
        likeness=likeness,
        features=features,
        prior_version=version,
        question=question,
        considered=tuple(_as_considered(each) for each in json.loads(considered)),
        model=model,
        answered=answered,
        strategy=strategy,
        least=least,
        explored=bool(explored),
        local=bool(local),
        cost=Money(cost),
    )


def _as_considered(values: Sequence[Any]) -> Considered:
    model, prior, p, doubt, estimate, local, propensity = values
    return Considered(
        model=str(model),
        prior=float(prior),
        p=float(p),
        doubt=float(doubt),
        estimate=Money(int(estimate)),
        local=bool(local),
        propensity=float(propensity),
    )


def _as_outcome(values: Sequence[Any]) -> Outcome:
    model, signal, reward, weight, at = values
    return Outcome(
        model=str(model), signal=signal, reward=float(reward), weight=float(weight), at=moment(at)
    )
