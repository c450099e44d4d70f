"""Is this cheap answer good enough? Checks that need no model, probabilities, a second opinion.

`check` says how likely an answer is to do; `with_draft` and `reasoned` make the next prompt.
"""

from routing.checks.checking import FREE, Ask, Effort, check
from routing.checks.escalation import reasoned, with_draft
from routing.checks.isotonic import Calibration, Label, fit
from routing.checks.values import Checked, Failure, Question

__all__ = [
    "FREE",
    "Ask",
    "Calibration",
    "Checked",
    "Effort",
    "Failure",
    "Label",
    "Question",
    "check",
    "fit",
    "reasoned",
    "with_draft",
]
