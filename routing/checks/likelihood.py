"""What a model's own probabilities say of its answer."""

from collections.abc import Mapping, Sequence

_UNLIKELY = -1.0
"""Natural log: a token that the model itself gave less than 37 %."""

_SHORT = 40
"""Tokens. In a longer answer some token is always unlikely, and all of it together is, too."""


def likelihood(logprobs: Sequence[float]) -> Mapping[str, float]:
    """Signals from the natural logarithms of the tokens' probabilities; none where there are none.

    `logprob_mean` is minus the log of the perplexity, `logprob_sum` the log-probability of all of
    a short answer.
    """
    if not logprobs:
        return {}
    found = {
        "logprob_mean": sum(logprobs) / len(logprobs),
        "logprob_first": max(logprobs[0], -10.0),
        "logprob_unlikely": sum(value < _UNLIKELY for value in logprobs) / len(logprobs),
    }
    if len(logprobs) > _SHORT:
        return found
    return found | {
        "logprob_min": max(min(logprobs), -10.0),
        "logprob_sum": max(sum(logprobs), -20.0),
    }
