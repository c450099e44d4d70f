"""The prior beside rules that decide by words and length, on the same rows.

    python -m bench.routing.compare FILE... [--chart SVG]

Each FILE is scored by a prior whose beliefs were moved by the other files only. The rules are those
of the documents that Homeward implements (a: 0 to 10, b: 0 to 1, c: words for and against), and
length. APGR with 95 %, and the shares of strong calls that recover 50 % and 80 % of the gap.
"""

import argparse
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.routing.cold import gains, line
from bench.routing.curve import apgr
from bench.routing.picture import draw
from bench.routing.rows import Array, Rows, read
from bench.routing.train import shipped_parts
from routing.analysis import analyse

_TURN = re.compile(r"^(?:user|assistant|human|ai|q|a)\s*:", re.I | re.M)
_PERSONAL = re.compile(r"@\w+\.\w|\b\d{3}-\d{2}-\d{4}\b|\bmy (?:name|address|phone|salary)\b", re.I)
_ANALYSIS = re.compile(r"\b(?:analy[sz]\w+|evaluate|assess|compar\w+|critique|explain|why|prove)\b")
_CREATION = re.compile(r"\b(?:write|compose|create|story|poem|essay|brainstorm|imagine|design)\b")
_SIMPLE = re.compile(r"\b(?:yes or no|define|translate|list|name|spell|convert|hello|hi|thanks)\b")
_EXAMPLES = re.compile(r"\b(?:for example|examples?|e\.g|such as|for instance)\b")
_FACTS = re.compile(
    r"\b(?:what (?:is|are)|who (?:is|was)|when (?:did|was)|where is|how (?:many|much))\b"
)
_FOR = "analyze compare evaluate synthesize multi-step reasoning complex advanced debug optimize"
_AGAINST = "summarize translate format list define basic"


def rule_a(prompt: str) -> float:
    text = prompt.lower()
    score = 3 * (len(_TURN.findall(prompt)) > 1) + 2 * bool(_ANALYSIS.search(text))
    score += 2 * bool(_CREATION.search(text)) + bool(_PERSONAL.search(prompt)) + (len(text) > 500)
    score -= 2 * bool(_SIMPLE.search(text)) + bool(_EXAMPLES.search(text))
    return float(min(10, max(0, score - 2 * bool(_FACTS.search(text)))))


def rule_b(prompt: str) -> float:
    text = prompt.lower()
    design = bool(re.search("refactor|redesign|architect", text))
    mending = bool(re.search(r"debug|fix|error|\bbug", text))
    return 0.2 * (len(text) > 1_000) + 0.3 * design + 0.2 * mending + 0.4 * (len(text) > 32_000)


def rule_c(prompt: str) -> float:
    text = prompt.lower()
    score = sum(word in text for word in _FOR.split())
    return float(score - sum(word in text for word in _AGAINST.split()) + (len(text) > 1_000))


RULES: dict[str, Callable[[str], float]] = {
    "rule a": rule_a,
    "rule b": rule_b,
    "rule c": rule_c,
    "cues": lambda prompt: analyse(prompt).complexity,
    "length": lambda prompt: float(len(prompt)),
}


def scored(rows: Rows, prior: Array) -> dict[str, Array]:
    ways = {name: np.array([rule(p) for p in rows.prompts]) for name, rule in RULES.items()}
    return {**ways, "prior": prior}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--chart", type=Path)
    given = parser.parse_args()
    every = [read(path) for path in given.files]
    parts = shipped_parts()
    found = []
    for rows in every:
        prior = parts.prior([each for each in every if each is not rows])
        ways = scored(rows, gains(prior, rows))
        print(f"{rows.name}, {len(rows):,} rows: APGR, 95 %, strong calls for 50 % and 80 %")
        for name, scores in ways.items():
            print(line(name, scores, rows), flush=True)
        found.append((rows, ways))
    for name in (*RULES, "prior"):
        values = [apgr(ways[name], rows) for rows, ways in found]
        print(f"{name}: mean {np.mean(values):.3f}, worst {min(values):.3f}")
    if given.chart:
        shown = ("prior", "length", "rule a")
        draw(given.chart, [(rows, {name: ways[name] for name in shown}) for rows, ways in found])


if __name__ == "__main__":
    main()
