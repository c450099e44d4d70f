"""Where sqlite-vec is, the extension that compares vectors inside SQLite."""


def vector_extension() -> str | None:
    """What `Database(extension=…)` takes; None where sqlite-vec has no build for this machine."""
    try:
        import sqlite_vec
    except ImportError:
        return None
    return str(sqlite_vec.loadable_path())
