"""A plan that now and then begins with another model than the best, to learn how well it does."""

from dataclasses import replace

from routing.learning.exploring import Explorer, Option
from routing.values import Plan, Preferences


def explored(plan: Plan, preferences: Preferences, explorer: Explorer) -> Plan:
    """The plan as `explorer` draws it, with the probabilities of each candidate to come first.

    What would stay at home is never sent away for that.
    """
    usual = plan.candidates
    if not usual:
        return plan
    may = [each for each in usual if each.model.local or not usual[0].model.local]
    options = [Option(p=each.quality, doubt=each.doubt, cost=each.estimate) for each in may]
    drawn = explorer.draw(options, least=preferences.min_quality, first=0)
    first = may[drawn.index]
    candidates = (first, *(each for each in usual if each is not first))
    chances = {each.model.id: chance for each, chance in zip(may, drawn.propensities, strict=True)}
    reason = f"tried to learn how well {first.model.id} does" if drawn.explored else plan.reason
    return replace(
        plan,
        candidates=candidates,
        reason=reason,
        explored=drawn.explored,
        propensities=tuple(chances.get(each.model.id, 0.0) for each in candidates),
    )
