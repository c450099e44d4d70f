"""A plan, step by step: the next candidate where one fails, a better one where it is in doubt."""

from routing.values import Plan
from switchboard.calls import Errand
from switchboard.errors import AllFailed
from switchboard.request import OnStep, OnText, Tried
from switchboard.steps import Means, Steps
from switchboard.walked import Held, Walked, is_better

MOST_ESCALATIONS = 2
"""A third opinion may settle a doubt; a fourth would only cost."""


class Walker:
    """Walks plans. Every candidate in a plan was permitted before, so no fallback can go where
    policy forbids.
    """

    def __init__(self, means: Means) -> None:
        self._means = means

    async def walk(self, plan: Plan, errand: Errand, *, on_text: OnText, on_step: OnStep) -> Walked:
        """Try the plan's candidates in order until one answers, and well enough where it escalates.

        A reply to a redacted text that is no longer whole is tried again at home, a doubtful one
        at a better model; either stands, with a notice, where none answers.

        Raises:
            AllFailed: none did; says how each ended.
            StorageError, AuditError: a cloud was next, and the books or the audit log, which must
                be written first, cannot be.
        """
        steps = Steps(means=self._means, plan=plan, errand=errand, on_text=on_text, on_step=on_step)
        kept: Held | None = None
        for index, candidate in enumerate(plan.candidates):
            if kept is not None and not kept.may_be_followed_by(candidate):
                continue
            held = await steps.ask(candidate, kept)
            if held is None:
                continue
            better = any(is_better(each, candidate) for each in plan.candidates[index + 1 :])
            goes_on = plan.escalates and (better or _money_is_short(plan, steps))
            held = await steps.check(held, deep=goes_on)
            enough = held.enough(errand.min_confidence, errand.expected)
            if not held.damage and (enough or not goes_on) and not (kept and kept.rank > held.rank):
                in_doubt = not enough and (held.checked.failed or kept is not None)
                return await steps.stand(held, doubtful=in_doubt, better=better)
            kept = held if kept is None else max(kept, held, key=lambda each: each.rank)
            if steps.so_far.doubts > MOST_ESCALATIONS:
                break
        if kept is None:
            raise _all_failed(steps.so_far.tried)
        if not kept.damage and kept.candidate.model.local and _money_is_short(plan, steps):
            kept = await steps.think_again(kept)
        in_doubt = not kept.damage and not kept.enough(errand.min_confidence, errand.expected)
        return await steps.stand(kept, doubtful=in_doubt)


def _money_is_short(plan: Plan, steps: Steps) -> bool:
    """Whether it was money that kept a better model out."""
    ruled_out = any(each.gate in ("budget", "cost", "restraint") for each in plan.excluded)
    return ruled_out or any(each.outcome == "over_budget" for each in steps.so_far.tried)


def _all_failed(tried: list[Tried]) -> AllFailed:
    told = " ".join(f"{each.model}: {each.reason}" for each in tried)
    if len(tried) == 1:
        return AllFailed(tried[0].reason, tried=tried)
    return AllFailed(f"All {len(tried)} permitted models failed. {told}", tried=tried)
