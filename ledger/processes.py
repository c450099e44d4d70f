"""Which process holds a reservation, and whether it is certainly gone."""

import os
import sys
from pathlib import Path


def this_process() -> str:
    """This process's name in the books: its number, and what tells it from a later namesake.

    On Linux that is the start time (in clock ticks since boot), the boot and the process
    namespace; elsewhere the number alone.
    """
    pid = os.getpid()
    return f"{pid} {_started(pid) or '-'} {_boot()} {_namespace()}"


def is_gone(owner: str) -> bool:
    """Whether the process is certainly not running any more; False where one cannot tell.

    Windows cannot tell: there `os.kill(pid, 0)` would end the process instead of asking. Nor can
    one container about another.
    """
    try:
        pid_text, started, boot, namespace = owner.split(" ")
        pid = int(pid_text)
    except ValueError:
        return True  # no process of ours writes such a name
    if sys.platform == "win32":
        return False
    if boot != _boot():
        return True
    if namespace != _namespace():
        return False
    if started != "-":
        return _started(pid) != started
    try:
        os.kill(pid, 0)
    except OSError as error:
        return isinstance(error, ProcessLookupError)
    return False


def _started(pid: int) -> str | None:
    """When a Linux process started; None where there is none, or it only waits to be reaped."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()  # proc(5): the name before it may hold anything
    return None if fields[0] in "ZX" else fields[19]


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return "-"


def _namespace() -> str:
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return "-"
