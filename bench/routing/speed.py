"""What one decision costs: a sketch and the forecasts for ten models, in processor time.

    python -m bench.routing.speed FILE...

Prompts of FILEs, 300 of each, on one thread; the posterior has seen 2,000 outcomes of ten models.
Beside it the floor, one pass of `str.split` and a count of words; and the time of loading.
"""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from bench.routing.rows import read
from routing.learning.posterior import Posterior
from routing.prior import Prior, load

MODELS = [f"local/model-{number}" for number in range(10)]


def taught(prior: Prior, prompts: Sequence[str]) -> Posterior:
    drawn, posterior = np.random.default_rng(0), Posterior()
    for turn in range(2_000):
        sketch = prior.sketch(prompts[turn % len(prompts)])
        posterior.learn(MODELS[turn % 10], 0.7, sketch, float(drawn.random() < 0.7))
    return posterior


def timed(what: Callable[[str], object], prompts: Sequence[str]) -> str:
    spent = []
    for prompt in prompts:
        start = time.perf_counter()
        what(prompt)
        spent.append(time.perf_counter() - start)
    low, high, worst = np.percentile(np.array(spent) * 1_000, [50, 95, 100])
    return f"p50 {low:.2f}, p95 {high:.2f}, worst {worst:.2f} ms"


def loading() -> float:
    """Milliseconds to import and load in a new process that has numpy already; best of five."""
    code = (
        "import numpy, time, routing.values, vocabulary; start = time.perf_counter();"
        "from routing.prior import load; load(); print((time.perf_counter() - start) * 1000)"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        for _ in range(5)
    ]
    return min(float(run.stdout) for run in runs)


def main() -> None:
    prior = load()
    files = [read(Path(path)) for path in sys.argv[1:]]
    prompts = [p for each in files for p in each.prompts[:: max(1, len(each) // 300)]][:900]
    posterior = taught(prior, prompts)

    def decide(prompt: str) -> list[float]:
        sketch = prior.sketch(prompt)
        return [posterior.forecast(m, prior.likely(0.8, sketch), sketch).p for m in MODELS]

    long = "Some words to read, and 12 numbers. " * 3_000
    print(f"loading: {loading():.0f} ms")
    print(f"sketch, {len(prompts)} prompts: {timed(prior.sketch, prompts)}")
    print(f"sketch and forecasts for ten models: {timed(decide, prompts)}")
    print(f"the same for a prompt of {len(long):,} characters: {timed(decide, [long] * 50)}")
    print(f"floor, words counted: {timed(lambda prompt: Counter(prompt.split()), prompts)}")


if __name__ == "__main__":
    main()
