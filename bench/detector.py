"""What inspection costs: on ordinary text, and on the texts that are worst for it.

Run: python -m bench.detector [ROUNDS]. The floor is `sum(map(ord, text))` in the same run: what
anything costs that looks at each character of the same text once from Python.
"""

import base64
import gzip
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from whitelist import Detector

SIZE = 100_000
ORDINARY = Path(__file__).parent.parent / "docs"

# Repeated to fill the text: beginnings of everything that a finder looks for, and nothing else.
FILLS = (
    *("a", "1", " ", "\n", "(", "[", "\\", "%", "&", "<", "'", '"', "`", "=", "--", "a.", "a-b-"),
    *("4 ", "1-", "4_", "4,4,4,", "4444 ", "4444,", "4556 7375 ", "5555\n", "1234567\n", "> 4\n"),
    *("555-123-4567 ", "123-45-6789 ", "123 45 6789 ", "ssn 123", "1 2 3 4 5 6 7 8 9 0 1 2 ", "+1"),
    *("DE", "GB11", "DE89 3704 ", "de 20 ", "A1 ", "1.1.1.1.", "1.1.1.1 ", "::", "a:", "1:1:"),
    *("a@", "x@y.y.", "x@y.de ", "jo @ a.de ", " AT a.de", "a at b dot ", "[at]", "<at> "),
    *("http://", "://a:b", "://a:b@", "Basic ", "Bearer aaaaaaaaaaaa ", "cookie: sess", "key="),
    *("password=", "password is ", "password: ", "password:\n", "password to password ", "pw="),
    *("pass ", "secret:", "--token=", "token ", "api_key_", "пароль: ", "密码", "login a/"),
    *("curl -u ", "mysql -p", "docker login ", "machine a login b ", "a:1:a:a:", "$6$", "PIN: "),
    *("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "PuTTY-User-Key-File-2:"),
    *("eyJ", "eyJa.eyJa.", "sk-", "ghp_", "AKIA", "xox", "SG.", "EAA", "AC", "A" * 41 + "\n"),
    *("abandon ", "legal winner thank year ", "aaaaaaaaaaaaaa ", "aaaaaaaaaaaaaa\n"),
    *("%25", "%40", "%2", "&#", "&#64;", "&amp;", "\\u00", "\\u0040", "\\x41", "\\n"),
    *("QUFB", "GEZDGNBV", "6a6f", "41 ", "am9AYWNtZS5pbw== ", "H4sIAAAA", "\u200b1", "e\u0301"),
    *("é", "日本", "My name is ", "Mr. Ab", "passport ", "born ", "rue de la ", "12 Abc Def "),
)


def filled(seed: str) -> str:
    return (seed * (SIZE // len(seed) + 1))[:SIZE]


def encoded(text: str, times: int) -> str:
    """Base64 of the longest beginning that fits."""
    data = text[: int(SIZE * 0.74**times)].encode("utf-8")
    for _ in range(times):
        data = base64.b64encode(data)
    return data.decode("ascii")[:SIZE]


def adversarial() -> Iterator[tuple[str, str]]:
    rng = random.Random(3)
    for seed in FILLS:
        yield repr(seed), filled(seed)
    for name, letters in (
        ("base64", "ABCDEFGHabcdefgh01234567+/"),
        ("hex", "0123456789abcdef"),
        ("digits", "0123456789"),
        ("digits and marks", "0123456789 -.,/"),
        ("marks", "=:'\"/@.%&\\[](){}<>-_ a1"),
    ):
        yield f"random {name}", "".join(rng.choices(letters, k=SIZE))
    yield "random groups", " ".join(str(rng.randrange(4000, 6000)) for _ in range(SIZE // 5))
    for seed in ("password=", "4556 7375 ", "DE89 ", "%40", "\\u0040"):
        yield f"base64 of {seed!r}", encoded(filled(seed), 1)
    yield "base64 six times over", encoded(filled("password="), 6)
    yield "hex of 'password='", filled("password=")[: SIZE // 2].encode().hex()
    bomb = base64.b64encode(gzip.compress(b"password=" * 6_000_000, mtime=0)).decode("ascii")
    yield "a compressed bomb", bomb[:SIZE]
    many = base64.b64encode(gzip.compress(b"password=" * 6_000, mtime=0)).decode("ascii")
    yield "many compressed", filled(many + " ")


def ordinary() -> str:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(ORDINARY.rglob("*.md")))
    return (text * (SIZE // len(text) + 1))[:SIZE]


def looked_at(text: str) -> int:
    return sum(map(ord, text))


def cpu(work: Callable[[], object], rounds: int) -> float:
    """Seconds of the processor that `work` takes at best."""
    took = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return min(took)


def main(rounds: int = 3) -> None:
    began = time.process_time()
    detector = Detector()
    detector.detect("warm")
    loaded = time.process_time() - began

    text = ordinary()
    whole = cpu(partial(detector.detect, text), rounds)
    floor = cpu(partial(looked_at, text), rounds)
    prompts = [text[i : i + 1_000] for i in range(0, SIZE, 1_000)]
    each = cpu(lambda: [detector.detect(prompt) for prompt in prompts], rounds) / len(prompts)
    print(f"load: {loaded:.2f} s (bar 0.3)")
    print(f"ordinary 100 kB: {whole * 1e3:.0f} ms, {whole / floor:.0f} × the floor (bar 250 ms)")
    print(f"1,000 characters at a time: {each * 1e3:.2f} ms (bar 2 ms)")

    rows = []
    for name, attack in adversarial():
        took = cpu(partial(detector.detect, attack), rounds)
        rows.append((took, took / cpu(partial(looked_at, attack), rounds), name))
    rows.sort(reverse=True)
    print(
        f"{len(rows)} adversarial 100 kB: worst {rows[0][0]:.2f} s ({rows[0][1]:.0f} × the floor), "
        f"median {statistics.median(row[0] for row in rows):.2f} s (bar 0.5 s each)"
    )
    for took, ratio, name in rows[:5]:
        print(f"  {took:.2f} s, {ratio:3.0f} ×: {name}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
