"""Does the replay's bound hold? Simulated logs of a small world whose truth is known.

`python -m bench.replay [OUTCOMES] [LOGS]`: three ways of choosing beside the shipped one: what they
truly gain, what the doubly robust estimate and plain inverse propensities say, how often the lower
bound holds (90 % is meant), and how often the change would apply.
"""

import sys
from collections.abc import Callable

from routing.learning.replay import Policy, compare
from routing.learning.training import MARGIN
from tests.routing.learning.worlds import SMALL, TRUTH, World, as_shipped, by_table, worth

POLICIES: dict[str, Callable[[], Policy]] = {
    "knows the truth": lambda: by_table(TRUTH),
    "two kinds the wrong way round": lambda: by_table(
        {**TRUTH, "chat": TRUTH["maths"], "maths": TRUTH["chat"]}
    ),
    "everything to the small model": lambda: by_table(
        {kind: {**models, SMALL: 0.99} for kind, models in TRUTH.items()}
    ),
}


def main() -> None:
    outcomes, logs = (int(each) for each in (*sys.argv[1:], *("1000", "100")[len(sys.argv) - 1 :]))
    shipped = by_table(as_shipped())
    print(f"{outcomes} outcomes, {logs} logs, margin {MARGIN}")
    titles = ("true gain", "estimate", "SNIPS", "bound held", "applied")
    print(f"{'':42}" + "".join(f"{title:>12}" for title in titles))
    for share in (0.05, 0.3):
        for name, made in POLICIES.items():
            sums = [0.0] * 5
            for seed in range(logs):
                log = World(seed=seed, share=share).log(outcomes)
                truth = worth(made(), log) - worth(shipped, log)
                told = compare(log, made(), shipped)
                held, applied = told.gain.low <= truth, told.gain.low >= -MARGIN
                row = (truth, told.gain.mean, told.snips, held, applied)
                sums = [total + each for total, each in zip(sums, row, strict=True)]
            means = [total / logs for total in sums]
            cells = [f"{each:>+12.3f}" for each in means[:3]]
            cells += [f"{each:>12.0%}" for each in means[3:]]
            print(f"{share:>4.0%} explored, {name:28}" + "".join(cells), flush=True)


if __name__ == "__main__":
    main()
