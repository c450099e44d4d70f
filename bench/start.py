"""From spawn to the answer of `initialize`, and memory at that point, beside a bare server.

Run: python -m bench.start [ROUNDS]
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "bench", "version": "0"},
    },
}
OURS = [str(Path(sys.executable).with_name("homeward")), "mcp"]
BARE = [sys.executable, "-m", "bench.bare_server"]


def spawn(command: list[str], home: str) -> tuple[float, float]:
    """Seconds to the answer, and resident megabytes when it came."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "HOMEWARD_HOME": home},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(INITIALIZE).encode() + b"\n")
    process.stdin.flush()
    answer = json.loads(process.stdout.readline())
    took = time.perf_counter() - began
    assert answer["result"]["serverInfo"]["name"]
    resident = resident_mb(process.pid)
    process.stdin.close()
    process.wait(5)
    process.stdout.close()
    return took, resident


def resident_mb(pid: int) -> float:
    """Resident megabytes of a running process (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def main(rounds: int = 15) -> None:
    ours: list[tuple[float, float]] = []
    bare: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as home:
        for turn in range(rounds + 1):
            pair = spawn(OURS, home), spawn(BARE, home)
            if turn:  # the first pair only warms the disk cache
                ours.append(pair[0])
                bare.append(pair[1])
    ratios = [a[0] / b[0] for a, b in zip(ours, bare, strict=True)]
    print(
        f"start to initialize: ours p50 {statistics.median(t for t, _ in ours):.3f} s, "
        f"bare p50 {statistics.median(t for t, _ in bare):.3f} s, "
        f"ratio p50 {statistics.median(ratios):.2f} (bar 1.3)"
    )
    print(
        f"resident then:       ours {statistics.median(m for _, m in ours):.0f} MB, "
        f"bare {statistics.median(m for _, m in bare):.0f} MB (bar 110 MB)"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
