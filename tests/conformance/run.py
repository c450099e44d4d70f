"""Runs the official suite against our own server: `python -m tests.conformance.run`.

Over HTTP the server is the one that `homeward mcp` serves, with the suite's fixtures; over standard
input and output there is a bridge before it (`bridge`), for the suite speaks HTTP only.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.mcp_server.processes import free_port, wait_for

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "node_modules"
OLDEST_NODE = 22
"""The suite calls `fs.globSync`, which Node 20 lacks."""

FOLDER = re.compile(r"(?:server-)?(.+?)-\d{4}-\d\d-\d\dT.*")
"""How the suite names the folder of a scenario's results."""

Door = Literal["http", "stdio"]

NOT_OFFERED: Mapping[str, str] = {
    "server-sse-polling": "resuming a broken stream is optional, and 2026-07-28 has none",
}
"""Of what fails nothing is expected to. These scenarios look for what we do not offer.

Of itself the suite leaves out `tasks-*` and `sep-2640-skills-*`, which are extensions.
"""

NOT_ON_STDIO: Mapping[str, str] = {
    "server-session-lifecycle": "sessions are a header of HTTP",
    "server-sse-multiple-streams": "streams are of HTTP",
    "dns-rebinding-protection": "there is no Host and no Origin",
    "http-header-validation": "there are no headers",
    "http-custom-header-server-validation": "there are no headers",
    "server-stateless": "half of it are statuses of HTTP, which the bridge gives",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """One published version of the suite, and the protocol it is to speak (None: its own)."""

    package: str
    protocol: str | None

    @property
    def name(self) -> str:
        folder = MODULES / "@modelcontextprotocol" / self.package
        version = json.loads((folder / "package.json").read_text(encoding="utf-8"))["version"]
        return f"{version} {self.protocol or '2025-11-25'}"


SUITES = (
    Suite(package="conformance", protocol=None),
    Suite(package="conformance-next", protocol="2025-11-25"),
    Suite(package="conformance-next", protocol="2026-07-28"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one run came to: how many checks of each status, and those that are not as they should.

    `scenarios` counts what was run and applies; `status` is what the suite's process ended with.
    """

    scenarios: int
    checks: Mapping[str, int]
    unexpected: tuple[str, ...]
    status: int


def node() -> str:
    """A Node that is new enough: the one on the path, or the one that npm put beside the suite."""
    own = [str(path) for path in MODULES.glob("node-*/bin/node")]
    for command in filter(None, [shutil.which("node"), *own]):
        said = subprocess.run([command, "--version"], capture_output=True, text=True)
        if said.returncode == 0 and int(said.stdout.strip("v\n").split(".")[0]) >= OLDEST_NODE:
            return command
    raise RuntimeError(f"The conformance suite needs Node {OLDEST_NODE}; run `npm ci`.")


@contextmanager
def serving(door: Door, environ: Mapping[str, str]) -> Iterator[int]:
    """Our server with the fixtures behind one door; gives the port."""
    port = free_port()
    module = ["tests.conformance.serve", "http"] if door == "http" else ["tests.conformance.bridge"]
    process = subprocess.Popen(
        [sys.executable, "-m", *module, str(port)],
        cwd=ROOT,
        env=dict(environ),
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def run(suite: Suite, door: Door, port: int) -> Outcome:
    """Every scenario of the suite, against the server on `port`."""
    script = MODULES / "@modelcontextprotocol" / suite.package / "dist" / "index.js"
    wire = ["--spec-version", suite.protocol] if suite.protocol else []
    left_out = NOT_OFFERED if door == "http" else {**NOT_OFFERED, **NOT_ON_STDIO}
    command = [node(), str(script), "server", "--suite", "all"]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [*command, "--url", f"http://127.0.0.1:{port}/mcp", "-o", folder, *wire],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=240,
        )
        results = {
            path.parent.name: json.loads(path.read_text(encoding="utf-8"))
            for path in sorted(Path(folder).glob("**/checks.json"))
        }
    checks: Counter[str] = Counter()
    unexpected = []
    counted = 0
    for folder_name, found in results.items():
        scenario = FOLDER.fullmatch(folder_name)[1]  # type: ignore[index]  # as the suite names it
        if scenario in left_out:
            continue
        counted += 1
        for check in found:
            checks[check["status"]] += 1
            if check["status"] not in ("SUCCESS", "INFO"):
                said = check.get("errorMessage") or check.get("details")
                unexpected.append(f"{scenario}: {check['id']}: {check['status']}: {said}")
    return Outcome(
        scenarios=counted,
        checks=checks,
        unexpected=tuple(unexpected),
        status=done.returncode,
    )


def main() -> int:
    """Print the table of `docs/conformance.md`."""
    import os

    failed = 0
    print("| suite and protocol | over | scenarios | checks passed | not passed |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as home:
        environ = {**os.environ, "HOMEWARD_HOME": home, "OLLAMA_HOST": "http://127.0.0.1:9"}
        for door in ("http", "stdio"):
            with serving(door, environ) as port:  # type: ignore[arg-type]
                for suite in SUITES if door == "http" else SUITES[1:]:
                    outcome = run(suite, door, port)  # type: ignore[arg-type]
                    failed += len(outcome.unexpected)
                    print(
                        f"| {suite.name} | {door} | {outcome.scenarios} "
                        f"| {outcome.checks.get('SUCCESS', 0)} | {len(outcome.unexpected)} |"
                    )
                    for line in outcome.unexpected:
                        print(line, file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
