"""Machines with hosts on them, as folders below a test's own."""

from dataclasses import dataclass, field
from pathlib import Path

from mcp_server.setup.launch import Launch
from mcp_server.setup.locate import Host, Target, installed, known

LAUNCH = Launch(command="/home/you/.local/bin/homeward")
HOSTS = {host.id: host for host in known()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A person's home on some platform, and the variables that are set there."""

    home: Path
    platform: str = "linux"
    environ: dict[str, str] = field(default_factory=dict)

    def has(self, *folders: str) -> "Machine":
        for folder in folders:
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        return self

    def targets(self) -> dict[str, list[str]]:
        """The files of the hosts that are found, below home, by host."""
        found: dict[str, list[str]] = {}
        for target in installed(self.environ, self.home, self.platform):
            shown = target.file.relative_to(self.home).as_posix()
            found.setdefault(target.host.id, []).append(shown)
        return found


def target(file: Path, host: str | Host = "cursor") -> Target:
    return Target(host=HOSTS[host] if isinstance(host, str) else host, file=file)
