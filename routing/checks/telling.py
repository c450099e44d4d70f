"""What came of the checks, in words for a person, with nothing of the question or the answer."""

from collections.abc import Mapping, Sequence

from routing.checks.values import Failure

_SURE, _UNSURE = -0.3, -1.0
"""Mean natural log-probability of a token: 74 % and 37 %."""


_SEEN = {
    "sums_wrong": "a sum in it does not come out",
    "adds_nothing": "it only says words of the question",
    "hedges": "it doubts itself",
    "turns": "it contradicts itself",
    "numbers_unused": "it leaves numbers of the question unused",
}


def told(found: Sequence[Failure], signals: Mapping[str, float], confidence: float) -> str:
    """One or two sentences, the failures first, with the confidence in per cent."""
    if any(failure.certain for failure in found):
        return "Checked: " + " ".join(failure.says for failure in found if failure.certain)
    parts = [failure.says.rstrip(".") for failure in found]
    parts += [words for name, words in _SEEN.items() if signals.get(name)]
    if signals.get("reckoned"):
        parts.append("the sum comes out")
    parts = parts or ["nothing wrong found"]
    parts += filter(None, (_likely(signals), _agreed(signals), _verified(signals)))
    return f"Checked: {'; '.join(parts)}. {confidence:.0%} likely to be good enough."


def _likely(signals: Mapping[str, float]) -> str:
    mean = signals.get("logprob_mean")
    if mean is None or _UNSURE < mean < _SURE:
        return ""
    return (
        "the model was sure of its words" if mean >= _SURE else "the model was unsure of its words"
    )


def _agreed(signals: Mapping[str, float]) -> str:
    share = signals.get("agreement")
    if share is None:
        return ""
    if 0.3 < share < 0.8:
        return "a second answer agrees in part"
    return "a second answer agrees" if share >= 0.8 else "a second answer says otherwise"


def _verified(signals: Mapping[str, float]) -> str:
    yes = signals.get("verified")
    if yes is None:
        return ""
    return f"asked again, the model holds it for {'right' if yes >= 0.5 else 'wrong'}"
