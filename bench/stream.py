"""A stream of questions whose true answers are known, through the whole cache: how many are served,
and how many of those wrongly, beside a cache that trusts cosine alone.

Run: python -m bench.stream [QUESTIONS] [SEED]. The true answer depends on what is asked for (a
topic and what fills its slots, both from `stream.toml`), never on the words that ask. What is asked
for repeats by Zipf's law; its wording, typing mistakes and manners change each time.
"""

import itertools
import random
import re
import statistics
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from cache import Embed, Guard, Hit, Question, SemanticCache, SqliteAnswers, Stored, TrainedGuard
from cache import load as load_encoder
from vocabulary import Money, Usage

SOURCE = Path(__file__).with_suffix(".toml")
SCOPE = "0" * 64
TO_THE_LETTER = {"code", "path", "identifier", "payload"}
"""Kinds of slots that keep their capitals in a question typed without them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """What a topic leaves open: its kind, and its values, each in one wording or several."""

    kind: str
    values: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One thing people ask about; every wording asks the same for the same slots."""

    slots: dict[str, Slot]
    wordings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Intent:
    """What somebody wants to know, whatever the words. Two intents have two answers."""

    topic: int
    chosen: tuple[int, ...]


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of a stream. `possible`: its answer had been stored; times are in ms."""

    asked: int = 0
    possible: int = 0
    exact: int = 0
    similar: int = 0
    wrong: list[tuple[str, str]] = field(default_factory=list)
    exact_ms: list[float] = field(default_factory=list)
    similar_ms: list[float] = field(default_factory=list)

    @property
    def hits(self) -> int:
        return self.exact + self.similar

    @property
    def wrong_share(self) -> float:
        return len(self.wrong) / max(1, self.hits)


class CosineAlone:
    """The peer: serves whatever is near enough, as bare semantic caches do."""

    def confidence(self, stored: str, asked: str, similarity: float) -> float:
        return float(similarity >= 0.95)


def topics() -> list[Topic]:
    """Those of `stream.toml`."""
    found = []
    for each in tomllib.loads(SOURCE.read_text(encoding="utf-8"))["topic"]:
        slots = {name: _slot(text) for name, text in each["slots"].items()}
        found.append(Topic(slots=slots, wordings=tuple(each["wordings"])))
    return found


def _slot(text: str) -> Slot:
    kind, _, values = text.partition(": ")
    return Slot(kind=kind, values=tuple(tuple(v.split(" = ")) for v in values.split(" | ")))


def intents(listed: Sequence[Topic]) -> Iterator[Intent]:
    """Every way to fill every topic, no value twice in one question."""
    for number, topic in enumerate(listed):
        slots = list(topic.slots.values())
        for chosen in itertools.product(*(range(len(slot.values)) for slot in slots)):
            values = [slot.values[place] for slot, place in zip(slots, chosen, strict=True)]
            if len(set(values)) == len(values):
                yield Intent(number, chosen)


def stream(listed: Sequence[Topic], count: int, seed: int) -> Iterator[tuple[str, Intent]]:
    """`count` questions with what they ask for, the n-th most wanted asked 1/n as often."""
    chance = random.Random(seed)
    wanted = list(intents(listed))
    chance.shuffle(wanted)
    weights = list(itertools.accumulate(1 / rank for rank in range(1, len(wanted) + 1)))
    for intent in chance.choices(wanted, cum_weights=weights, k=count):
        yield worded(listed[intent.topic], intent, chance), intent


def worded(topic: Topic, intent: Intent, chance: random.Random) -> str:
    """One of the many ways to ask this: a wording, typed as people type."""
    frame = chance.choice(topic.wordings)
    manner = chance.choices(MANNERS, weights=[6, 4, 2, 2, 2, 2, 2])[0]
    if manner in {"lower", "lower and typo"}:
        frame = frame.lower().rstrip(".?")
    if manner in {"typo", "lower and typo"}:
        frame = _mistyped(frame, chance)
    filled = {}
    for (name, slot), place in zip(topic.slots.items(), intent.chosen, strict=True):
        value = chance.choice(slot.values[place])
        keep = slot.kind in TO_THE_LETTER or "lower" not in manner
        filled[name] = value if keep else value.lower()
    text = frame.format_map(filled)
    text = text if "lower" in manner else text[0].upper() + text[1:]
    return f"{BEFORE.get(manner, '')}{text}{AFTER.get(manner, '')}"


MANNERS = ("plain", "lower", "typo", "lower and typo", "greeting", "thanks", "spaces")
BEFORE = {"greeting": "Hi, ", "spaces": "  "}
AFTER = {"thanks": " Thanks!", "spaces": "\n"}


def _mistyped(frame: str, chance: random.Random) -> str:
    """Two neighbours inside one longer word swapped; slots are never touched."""
    places = [
        place
        for match in re.finditer(r"(?<![{\w])[a-z]{6,}(?![\w}])", frame)
        for place in range(match.start() + 1, match.end() - 2)
        if frame[place] != frame[place + 1]
    ]
    if not places:
        return frame
    i = chance.choice(places)
    return frame[:i] + frame[i + 1] + frame[i] + frame[i + 2 :]


def run(
    cache: SemanticCache, listed: Sequence[Topic], asked: Iterator[tuple[str, Intent]]
) -> Tally:
    """Ask the cache each question in turn, and let it remember the true answer after a miss."""
    tally = Tally()
    known: dict[str, tuple[str, Intent]] = {}
    stored: set[Intent] = set()
    for text, intent in asked:
        tally.asked += 1
        tally.possible += intent in stored
        hit = _look(cache, Question(text=text, scope=SCOPE), tally)
        if hit is not None:
            stored_text, stored_intent = known[hit.text]
            if stored_intent != intent:
                kind = difference(listed, stored_intent, intent)
                tally.wrong.append((kind, f"{stored_text!r} for {text!r}"))
            continue
        stored.add(intent)
        name = f"answer {tally.asked}"
        known[name] = (text, intent)
        cache.remember(Question(text=text, scope=SCOPE), _answer(name))
    return tally


def _look(cache: SemanticCache, question: Question, tally: Tally) -> Hit | None:
    began = time.perf_counter()
    hit = cache.exact(question)
    tally.exact_ms.append((time.perf_counter() - began) * 1000)
    if hit is not None:
        tally.exact += 1
        return hit
    began = time.perf_counter()
    hit = cache.similar(question)
    tally.similar_ms.append((time.perf_counter() - began) * 1000)
    tally.similar += hit is not None
    return hit


def difference(listed: Sequence[Topic], stored: Intent, asked: Intent) -> str:
    """In what kinds of things two intents differ; "order" where only their places do."""
    if stored.topic != asked.topic:
        return "topic"
    slots = list(listed[stored.topic].slots.values())
    apart = [
        (slot.kind, slot.values[a], slot.values[b])
        for slot, a, b in zip(slots, stored.chosen, asked.chosen, strict=True)
        if a != b
    ]
    if len(apart) > 1 and sorted(a for _, a, _ in apart) == sorted(b for _, _, b in apart):
        return "order"
    return ", ".join(sorted({kind for kind, _, _ in apart}))


def _answer(text: str) -> Stored:
    return Stored(
        text=text, provider="p", model="m", local=True, finish="stop", usage=Usage(), cost=Money(0)
    )  # fmt: skip


def tally_of(guard: Guard, encoder: Embed, *, count: int, seed: int, folder: Path) -> Tally:
    """A fresh cache in `folder`, with this guard, after `count` questions."""
    listed = topics()
    store = SqliteAnswers(folder / "cache.db")
    with closing(SemanticCache(store, encoder=lambda: encoder, guard=guard)) as cache:
        return run(cache, listed, stream(listed, count, seed))


def main(count: int = 10_000, seed: int = 7) -> None:
    """Print what became of the stream, for the shipped guard and for cosine alone."""
    peers: dict[str, Guard] = {"ours": TrainedGuard(), "cosine alone, 0.95": CosineAlone()}
    with tempfile.TemporaryDirectory() as folder:
        encoder = load_encoder("all-MiniLM-L6-v2", folder=Path(folder))
        for number, (name, guard) in enumerate(peers.items()):
            place = Path(folder) / str(number)
            place.mkdir()
            report(name, tally_of(guard, encoder, count=count, seed=seed, folder=place))


def report(name: str, tally: Tally) -> None:
    """Print one cache's figures, and the commonest kinds of wrong answers with an example."""
    print(
        f"{name}: {tally.asked} asked, {tally.hits / tally.asked:.1%} served"
        f" ({tally.exact} to the letter, {tally.similar} otherwise; {tally.possible} could be),"
        f" {len(tally.wrong)} wrongly = {tally.wrong_share:.2%} of hits;"
        f" p50 {statistics.median(tally.exact_ms):.2f} ms exact,"
        f" {statistics.median(tally.similar_ms):.2f} ms with the encoder"
    )
    for kind, times in Counter(kind for kind, _ in tally.wrong).most_common(12):
        example = next(pair for other, pair in tally.wrong if other == kind)
        print(f"  {times:4} {kind}: {example}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
