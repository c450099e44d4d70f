"""Where the chosen local model must be loaded first, one that is loaded may answer in its place."""

from dataclasses import dataclass

from routing.breaker import Breakers
from routing.running.pace import Pace
from routing.values import Candidate, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Hedge:
    """Says whether, and after how many seconds, a second model begins. Never a cloud: what is
    loading here does not make anything leave.
    """

    pace: Pace
    breakers: Breakers

    def partner(self, plan: Plan, candidate: Candidate) -> Candidate | None:
        """The next local model of the plan that is loaded; None where `candidate` is itself."""
        if not candidate.cold:
            return None
        after = plan.candidates[plan.candidates.index(candidate) + 1 :]
        ready = (each for each in after if each.model.local and not each.cold)
        return next((each for each in ready if self.breakers.healthy(each.model.id)), None)

    def after_s(self, candidate: Candidate, tokens: int) -> float:
        """Seconds of silence after which `candidate`, asked to read `tokens`, is still loading."""
        return self.pace.patience(candidate.model, tokens)
