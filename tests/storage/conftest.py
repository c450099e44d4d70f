"""Databases in folders that a plain user meets."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

NOBODY = 65534


@pytest.fixture
def plain_folder() -> Iterator[Path]:
    """A folder in which file modes bind us even when the tests run as root, who may do anything."""
    root = os.geteuid() == 0
    folder = Path(tempfile.mkdtemp(prefix="homeward-storage-"))
    if root:
        os.chown(folder, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o700)
        shutil.rmtree(folder)
