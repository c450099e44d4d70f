"""What other rooms may rely on: the names, and that importing them costs next to nothing."""

import subprocess
import sys

import whitelist

HEAVY = (
    *("anthropic", "ollama", "onnxruntime", "torch", "httpx", "httpx2", "re2", "phonenumbers"),
    *("tomlkit", "idna", "numpy", "mcp"),
)


def test_every_public_name_is_there() -> None:
    assert sorted(whitelist.__all__, key=lambda name: (not name.isupper(), name)) == list(
        whitelist.__all__
    )
    assert all(hasattr(whitelist, name) for name in whitelist.__all__)


def test_importing_the_room_imports_nothing_heavy() -> None:
    code = f"import whitelist, sys; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
