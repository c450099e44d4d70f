"""Why a model is out for this request, as far as routing knows: one gate after another.

What a person's whitelist and budget forbid is asked elsewhere, with the facts of other rooms, and
answered with the same value.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from routing.values import Analysis, Candidate, Excluded, Need
from vocabulary import Money

Preference = Literal["auto", "local", "cloud"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What one request asks for outright. None, and `auto`, ask for nothing.

    `model` is an id (`provider/name`), found before (`routing.naming`). `min_quality` in [0, 1];
    `max_cost` in micro-dollars, held against the worst case; `max_tokens` is the most that the
    answer may take. `needs` is what the model must be able to do besides writing. `within_s` is
    how many seconds there are. `better_than` is the id of the model whose answer was not good
    enough, and `above` what its quality is put at for this request.
    """

    max_tokens: int
    prefer: Preference = "auto"
    model: str | None = None
    min_quality: float | None = None
    max_cost: Money | None = None
    needs: frozenset[Need] = frozenset()
    within_s: float | None = None
    better_than: str | None = None
    above: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a gate is asked: may this candidate answer this request?"""

    candidate: Candidate
    analysis: Analysis
    wishes: Wishes
    trouble: Callable[[str], str]


Gate = Callable[[Question], Excluded | None]


def first_gate(
    candidate: Candidate, analysis: Analysis, wishes: Wishes, trouble: Callable[[str], str]
) -> Excluded | None:
    """The first gate that stops `candidate`, or None if it may answer.

    `trouble` tells of a model's id why it is left alone now; empty where it is not. Gates that a
    person can open by asking differently come before those that time opens.
    """
    question = Question(candidate=candidate, analysis=analysis, wishes=wishes, trouble=trouble)
    return next((excluded for gate in GATES if (excluded := gate(question)) is not None), None)


def _asked_for(question: Question) -> Excluded | None:
    model, wanted = question.candidate.model, question.wishes.model
    if wanted is None or model.id == wanted:
        return None
    return Excluded(
        model=model,
        gate="model",
        reason=f"You asked for {wanted}.",
        fix="Leave `model` out to let any model answer.",
    )


def _preferred_place(question: Question) -> Excluded | None:
    model, prefer = question.candidate.model, question.wishes.prefer
    place = "local" if model.local else "cloud"
    if prefer in ("auto", place):
        return None
    return Excluded(
        model=model,
        gate="prefer",
        reason=f"You asked for a {prefer} model, and this is a {place} one.",
        fix='Ask with prefer="auto" to allow both.',
    )


def _not_again(question: Question) -> Excluded | None:
    candidate, wishes = question.candidate, question.wishes
    fix = "Allow a better model, or send the prompt again with fresh=true."
    if candidate.model.id == wishes.better_than:
        reason = "Its answer is the one that you want a better one for."
    elif wishes.above is not None and candidate.quality <= wishes.above:
        reason = f"It is not thought to be better here than {wishes.better_than}."
    else:
        return None
    return Excluded(model=candidate.model, gate="improve", reason=reason, fix=fix)


def _able(question: Question) -> Excluded | None:
    model = question.candidate.model
    missing = sorted(question.wishes.needs - model.able)
    if not missing:
        return None
    return Excluded(
        model=model,
        gate="ability",
        reason=f"It cannot work with {' or '.join(missing)}.",
        fix=f"Add a model that can, or send the request without {' and '.join(missing)}.",
    )


def _context_fits(question: Question) -> Excluded | None:
    model = question.candidate.model
    reads, writes = question.analysis.input_tokens, question.wishes.max_tokens
    if reads + writes <= model.context:
        return None
    return Excluded(
        model=model,
        gate="context",
        reason=(
            f"It holds {model.context:,} tokens, and this needs about {reads + writes:,} "
            f"({reads:,} to read, up to {writes:,} to write)."
        ),
        fix="Send less text, or ask for a shorter answer with `max_tokens`.",
    )


def _good_enough(question: Question) -> Excluded | None:
    candidate, least = question.candidate, question.wishes.min_quality
    if least is None or candidate.quality >= least:
        return None
    return Excluded(
        model=candidate.model,
        gate="quality",
        reason=(
            f"Its chance to do is put at {candidate.quality:.2f} here, and you asked for "
            f"{least:.2f}."
        ),
        fix="Lower `min_quality`, or state this model's quality in homeward.toml.",
    )


def _cheap_enough(question: Question) -> Excluded | None:
    candidate, most = question.candidate, question.wishes.max_cost
    if most is None or candidate.worst_case <= most:
        return None
    return Excluded(
        model=candidate.model,
        gate="cost",
        reason=f"It could cost {_dollars(candidate.worst_case)}, and you set {_dollars(most)}.",
        fix="Raise `max_cost_usd`, or ask for a shorter answer with `max_tokens`.",
    )


def _in_time(question: Question) -> Excluded | None:
    candidate, within = question.candidate, question.wishes.within_s
    if within is None or candidate.seconds <= within:
        return None
    return Excluded(
        model=candidate.model,
        gate="time",
        reason=f"It would take about {candidate.seconds:.0f} s here, and there are {within:.0f} s.",
        fix="Give it more time, send less text, or ask for a shorter answer with `max_tokens`.",
    )


def _healthy(question: Question) -> Excluded | None:
    model = question.candidate.model
    trouble = question.trouble(model.id)
    if not trouble:
        return None
    return Excluded(
        model=model,
        gate="health",
        reason=trouble,
        fix="It is tried again by itself after a pause.",
    )


def _dollars(money: Money) -> str:
    return f"${money / 1_000_000:.4f}"


GATES: tuple[Gate, ...] = (
    _asked_for,
    _preferred_place,
    _not_again,
    _able,
    _context_fits,
    _good_enough,
    _cheap_enough,
    _in_time,
    _healthy,
)
