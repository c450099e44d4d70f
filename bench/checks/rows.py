"""Answers with all their signals, and whether they were right."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.checks.collect import ANSWERS
from bench.checks.questions import rows
from routing.checks.agreement import agreement
from routing.checks.hard import failures
from routing.checks.likelihood import likelihood
from routing.checks.signals import text_signals
from routing.checks.values import Failure, Question
from routing.checks.verification import says_yes
from routing.values import Completion
from vocabulary import Usage

STAGES = ("text", "logprobs", "sample", "verdict")
"""What is known after each step; each costs more than the one before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of a small model. `strong` is whether a strong one was right, where known.

    `stages` are its signals by the step that brings them; a step that brought none is left out.
    """

    source: str
    kind: str
    ok: bool
    failures: tuple[Failure, ...]
    stages: Mapping[str, Mapping[str, float]]
    words: int
    asked: int
    strong: float | None = None

    @property
    def failed(self) -> bool:
        return any(failure.certain for failure in self.failures)

    def signals(self, *known: str) -> dict[str, float]:
        """The signals of the steps `known`, of all if none is named."""
        return {
            name: value
            for stage in known or STAGES
            for name, value in self.stages.get(stage, {}).items()
        }


def gsm8k(path: Path) -> Iterator[Answer]:
    """Mixtral's worked answers to school problems, beside whether GPT-4 was right."""
    csv.field_size_limit(1 << 30)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            question, answer = Question(text=row["prompt"]), row["weak_answer"]
            found = failures(question, answer, "stop")
            yield Answer(
                source="gsm8k",
                kind="word_problem",
                ok=float(row["weak_ok"]) >= 0.5,
                failures=found,
                stages={"text": text_signals(question, answer, found)},
                words=len(answer.split()),
                asked=len(row["prompt"].split()),
                strong=float(row["strong_ok"]),
            )


def gemma() -> Iterator[Answer]:
    """What Gemma 3 270M said to the questions of `questions.py`."""
    known = {row.question: row for row in rows()}
    for line in ANSWERS.read_text(encoding="utf-8").splitlines():
        kept = json.loads(line)
        row, text = known[kept["question"]], kept["answer"]
        question = Question(text=row.question)
        found = failures(question, text, kept.get("finish", "stop"))
        verdict = says_yes(_completion(kept["verdict"], kept["verdict_logprob"]))
        yield Answer(
            source="gemma",
            kind=row.kind,
            ok=row.is_right(text),
            failures=found,
            stages={
                "text": text_signals(question, text, found),
                "logprobs": likelihood(kept["logprobs"]),
                "sample": {"agreement": agreement(text, kept["samples"][0])},
                "verdict": {} if verdict is None else {"verified": verdict},
            },
            words=len(text.split()),
            asked=len(row.question.split()),
        )


def _completion(text: str, logprob: float | None) -> Completion:
    logprobs = () if logprob is None else (logprob,)
    return Completion(
        text=text, model="", finish="stop", usage=Usage(), counting="counted", logprobs=logprobs
    )
