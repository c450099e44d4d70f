"""The guard: how long one decision takes, beside the standard library's likeness of two texts.

Run: python -m bench.deciding [ROUNDS]. Our own pairs, and texts that nearly fill the encoder and
differ in a word. As in a search, the question asked was read for the candidate before; the stored
one was not.
"""

import sys
import time
from collections.abc import Callable
from difflib import SequenceMatcher

from bench.guard.pairs import pairs
from cache import TrainedGuard
from cache.guard.normalise import read

SENTENCE = "The committee deferred its decision on the new bridge until the spring. "
LONG = ("Why did they wait? " + SENTENCE * 14).strip()
Pair = tuple[str, str]


def timed(work: Callable[[str, str], object], given: list[Pair], rounds: int) -> list[float]:
    """Milliseconds of processor time for each pair, the best of `rounds`, in order of size."""
    taken = []
    for stored, asked in given:
        best = float("inf")
        for _ in range(rounds):
            read.cache_clear()
            read(asked)
            began = time.process_time()
            work(stored, asked)
            best = min(best, time.process_time() - began)
        taken.append(best * 1000)
    return sorted(taken)


def main(rounds: int = 3) -> None:
    guard = TrainedGuard()
    short = [(pair.stored, pair.asked) for pair in pairs()]
    long = [(LONG, LONG.replace("spring", word)) for word in ("autumn", "winter", "summer")]
    for label, given in (("everyday questions", short), ("texts of 1 kB", long)):
        ours = timed(lambda a, b: guard.confidence(a, b, 0.95), given, rounds)
        floor = timed(lambda a, b: SequenceMatcher(None, a, b).ratio(), given, rounds)
        middle, late = len(ours) // 2, int(len(ours) * 0.99)
        print(
            f"{label}: the guard p50 {ours[middle]:.2f} ms, p99 {ours[late]:.2f} ms; difflib p50 "
            f"{floor[middle]:.2f} ms, p99 {floor[late]:.2f} ms: {ours[middle] / floor[middle]:.1f}×"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
