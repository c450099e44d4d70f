"""Where sqlite-vec is, the extension that compares vectors inside SQLite."""

from importlib.util import find_spec
from pathlib import Path


def vector_extension() -> str | None:
    """What `Database(extension=…)` takes; None where sqlite-vec has no build for this machine.

    Found, not imported: the package's own module imports numpy, 20 MB that nothing here uses, and
    two threads that import numpy at once can each see half of it.
    """
    spec = find_spec("sqlite_vec")
    if spec is None or spec.origin is None:
        return None
    return str(Path(spec.origin).with_name("vec0"))
