"""How long the checks take that need no model, in processor time.

    python -m bench.checks.timing GSM8K_ANSWERS.CSV

The floor is `json.dumps` of both texts.
"""

import argparse
import csv
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from routing.checks.hard import failures
from routing.checks.signals import text_signals
from routing.checks.values import Question

Texts = tuple[Question, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("gsm8k", type=Path)
    with parser.parse_args().gsm8k.open(encoding="utf-8", newline="") as file:
        rows = [(Question(text=r["prompt"]), r["weak_answer"]) for r in csv.DictReader(file)]
    code = "```python\n" + "def double(x):\n    return 2 * x\n\n\n" * 60 + "```"
    sums = " ".join(answer for _, answer in rows[:20])
    prose = " ".join(question.text for question, _ in rows[:20])
    sets: dict[str, Sequence[Texts]] = {
        "worked answers to school problems": rows,
        "4 kB of prose": [(Question(text="Tell me about these problems."), prose[:4000])] * 200,
        "4 kB of sums": [(Question(text="Tell me about these problems."), sums[:4000])] * 200,
        "2 kB of Python": [(Question(text="Write some functions."), code)] * 200,
        "one word": [(Question(text="What is the capital of Peru?"), "Lima.")] * 500,
    }
    for name, texts in sets.items():
        print(f"{name}: {_times(_check, texts)}; floor {_times(_floor, texts)}")


def _check(question: Question, answer: str) -> None:
    text_signals(question, answer, failures(question, answer, "stop"))


def _floor(question: Question, answer: str) -> None:
    json.dumps((question.text, answer))


def _times(work: Callable[[Question, str], None], texts: Sequence[Texts]) -> str:
    for question, answer in texts[:20]:
        work(question, answer)
    found = []
    for question, answer in texts:
        started = time.process_time_ns()
        work(question, answer)
        found.append((time.process_time_ns() - started) / 1e6)
    return f"p50 {statistics.median(found):.3f}, p95 {statistics.quantiles(found, n=20)[-1]:.3f} ms"


if __name__ == "__main__":
    main()
