"""The encoder beside sentence-transformers (torch): loading, memory, speed, and how alike.

Run: python -m bench.embedding [ROUNDS]. Both live in processes of their own on one thread and take
turns text by text; `reference` needs the extra `embeddings` and the package with the weights.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.start import INITIALIZE, OURS, resident_mb

LENGTHS = (8, 20, 60, 200)
WORDS = (
    "how do i set up the new router for my house when it will not turn on after we moved last "
    "year what is best way to learn about money law music art history science water city food"
)
"""One word piece each."""
TEXTS = (
    "How do I reset my router?",
    "retry 3 times",
    "naïve café ÜBER Ångström",
    "What is the capital of France, and when did it become so?",
    "word " * 400,
    "数学是什么\uff1f我今天想学习。",
    "Rewrite this for a ten-year-old: the committee deferred its decision until the spring.",
)


def text_of(pieces: int, seed: int) -> str:
    """A text of that many word pieces, the two at the ends included."""
    return " ".join(random.Random(seed).choices(WORDS.split(), k=pieces - 2))


# --- in the child ---------------------------------------------------------------------------


def serve(which: str) -> None:
    """Load, say how that went, then embed each line of JSON: vectors and milliseconds."""
    before = resident_mb(os.getpid())
    embed, facts = (_ours if which == "ours" else _reference)()
    facts |= {"before_mb": before}
    embed(["hello"])
    print(json.dumps(facts | {"after_mb": resident_mb(os.getpid())}), flush=True)
    for line in sys.stdin:
        text = json.loads(line)
        began = time.perf_counter()
        [vector] = embed([text])
        took = (time.perf_counter() - began) * 1000
        now = resident_mb(os.getpid())
        print(json.dumps({"ms": took, "mb": now, "vector": vector.tolist()}), flush=True)


def _ours() -> tuple[Any, dict[str, float]]:
    """Loads it as a server does, in the background, while this thread looks at its clock."""
    from cache.background import BackgroundEmbed
    from cache.embed import load
    from mcp_server.places import places

    encoder = BackgroundEmbed(lambda: load("all-MiniLM-L6-v2", folder=places().models))
    began = last = time.perf_counter()
    longest = 0.0
    encoder.start()
    while encoder.ready is None and encoder.failure is None:
        time.sleep(0.0005)
        longest, last = max(longest, time.perf_counter() - last), time.perf_counter()
    assert encoder.ready, encoder.failure
    facts = {"load_s": time.perf_counter() - began, "pause_ms": longest * 1000}
    return encoder.ready.embed, facts


def _reference() -> tuple[Any, dict[str, float]]:
    from cache.weights import installed_weights

    began = time.perf_counter()
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    model = SentenceTransformer(str(installed_weights()), device="cpu")
    facts = {"load_s": time.perf_counter() - began}
    return lambda texts: model.encode(texts, show_progress_bar=False), facts


# --- in the parent --------------------------------------------------------------------------


class Child:
    """One of the two, in a process of its own."""

    def __init__(self, which: str) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "bench.embedding", "--child", which]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        self.facts = self._said()

    def embed(self, text: str) -> dict[str, Any]:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(text) + "\n")
        self._process.stdin.flush()
        return self._said()

    def _said(self) -> dict[str, Any]:
        assert self._process.stdout
        line: dict[str, Any] = json.loads(self._process.stdout.readline())
        return line

    def end(self) -> None:
        self._process.communicate()


def server_mb() -> float:
    """Resident megabytes of a server that has loaded the encoder and waits (Linux)."""
    with tempfile.TemporaryDirectory() as home:
        folders = {"HOMEWARD_CONFIG_DIR": home, "HOMEWARD_DATA_DIR": home}
        server = subprocess.Popen(
            OURS,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **folders},
        )
        assert server.stdin
        assert server.stdout
        listing = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
        ready = {"jsonrpc": "2.0", "method": "notifications/initialized"}
        for message in (INITIALIZE, ready, listing):
            server.stdin.write(json.dumps(message).encode() + b"\n")
        server.stdin.flush()
        for _ in range(2):
            server.stdout.readline()
        maps = Path(f"/proc/{server.pid}/maps")
        seen = [0.0]
        until = time.monotonic() + 20
        while len(seen) < 11 or (time.monotonic() < until and len(set(seen[-10:])) > 1):
            time.sleep(0.1)
            seen.append(resident_mb(server.pid))
        assert "onnxruntime" in maps.read_text(encoding="ascii", errors="replace")
        server.stdin.close()
        server.wait(5)
        server.stdout.close()
        return seen[-1]


def main(rounds: int = 60) -> None:
    from cache.encoder import prepare
    from mcp_server.places import places

    prepare(places().models)
    ours, theirs = Child("ours"), Child("reference")
    _say_loading(ours.facts, theirs.facts)
    for pieces in LENGTHS:
        pairs = [
            (ours.embed(text)["ms"], theirs.embed(text)["ms"])
            for text in (text_of(pieces, turn) for turn in range(rounds))
        ]
        _say_speed(pieces, pairs)
    alike = [_cosine(ours.embed(text)["vector"], theirs.embed(text)["vector"]) for text in TEXTS]
    largest = ours.embed("word " * 400)["mb"]
    print(f"cosine to the reference: mean {statistics.mean(alike):.4f}, least {min(alike):.4f}")
    print(
        f"after the longest text {largest:.0f} MB; a server with it {server_mb():.0f} MB (bar 200)"
    )
    ours.end()
    theirs.end()


def _say_loading(ours: dict[str, float], theirs: dict[str, float]) -> None:
    grown, grown_there = (each["after_mb"] - each["before_mb"] for each in (ours, theirs))
    print(
        f"load: ours {ours['load_s']:.2f} s (bar 0.5), reference {theirs['load_s']:.2f} s, "
        f"{theirs['load_s'] / ours['load_s']:.0f}x; another thread never stood still for more "
        f"than {ours['pause_ms']:.0f} ms"
    )
    print(f"resident growth: ours {grown:.0f} MB, reference {grown_there:.0f} MB")


def _say_speed(pieces: int, pairs: list[tuple[float, float]]) -> None:
    ours, theirs = (sorted(column) for column in zip(*pairs, strict=True))
    p50, p95 = statistics.median(ours), ours[int(len(ours) * 0.95)]
    print(
        f"{pieces:3} pieces: ours p50 {p50:5.2f} p95 {p95:5.2f} ms, reference p50 "
        f"{statistics.median(theirs):5.2f} ms, {statistics.median(b / a for a, b in pairs):.1f}x"
    )


def _cosine(a: list[float], b: list[float]) -> float:
    norms = sum(x * x for x in a) * sum(x * x for x in b)
    return float(sum(x * y for x, y in zip(a, b, strict=True)) / norms**0.5)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        serve(sys.argv[2])
    else:
        main(*map(int, sys.argv[1:]))
