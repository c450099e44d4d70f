"""What outside scorers call: the detector, the cache's decision and the router's score."""

from collections.abc import Iterable, Sequence

from cache import Judge, TrainedGuard, load
from mcp_server.places import places
from routing.prior import load as load_prior
from whitelist.detector.detect import detect as find


def detect(text: str) -> list[tuple[str, int, int]]:
    """(kind, start, end) of everything personal or secret, examples included."""
    return [(item.kind, item.start, item.end) for item in find(text, ignore_examples=False).items]


def served(pairs: Iterable[tuple[str, str]]) -> list[float]:
    """For each (stored, asked): at least 0.5 where the stored answer would be served."""
    encoder = load("all-MiniLM-L6-v2", folder=places().models)
    return Judge(TrainedGuard()).score(list(pairs), encoder)


def needs_strong(prompts: Sequence[str]) -> list[float]:
    """For each prompt: how much likelier the best models are to do it than a good small one."""
    prior = load_prior()
    return [prior.gain(prior.sketch(prompt)) for prompt in prompts]
