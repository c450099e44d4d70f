"""Numbered steps that bring a database file to today's shape; applied once, never edited.

A step is a function of one open connection inside a transaction. `HOME` shapes the file that must
never lose a line (ledger, proposals, consent, tickets); `CACHE` shapes the file that may be thrown
away.
"""

from collections.abc import Callable

import apsw

from storage.migrations import (
    m001_cache,
    m001_home,
    m002_cache,
    m002_home,
    m003_cache,
    m003_home,
    m004_home,
    m005_home,
    m006_home,
)

Migration = Callable[[apsw.Connection], None]

HOME: tuple[Migration, ...] = (
    m001_home.up,
    m002_home.up,
    m003_home.up,
    m004_home.up,
    m005_home.up,
    m006_home.up,
)
CACHE: tuple[Migration, ...] = (m001_cache.up, m002_cache.up, m003_cache.up)
