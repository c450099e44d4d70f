"""What the room shows, and what it costs to enter."""

import subprocess
import sys

import routing

HEAVY = {
    *("anthropic", "ollama", "openai", "httpx", "httpx2", "numpy", "genai_prices", "pydantic"),
    *("anyio", "tomllib", "onnxruntime", "torch"),
}


def test_every_public_name_is_there() -> None:
    assert [name for name in routing.__all__ if not hasattr(routing, name)] == []
    assert len(routing.__all__) == len(set(routing.__all__))


def test_entering_the_room_loads_nothing_heavy() -> None:
    loaded = "import sys, routing; print(*{name.partition('.')[0] for name in sys.modules})"
    result = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )
    assert HEAVY.isdisjoint(result.stdout.split())
