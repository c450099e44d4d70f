"""Homeward's face towards assistants and people: MCP server, command line, settings and wiring."""

import sys
from pathlib import Path

# In the wheel the other rooms travel inside this package (`_bundled`): `cache`, `routing` and
# `whitelist` are names that other distributions install too, and would overwrite.
_bundled = Path(__file__).with_name("_bundled")
if _bundled.is_dir():
    sys.path.insert(0, str(_bundled))

__version__ = "0.1.0"
