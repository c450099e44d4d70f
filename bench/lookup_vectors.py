"""Vectors as an encoder makes them, as many as wanted: questions and mixtures of two of them."""

import itertools
import random
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

QUERIES, QUESTIONS, STEP = 300, 6_000, 10_000
Rows = NDArray[np.float32]

ASKED = (
    "How do I install", "How can I remove", "Why is there an error in", "What is the use of",
    "How do I speed up", "Where are the settings of", "Can I back up", "How do I test",
    "What replaced", "How much memory does it take to run", "Explain", "Who maintains",
)  # fmt: skip
THINGS = (
    "a router", "PostgreSQL", "the printer", "a Kubernetes cluster", "my bicycle's brakes",
    "the dishwasher", "a Python package", "an SSL certificate", "the company's VPN", "a tax form",
    "the coffee machine", "a message queue", "my phone's battery", "a spreadsheet",
    "the heating", "a neural network", "the fire alarm", "a wedding list", "an old camera",
    "the garden hose", "a mortgage", "the search index", "a sourdough starter", "the backup job",
    "a guitar", "the mail server",
)  # fmt: skip
WHERE = (
    "at home", "on Ubuntu", "in the office", "for a beginner", "without any tools", "on a Mac",
    "after the update", "before winter", "in production", "with two people", "under load",
    "in Spain", "from the command line", "cheaply", "for a hundred users", "during a power cut",
    "with a small budget", "offline", "on an old machine", "step by step",
)  # fmt: skip


def embedded() -> Rows:
    """[QUESTIONS, 384]: by the encoder; mere clusters where there is none."""
    from cache import EncoderMissing, load
    from mcp_server.places import places

    asked = [" ".join(words) + "?" for words in itertools.product(ASKED, THINGS, WHERE)]
    chosen = random.Random(1).sample(asked, QUESTIONS)
    try:
        return load("all-MiniLM-L6-v2", folder=places().models).embed(chosen)
    except EncoderMissing as error:
        print(f"{error.what} The vectors are clusters of noise instead.")
        near = np.random.default_rng(1).normal(size=(60, 384)).repeat(QUESTIONS // 60, axis=0)
        return _unit(near + np.random.default_rng(2).normal(size=near.shape))


def grown(questions: Rows, count: int) -> Iterator[Rows]:
    """`count` vectors, some at a time: mixtures of two questions, and noise."""
    chance = np.random.default_rng(3)
    for first in range(0, count, STEP):
        size = min(STEP, count - first)
        one, other = (questions[chance.integers(0, len(questions), size)] for _ in range(2))
        share = chance.uniform(0, 0.5, (size, 1))
        yield _unit(_noisy(_unit((1 - share) * one + share * other), 0.2, chance))


def _noisy(there: Rows, much: float, chance: np.random.Generator) -> Rows:
    return _unit(there + much * chance.normal(size=there.shape) / there.shape[1] ** 0.5)


def _unit(rows: Rows) -> Rows:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype("<f4")


def asked(questions: Rows, count: int) -> tuple[Rows, list[int]]:
    """What is asked, and the number of the nearest to each by brute force."""
    chance, half = np.random.default_rng(4), QUERIES // 2
    stored = next(grown(questions[QUERIES:], count))
    near = _noisy(stored[chance.integers(0, len(stored), half)], 0.3, chance)
    queries = np.concatenate([near, questions[:half]]).astype("<f4")
    best, truth, first = np.full(QUERIES, -2.0), np.zeros(QUERIES, int), 0
    for step in grown(questions[QUERIES:], count):
        cosines = queries @ step.T
        here = cosines.max(axis=1)
        truth = np.where(here > best, first + cosines.argmax(axis=1), truth)
        best, first = np.maximum(best, here), first + len(step)
    return queries, truth.tolist()
