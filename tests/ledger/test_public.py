"""What the room offers, and what it costs to walk in."""

import inspect
import subprocess
import sys

import ledger


def test_everything_offered_is_there_and_has_words() -> None:
    assert sorted(ledger.__all__) == ledger.__all__
    for name in ledger.__all__:
        offered = getattr(ledger, name)
        if inspect.isclass(offered) or inspect.isfunction(offered):
            assert offered.__doc__, name


def test_walking_in_loads_nothing_heavy() -> None:
    heavy = "('genai_prices', 'pydantic', 'httpx2', 'numpy', 'zoneinfo', 'sqlite3')"
    code = f"import sys, ledger; print([m for m in {heavy} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
