"""Measures every check, and trains what weighs them: `routing/checks/weights.json`.

    python -m bench.checks.train GSM8K_ANSWERS.CSV [--check]

GSM8K_ANSWERS.CSV has the columns prompt, weak_answer, weak_ok, strong_ok (Mixtral-8x7B and GPT-4 on
GSM8K, from lm-sys/RouteLLM, Apache-2.0). The other answers are our own (`answers.jsonl`). Figures
are of models trained on the other four fifths; what is written is trained on all. `--check` writes
nothing and fails if the file would differ.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from bench.checks.fitting import CHECKS, RISING, VIEWS, auroc, fit, folds, score
from bench.checks.rows import STAGES, Answer, gemma, gsm8k
from routing.checks.checking import Effort
from routing.checks.confidence import moved
from routing.checks.isotonic import Label
from routing.checks.isotonic import fit as calibrated

_WEIGHTS = files("routing.checks") / "weights.json"
_FAILED = -9.0
"""Log-odds of an answer that a check is certain about."""

_SAMPLE = 0.41
"""Mean seconds of a second sample by `collect` on one core; the answer itself took 0.55."""

_FORMED = ("add", "multiply", "divide", "forms")
"""Kinds whose answers can be checked by reckoning or parsing."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("gsm8k", type=Path)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    own, school = list(gemma()), list(gsm8k(given.gsm8k))
    for title, answers in (("Gemma 3 270M, own questions", own), ("Mixtral, GSM8K", school)):
        print(f"\n## {title}: {len(answers)} answers, {_wrong(answers).mean():.1%} wrong")
        _report_checks(answers)
        _report_signals(answers)
    _report_stages(own, school)
    _report_routing(school, own)
    weights = {
        name: {"weight": round(weight, 3), "centre": centre}
        for name, (weight, centre) in fit([*own, *school]).items()
    }
    text = json.dumps(weights, indent=1) + "\n"
    path = Path(str(_WEIGHTS))
    if given.check:
        return int(path.read_text(encoding="utf-8") != text)
    path.write_text(text, encoding="utf-8")
    return 0


def _wrong(answers: Iterable[Answer]) -> Any:
    return np.array([not answer.ok for answer in answers])


def _row(*cells: object) -> None:
    print("| " + " | ".join(map(str, cells)) + " |")


def _head(*titles: str) -> None:
    print()
    _row(*titles)
    _row(*("---" for _ in titles))


def _report_checks(answers: Sequence[Answer]) -> None:
    _head("check", "raised", "of them wrong", "certain", "of them wrong", "AUROC")
    wrong = _wrong(answers)
    for check in CHECKS:
        raised = np.array([any(f.check == check for f in a.failures) for a in answers])
        sure = np.array([any(f.check == check and f.certain for f in a.failures) for a in answers])
        if raised.any():
            shares = [f"{wrong[flag].mean():.0%}" if flag.any() else "–" for flag in (raised, sure)]
            found = f"{auroc(raised, wrong):.3f}"
            _row(check, raised.sum(), shares[0], sure.sum(), shares[1], found)


def _report_signals(answers: Sequence[Answer]) -> None:
    _head("signal", "answers with it", "AUROC of wrong")
    floor = auroc([answer.words for answer in answers], _wrong(answers))
    _row("floor: words in the answer", len(answers), f"{floor:.3f}")
    for name in sorted({name for answer in answers for name in answer.signals()} - set(CHECKS)):
        having = [answer for answer in answers if name in answer.signals()]
        wrong, sign = _wrong(having), -1.0 if name in RISING else 1.0
        if wrong.any() and not wrong.all():
            found = auroc([sign * answer.signals()[name] for answer in having], wrong)
            _row(name, len(having), f"{found:.3f}")


def _held_out(
    mine: Sequence[Answer], others: Sequence[Answer], known: Sequence[str], *, kinds: bool = False
) -> Any:
    """Log-odds of each of `mine`, by models trained on the other folds of it and on `others`.

    With `kinds` a fold is a whole kind of question.
    """
    fold, found = folds(len(mine)), np.zeros(len(mine))
    if kinds:
        fold = np.unique([answer.kind for answer in mine], return_inverse=True)[1]
    for part in range(fold.max() + 1):
        weights = fit([*others, *(a for a, f in zip(mine, fold, strict=True) if f != part)])
        for place in map(int, np.nonzero(fold == part)[0]):
            answer = mine[place]
            found[place] = _FAILED if answer.failed else score(weights, answer.signals(*known))
    return found


def _report_stages(own: Sequence[Answer], school: Sequence[Answer]) -> None:
    print("\n## All checks together, 5-fold")
    _head("answers", "known", "AUROC of wrong", "error of calibration, raw → own outcomes")
    plain = np.array([answer.kind not in _FORMED for answer in own])
    rest = [answer for answer in own if answer.kind not in _FORMED]
    for known in VIEWS:
        found, after = _held_out(own, school, known), " + ".join(known)
        _row("Gemma", after, f"{auroc(-found, _wrong(own)):.3f}", _calibration(own, found))
        _row(
            f"no sums or forms, {len(rest)}", after, f"{auroc(-found[plain], _wrong(rest)):.3f}", ""
        )
    found = _held_out(own, school, ("text", "logprobs"), kinds=True)
    held = f"{auroc(-found, _wrong(own)):.3f}"
    _row("Gemma, each kind by the others", "text + logprobs", held, "")
    found = _held_out(school, own, ("text",))
    _row("GSM8K", "text", f"{auroc(-found, _wrong(school)):.3f}", _calibration(school, found))
    foreign = fit(own)
    alone = [_FAILED if a.failed else score(foreign, a.signals()) for a in school]
    found = auroc(-np.array(alone), _wrong(school))
    _row("GSM8K, weights of Gemma's alone", "text", f"{found:.3f}", "")
    _report_policy(own, school)


def _calibration(answers: Sequence[Answer], found: Any) -> str:
    """Expected calibration error in ten bins, before and after calibrating on other folds."""
    base = float(np.mean([a.ok for a in answers]))
    raw = np.array([moved(base, float(by)) for by in found])
    fold, after = folds(len(answers), seed=1), raw.copy()
    for part in range(fold.max() + 1):
        learned = calibrated(
            Label(model="m", kind="", confidence=float(c), ok=float(a.ok))
            for a, c, f in zip(answers, raw, fold, strict=True)
            if f != part
        )
        for place in np.nonzero(fold == part)[0]:
            after[place] = learned.apply(float(raw[place]), model="m", kind="")
    return f"{_error(answers, raw):.3f} → {_error(answers, after):.3f}"


def _error(answers: Sequence[Answer], confidence: Any) -> float:
    ok = np.array([a.ok for a in answers], float)
    bins = np.minimum((confidence * 10).astype(int), 9)
    return float(
        sum(
            abs(ok[bins == b].mean() - confidence[bins == b].mean()) * (bins == b).mean()
            for b in range(10)
            if (bins == b).any()
        )
    )


def _report_policy(own: Sequence[Answer], school: Sequence[Answer]) -> None:
    """What is asked, and what it costs, when only doubt asks."""
    effort, base = Effort(), float(np.mean([answer.ok for answer in own]))
    failed = np.array([answer.failed for answer in own])
    for first, second in ((("text", "logprobs"), STAGES[:3]), (("text",), ("text", "sample"))):
        final, more = _held_out(own, school, first), _held_out(own, school, second)
        likely = np.array([moved(base, float(by)) for by in final])
        doubt = (likely > effort.hopeless) & (likely < effort.enough) & ~failed
        final[doubt] = more[doubt]
        _row(
            "Gemma",
            f"{' + '.join(first)}, a sample of {doubt.mean():.0%} in doubt",
            f"{auroc(-final, _wrong(own)):.3f}",
            f"{doubt.mean() * _SAMPLE:.2f} s",
        )


def _report_routing(school: Sequence[Answer], own: Sequence[Answer]) -> None:
    """APGR (RouteLLM's definition): the area under the share of the quality gap recovered."""
    print(
        "\n## Which answers go to GPT-4: area under the share of the gap recovered (random 0.5)\n"
    )
    _head("by", "APGR")
    held = _held_out(school, own, ("text",))
    for name, need in (
        ("prompt length", np.array([a.asked for a in school])),
        ("answer length", np.array([a.words for a in school])),
        ("checks, 5-fold", -held),
        ("oracle", np.array([(a.strong or 0.0) - a.ok for a in school])),
    ):
        _row(name, f"{_apgr(school, need):.3f}")


def _apgr(answers: Sequence[Answer], need: Any) -> float:
    gain = np.array([(a.strong or 0.0) - a.ok for a in answers])
    order = np.argsort(-need, kind="stable")
    ordered = need[order]
    ends = np.append(np.nonzero(np.diff(ordered))[0], len(need) - 1)
    share = np.append(0.0, (ends + 1) / len(need))
    got = np.append(0.0, np.cumsum(gain[order])[ends]) / gain.sum()
    return float(np.trapezoid(got, share))


if __name__ == "__main__":
    sys.exit(main())
