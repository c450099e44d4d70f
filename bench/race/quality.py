"""What is counted rather than timed: answers served wrongly, and personal data found."""

import csv
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.hooks import detect, served
from bench.race.environments import Environment
from bench.race.measure import ROOT, said
from cache import load
from mcp_server.places import places

PAIRS = {"traps": False, "rewordings": True}  # may the stored answer be served?
COSINE = 0.95
CORE = frozenset({"EMAIL", "PHONE", "SSN", "CARD", "IBAN", "SECRET", "ID", "ACCOUNT"})
# What is data that must not leave, in the corpora's words.
GENERATED = {
    "CREDIT_CARD": "CARD", "IBAN_CODE": "IBAN", "US_SSN": "SSN", "PHONE_NUMBER": "PHONE",
    "EMAIL_ADDRESS": "EMAIL", "IP_ADDRESS": "IP", "STREET_ADDRESS": "ADDRESS",
    "US_DRIVER_LICENSE": "ID", "ADDRESS": "ADDRESS",
    "DATE_TIME": "DOB",  # many are: such a text is not counted as one without personal data
}  # fmt: skip
KIJI = {
    "EMAIL": "EMAIL", "SSN": "SSN", "IBAN": "IBAN", "PHONENUMBER": "PHONE",
    "CREDITCARDNUMBER": "CARD", "PASSWORD": "SECRET", "SECURITYTOKEN": "SECRET",
    "PASSPORTID": "ID", "IDCARDNUM": "ID", "NATIONALID": "ID", "DRIVERLICENSENUM": "ID",
    "TAXNUM": "ID", "STREET": "ADDRESS", "DATEOFBIRTH": "DOB",
}  # fmt: skip
# Kinds found that are no reason to keep a text at home: Presidio's names first, then Homeward's.
NO_REASON = frozenset(
    {"PERSON", "LOCATION", "NRP", "DATE_TIME", "URL", "ORGANIZATION", "ZIP", "ORG", "PRIVATE_IP"}
)
Pair = tuple[str, str]
Found = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Texts; of each, whether it holds core data. Real prompts hold none, as far as one knows."""

    name: str
    texts: Sequence[str]
    core: Sequence[bool]
    any: Sequence[bool]


def pairs() -> Mapping[str, Sequence[Pair]]:
    """(stored, asked) of this repository's own tables."""
    found = {}
    for name in PAIRS:
        with (ROOT / "tests" / "cache" / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t")
            found[name] = [(row["stored"], row["asked"]) for row in rows]
    return found


def hits(there: Mapping[str, Environment], folder: Path) -> Mapping[str, Mapping[str, float]]:
    """Share served of each table, by name: Homeward, cosine alone, and the peers' own rules.

    All see the vectors of one encoder, Homeward's; the peers' own are not to be had without a hub.
    """
    encoder = load("all-MiniLM-L6-v2", folder=places().models)
    found: dict[str, dict[str, float]] = {}
    for table, rows in pairs().items():
        vectors = np.stack([[encoder.embed([text])[0] for text in pair] for pair in rows])
        cosines = (vectors[:, 0] * vectors[:, 1]).sum(axis=1)
        given: dict[str, Sequence[bool]] = {
            "homeward": [score >= 0.5 for score in served(rows)],
            "cosine": [bool(cosine >= COSINE) for cosine in cosines],
        }
        if peer := there.get("gptcache"):
            np.save(folder / "pairs.npy", vectors)
            given["gptcache"] = said(peer, "gptcache_decides.py", folder / "pairs.npy")
        if peer := there.get("llm-routing"):
            asked = [[*pair, float(cosine)] for pair, cosine in zip(rows, cosines, strict=True)]
            (folder / "pairs.json").write_text(json.dumps(asked), encoding="utf-8")
            given["llm-routing"] = said(peer, "llm_routing_decides.py", folder / "pairs.json")
        for name, answers in given.items():
            found.setdefault(name, {})[table] = sum(answers) / len(answers)
    return found


def corpora(data: Path) -> Iterable[Corpus]:
    """Of the folder with the development data, which is no part of the project."""

    def lines(name: str) -> list[Any]:
        return [json.loads(line) for line in (data / f"{name}.jsonl").open(encoding="utf-8")]

    rows = json.loads((data / "presidio_generated_large.json").read_text("utf-8"))
    told = [(row["full_text"], {span["entity_type"] for span in row["spans"]}) for row in rows]
    yield _corpus("generated", told, GENERATED)
    told = [
        (row["text"], {each["label"] for each in row["entities"]}) for row in lines("kiji_samples")
    ]
    yield _corpus("kiji", told, KIJI)
    secrets = [
        (row["text"], {"SECRET"} if row["kind"] == "tp" else set())
        for row in lines("secret_rule_tests")
    ]
    yield _corpus("secrets", secrets, {"SECRET": "SECRET"})
    asked = ["\n".join(row["turns"]) for row in lines("mtbench")]
    asked += [row["prompt"] for row in lines("arena_hard_v01") if row.get("prompt")]
    asked += [row["prompt"] for row in lines("humaneval")]
    asked += [row["instruction"] for row in lines("selfinstruct_user")]
    yield _corpus("prompts", [(text, set()) for text in asked], {})


def _corpus(name: str, told: Sequence[tuple[str, set[str]]], kinds: Mapping[str, str]) -> Corpus:
    hard = [{kinds[label] for label in labels if label in kinds} for _, labels in told]
    return Corpus(
        name=name,
        texts=[text for text, _ in told],
        core=[bool(each & CORE) for each in hard],
        any=[bool(each) for each in hard],
    )


def detectors(
    there: Mapping[str, Environment], data: Path, folder: Path
) -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """By name and corpus: share of the texts with core data kept at home, share flagged that
    hold nothing, and processor ms for a thousand characters."""

    def ours(texts: Sequence[str]) -> tuple[list[Found], float]:
        detect("warm")
        began = time.process_time()
        found = [detect(text) for text in texts]
        return found, (time.process_time() - began) * 1000

    def presidio(texts: Sequence[str], threshold: float) -> tuple[list[Found], float]:
        (folder / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
        told = said(there["presidio"], "presidio_detects.py", folder / "texts.json", threshold)
        return told["found"], told["ms"]

    who: dict[str, Callable[[Sequence[str]], tuple[list[Found], float]]] = {"homeward": ours}
    if "presidio" in there:
        who["presidio"] = lambda texts: presidio(texts, 0)
        who["presidio at 0.5"] = lambda texts: presidio(texts, 0.5)
    scores: dict[str, dict[str, Mapping[str, float]]] = {name: {} for name in who}
    for corpus in corpora(data):
        for name, finds in who.items():
            scores[name][corpus.name] = _score(corpus, *finds(corpus.texts))
    return scores


def _score(corpus: Corpus, found: Sequence[Found], ms: float) -> Mapping[str, float]:
    kept = [any(kind not in NO_REASON for kind, *_ in each) for each in found]
    count = Counter(
        "core" if core else "clean" if not other else "rest"
        for core, other in zip(corpus.core, corpus.any, strict=True)
    )
    caught = sum(each for each, core in zip(kept, corpus.core, strict=True) if core)
    wrong = sum(each for each, other in zip(kept, corpus.any, strict=True) if not other)
    return {
        "texts": len(corpus.texts),
        "core": count["core"],
        "clean": count["clean"],
        "caught": caught / max(1, count["core"]),
        "flagged": wrong / max(1, count["clean"]),
        "ms": ms * 1000 / sum(map(len, corpus.texts)),
    }
