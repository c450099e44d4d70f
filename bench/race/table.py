"""Writes bench/RESULTS.md: one table, the bars, and how it was measured. No figure is left out."""

import statistics
import textwrap
from collections.abc import Mapping
from typing import Any

from bench.race.environments import data, peers
from bench.race.measure import ROOT
from bench.race.rows import BEGUN, COLUMNS, Results, rows

RESULTS = ROOT / "bench" / "RESULTS.md"
TIMES = 3  # how far ahead of every Python peer Homeward is to be

ABOUT = (
    "`make race` writes this page. Homeward and its peers do the same work on the same machine, "
    "each in an environment of its own, in turn. A cell is the best of the rounds and, in "
    "brackets, their median; the best of a row is bold, the floor apart. A dash: it does not "
    "offer that. On a busy machine read the ratios, the times at best and the processor time."
)
MORE = (
    "The stand-in answers every prompt at once, whole or streamed as it is asked, and counts: "
    "every call that was answered had reached it, llm-routing's {asked:.1f} times with those that "
    "failed counted in, the others' once.",
    "The bars take the floor's POST from every call, whatever it came over: a client of MCP over "
    "stdio costs more than one of HTTP, and that counts against Homeward and llm-routing.",
    "The traps and rewordings are tables of this repository, written without sight of the guard; "
    "but the guard is held to them by tests. Traps are questions that look alike and ask something "
    "else, so these are no shares of ordinary traffic. All rules saw the vectors of the encoder "
    "that Homeward ships, for the peers' own are not to be had without a model hub.",
    "Personal data: `generated` is from Presidio's own research, `kiji` from Kiji's, `secrets` "
    "are the rule tests of gitleaks, for which Presidio offers nothing, with near misses as the "
    "texts without; `prompts` were really asked. Kept: of the texts with an e-mail, telephone, "
    "card, account or identity number or a secret, those in which a detector found any reason to "
    "keep it at home. Flagged: the same of texts without. Presidio ran without its models, with "
    "all it found and then with what scored 0.5 and more. Homeward's detector was developed with "
    "these data in sight.",
    "Not raced: ultimate_mcp_server and pal-mcp-server are not in a package registry (what is "
    "there under the second name is somebody else's fork); RouteLLM asks OpenAI for embeddings.",
)
NOTES = {
    "floor": "The floor is a bare `mcp` server with one tool, from Homeward's own environment.",
    "shared": "A server on `mcp` cannot be smaller than `mcp` itself, which is most of Homeward's "
    "memory: no MCP server in Python can be three times smaller than one that is near this floor.",
    "cache": "With its cache on, as it comes, Homeward embeds each new question and stores its "
    "answer: the encoder's memory and its time. The peers have no semantic cache on here: "
    "llm-routing's needs an Ollama, LiteLLM's a Redis or Qdrant.",
    "does": "The floor is one POST by httpx2. In a call Homeward analyses the prompt, looks for "
    "personal data, reserves and settles a budget on the disk and writes an audit line before "
    "sending; LiteLLM's call translates and counts, its Router picks a deployment.",
    "failed": "llm-routing stood still with that many: see below.",
    "echo": "The floor is a bare server's echo, without any model call. llm-routing looks for an "
    "Ollama to classify each prompt with, which is not there.",
}


def table(results: Results) -> list[str]:
    noted: dict[str, int] = {}
    lines = [f"| | {' | '.join(COLUMNS)} |", "|---" * (len(COLUMNS) + 1) + "|"]
    for row in rows(results):
        mark = f" [{noted.setdefault(row.note, len(noted) + 1)}]" if row.note else ""
        runners = {name: each.best for name, each in row.cells.items() if name != "floor"}
        best = (max if row.more_is_better else min)(runners.values(), default=None)
        cells = []
        for column in COLUMNS:
            if column not in row.cells:
                cells.append("–")
                continue
            told = row.cells[column].told(row.digits)
            won = len(runners) > 1 and runners.get(column) == best
            cells.append(f"**{told}**" if won else told)
        lines.append(f"| {row.what}{mark} | {' | '.join(cells)} |")
    lines.append("")
    lines += [wrapped(f"{number}. {NOTES[note]}", "   ") for note, number in noted.items()]
    return lines


def wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(text, 120, subsequent_indent=indent, break_on_hyphens=False)


def bars(results: Results) -> list[str]:
    """Whether Homeward is three times ahead of each peer, and where it is not."""
    by = {row.what: row.cells for row in rows(results)}
    httpx2 = by["in process: a call, p50, ms"]["floor"].best
    bare = by["in process: a call at best, ms"]["floor"].best
    measures = [
        ("start", BEGUN, 0.0),
        ("start in process", "in process: spawn until it can be called, s", 0.0),
        ("resident at the start", "resident then, MB", 0.0),
        ("resident after calls", "resident after the calls, MB", 0.0),
        ("resident in process", "in process: resident after the calls, MB", 0.0),
        ("overhead in process, over httpx2, p50", "in process: a call, p50, ms", httpx2),
        ("overhead as a server, over httpx2, p50",
         "as a server (stdio; the proxy HTTP): a call, p50, ms", httpx2),
    ]  # fmt: skip
    measures += [
        ("overhead in process, at best", "in process: a call at best, ms", bare),
        ("overhead as a server, at best", "as a server: a call at best, ms", bare),
    ]
    lines = [f"| Homeward ahead by (bar {TIMES}×) | of | times | |", "|---|---|---|---|"]
    for name, what, floor in measures:
        cells = by[what]
        if "Homeward" not in cells:
            continue
        ours = cells["Homeward"].best - floor
        for column, each in cells.items():
            if column in ("floor", "Homeward"):
                continue
            times = (each.best - floor) / ours
            verdict = "held" if times >= TIMES else "**not held**"
            verdict += "; Homeward loses" if times < 1 else ""
            lines.append(f"| {name} | {column} | {times:.1f} | {verdict} |")
    return lines


def special(results: Results) -> list[str]:
    """Beside those who do one thing only."""
    lines = ["| | Homeward | others |", "|---|---|---|"]
    if look := results.get("lookup"):
        ours = look["homeward"]
        others = "; ".join(
            f"{name} {each['p50']:.2f}, {each['p95']:.2f} ms, {each['recall']:.0%}"
            for name, each in look.items()
            if name != "homeward"
        )
        lines.append(
            "| nearest of 10,000 vectors: p50, p95, nearest found | "
            f"{ours['p50']:.2f}, {ours['p95']:.2f} ms, {ours['recall']:.0%} | {others} |"
        )
        lines.append(
            f"| exact look-up among 10,000 | {ours['exact']:.3f} ms | "
            "– (GPTCache with FAISS searches for exact repeats too) |"
        )
    hit, count = results["hits"], results["pairs"]
    for how, of in (("wrongly", "traps"), ("rightly", "rewordings")):
        others = "; ".join(
            f"{HITS[name]} {each[of]:.1%}" for name, each in hit.items() if name != "homeward"
        )
        what = f"semantic cache: served {how}, of {count[of]} {of}"
        lines.append(f"| {what} | {hit['homeward'][of]:.1%} | {others} |")
    if found := results.get("detectors"):
        lines += [_detected(corpus, found) for corpus in found["homeward"]]
    told = data()["router_apgr"]
    lines.append(
        f"| router, APGR (cited) | {told['homeward']} | RouteLLM: {told['routellm']}; "
        f"LiteLLM: {told['litellm']} |"
    )
    return lines


HITS = {
    "cosine": "cosine at 0.95",
    "gptcache": "GPTCache's evaluation at its default threshold",
    "llm-routing": "llm-routing's rule (0.98 and its veto)",
}


FAILED = {
    "llm-routing tool": "Four at once were enough: its event loop then waits in "
    "`execution_ledger.record_event` for a lock on its database (seen with py-spy)."
}


def _detected(corpus: str, scores: Mapping[str, Any]) -> str:
    def told(each: Mapping[str, float]) -> str:
        caught = f"{each['caught']:.1%} kept, " if each["core"] else ""
        flagged = f"{each['flagged']:.2%} flagged, " if each["clean"] else ""
        return f"{caught}{flagged}{each['ms']:.2f} ms/1,000 characters"

    ours = scores["homeward"][corpus]
    size = f"{ours['core']:.0f} with such data, {ours['clean']:.0f} without"
    others = "; ".join(
        f"{name.capitalize()} {told(each[corpus])}" for name, each in scores.items()
        if name != "homeward"
    )  # fmt: skip
    return f"| personal data and secrets, {corpus} ({size}) | {told(ours)} | {others or '–'} |"


def write(results: Results) -> None:
    """Put it all into bench/RESULTS.md."""
    loads = [each["load"] for part in ("starts", "calls") for one in results[part].values()
             for each in one]  # fmt: skip
    rounds = len(results["starts"]["homeward"])
    versions = [
        wrapped(
            f"- {name}: `{' '.join(told['install'])}`, {told['about']}. {told.get('note', '')}"
            + (f" Not installed: {results['missing'][name]}" if name in results["missing"] else ""),
            "  ",
        )
        for name, told in peers().items()
    ]
    asked = results["calls"].get("llm-routing tool", [{"asked": 1}])[0]["asked"]
    failures = [
        wrapped(
            f"- {name}, 16 at once: {', '.join(str(told['failed']) for told in each)} calls failed "
            f"in the rounds, which ended there: {each[0]['failures'][0]}. {FAILED.get(name, '')}",
            "  ",
        )
        for name, each in results["calls"].items()
        if any(told["failed"] for told in each)
    ]
    where = f"{results['date']}, {results['machine']}, {results['python']} on {results['system']}"
    load = f"{min(loads):.1f}–{max(loads):.1f} (median {statistics.median(loads):.1f})"
    text = [
        "# The race",
        "",
        wrapped(ABOUT),
        "",
        wrapped(
            f"{where}, {results['homeward']}; {rounds} round{'s' * (rounds > 1)}; the load of the "
            f"machine before each measurement was {load}. `{results['command']}`"
        ),
        "",
        "![Homeward beside its peers](../docs/assets/race.svg)",
        "",
        *table(results),
        "",
        "## The bars",
        "",
        *bars(results),
        "",
        "## Beside those who do one thing",
        "",
        *special(results),
        "",
        *(wrapped(f"- {each.format(asked=asked)}", "  ") for each in MORE),
        *failures,
        "",
        "## Versions",
        "",
        *versions,
        "",
    ]
    RESULTS.write_text("\n".join(text), encoding="utf-8")
