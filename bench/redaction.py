"""Redacts and restores every text of the development corpora, which are no part of the project.

Run: python -m bench.redaction [FOLDER]
"""

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from whitelist import Findings, detect
from whitelist.errors import NotRedactable
from whitelist.redaction import Redaction, redact
from whitelist.restoring import Restoring

DATA = Path(__file__).parents[2] / "shared" / "data" / "privacy"
_PIECES = (1, 2, 3, 5, 8, 40)
_find = partial(detect, ignore_examples=False)  # most values of the corpora are documentation's


@dataclass(slots=True)
class Score:
    """What became of the texts of one corpus. `detections` counts texts by how many they took."""

    texts: int = 0
    redacted: int = 0
    refused: int = 0
    exact: int = 0
    streamed: int = 0
    again: int = 0
    detections: Counter[int] = field(default_factory=Counter)
    inspecting_seconds: float = 0
    redacting_seconds: float = 0

    def line(self) -> str:
        took = ", ".join(f"{n}: {texts}" for n, texts in sorted(self.detections.items()))
        ratio = self.redacting_seconds / self.inspecting_seconds if self.redacted else 0
        return (
            f"{self.redacted} of {self.texts} redacted, {self.refused} refused, restored "
            f"{self.exact / self.texts:.2%}, as a stream {self.streamed / self.texts:.2%}, found "
            f"again {self.again}; {ratio:.2f} × one detection (texts by detections: {took})"
        )


def corpora(data: Path) -> Iterator[tuple[str, list[str]]]:
    """Each corpus by name, as texts; the generated one also as a single long text."""
    generated = json.loads((data / "presidio_generated_large.json").read_text(encoding="utf-8"))
    sentences = [row["full_text"] for row in generated]
    yield "generated", sentences
    yield "generated, as one text", ["\n".join(sentences)]
    for path in sorted(data.glob("*.jsonl")):
        rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        yield path.stem, ["\n".join(_strings(row)) for row in rows]


def _strings(value: Any) -> Iterator[str]:
    """Every text in a row, whatever its shape."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


def measure(texts: list[str]) -> Score:
    score, chance = Score(texts=len(texts)), random.Random(1)
    for text in texts:
        began = time.process_time()
        _find(text)
        detected = time.process_time()
        took: Counter[str] = Counter()
        try:
            redaction = redact((text,), detect=partial(_counted, took))
        except NotRedactable:
            score.refused += 1
            continue
        if redaction.map:  # a text without personal data is inspected once, and nothing else
            score.redacted += 1
            score.inspecting_seconds += detected - began
            score.redacting_seconds += time.process_time() - detected
        score.detections[took["detections"]] += 1
        sent = redaction.parts[0]
        score.again += any(item.tier != "C" for item in _find(sent).items)
        score.exact += Restoring(redaction).restore(sent) == text
        score.streamed += "".join(_stream(redaction, sent, chance)) == text
    return score


def _counted(took: Counter[str], text: str) -> Findings:
    took["detections"] += 1
    return _find(text)


def _stream(redaction: Redaction, sent: str, chance: random.Random) -> Iterator[str]:
    restoring, at = Restoring(redaction), 0
    while at < len(sent):
        size = chance.choice(_PIECES)
        yield restoring.feed(sent[at : at + size])
        at += size
    yield restoring.close()


def main(data: Path = DATA) -> None:
    if not data.is_dir():
        print(f"redaction: no corpora in {data}")
        return
    _find("+49 30 901820")  # loads what is loaded on first use
    for name, texts in corpora(data):
        print(f"redaction, {name}: {measure(texts).line()}", flush=True)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
