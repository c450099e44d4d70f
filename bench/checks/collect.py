"""Asks the embedded Gemma 3 270M the questions and keeps what it says in `answers.jsonl`.

    python -m bench.checks.collect [--models FOLDER]

For each question: the likeliest answer with the log-probabilities of its tokens, two more at
temperature 0.8, and whether the model holds the first for right. Times are of this machine.
Fifteen minutes on one busy core; needs the extra `embedded`.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import anyio
import httpx2

from bench.checks.questions import Row, rows
from routing.attempt import Timeouts, attempt
from routing.checks.verification import verification
from routing.errors import ProviderError
from routing.providers.gemma import GEMMA_NAME, GEMMA_STOP, GEMMA_TEMPLATE, gemma
from routing.providers.llamacpp import EmbeddedServer
from routing.providers.openai import OpenAICompatible
from routing.providers.vendors import vendors
from routing.tokens import estimate_tokens
from routing.values import Completion
from vocabulary import Message, Prompt

ANSWERS = Path(__file__).with_name("answers.jsonl")
_TOKENS, _WARM = 32, 0.8


async def main(folder: Path) -> None:
    server = EmbeddedServer(
        gemma(folder),
        alias=GEMMA_NAME,
        chat_template=GEMMA_TEMPLATE,
        stop=GEMMA_STOP,
        threads=1,
    )
    try:
        async with httpx2.AsyncClient(trust_env=False, verify=False) as client:
            speaker = OpenAICompatible(
                vendors()["llamacpp"], server.address, server.key, client, stop=GEMMA_STOP
            )
            lines = [await _row(speaker, row) for row in rows()]
    finally:
        server.close()
    ANSWERS.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


async def _row(speaker: OpenAICompatible, row: Row) -> str:
    prompt = Prompt(messages=(Message(role="user", text=row.question),), max_tokens=_TOKENS)
    answer, took = await _timed(speaker, prompt)
    warm = Prompt(messages=prompt.messages, max_tokens=_TOKENS, temperature=_WARM)
    samples = [await _timed(speaker, warm) for _ in range(2)]
    verdict, verified = await _timed(speaker, verification(row.question, answer.text))
    kept = {
        "question": row.question,
        "answer": answer.text,
        **({} if answer.finish == "stop" else {"finish": answer.finish}),
        "logprobs": [round(value, 2) for value in answer.logprobs],
        "samples": [sample.text for sample, _ in samples],
        "verdict": verdict.text,
        "verdict_logprob": round(verdict.logprobs[0], 3) if verdict.logprobs else None,
    }
    times = ", ".join(f"{each:.2f}" for each in (took, samples[0][1], verified))
    print(f"answer, sample, verdict: {times} s")
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


async def _timed(speaker: OpenAICompatible, prompt: Prompt) -> tuple[Completion, float]:
    """An answer, an empty one too, and how many seconds it took."""
    started = time.perf_counter()
    timeouts = Timeouts(first_token=60, between_tokens=60, total=90)
    count: Callable[[str], int] = estimate_tokens
    try:
        found = await attempt(speaker, prompt, model=GEMMA_NAME, timeouts=timeouts, count=count)
    except ProviderError as error:
        if error.partial is None:
            raise
        found = error.partial
    return found, time.perf_counter() - started


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--models", type=Path, default=Path("models"))
    anyio.run(main, parser.parse_args().models)
