"""Asking a model whether an answer is right: the last resort, for what it says of itself is noisy.

After AutoMix (Aggarwal and others, NeurIPS 2024), whose authors find raw self-verification noisy
too; here it is one signal among others, weighed by the probability of its first token.
"""

import math
import re

from routing.values import Completion
from vocabulary import Message, Prompt

_LONGEST = 4000
"""Characters of question and of answer that are shown; small models lose sight of longer ones."""

_TOKENS = 4


def verification(ask: str, answer: str) -> Prompt:
    """The prompt that asks whether `answer` to `ask` is right, to be answered yes or no."""
    text = (
        f"Question: {ask.strip()[-_LONGEST:]}\nProposed answer: {answer.strip()[:_LONGEST]}\n"
        "Is the proposed answer right? Say only yes or no."
    )
    return Prompt(messages=(Message(role="user", text=text),), max_tokens=_TOKENS, temperature=0.0)


def says_yes(verdict: Completion) -> float | None:
    """From 0 (a sure no) over 0.5 to 1 (a sure yes); None for neither.

    How sure is the probability of the first token, and without probabilities certain.
    """
    first = re.match(r"\W*(yes|no)\b", verdict.text, re.IGNORECASE)
    if first is None:
        return None
    likely = math.exp(verdict.logprobs[0]) if verdict.logprobs else 1.0
    return 0.5 + likely / 2 if first[1].lower() == "yes" else 0.5 - likely / 2
