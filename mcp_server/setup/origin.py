"""Where this very Homeward was installed from, as its installer wrote it down (PEP 610).

The name alone says too little: on the public index it may be another program's.
"""

import json
from importlib.metadata import PackageNotFoundError, distribution
from urllib.parse import urlsplit
from urllib.request import url2pathname

from vocabulary import HomewardError


class UnknownOrigin(HomewardError):
    """Where Homeward came from cannot be told to a host."""


def recorded() -> str | None:
    """What our installer wrote into `direct_url.json`; None where it took us from an index."""
    try:
        return distribution("homeward").read_text("direct_url.json")
    except PackageNotFoundError:  # run from a folder; no installer has put it there
        return None


def origin(record: str | None) -> str | None:
    """What `uvx --from` takes to get the same again: a whole path or an address.

    None is an index. A repository is pinned to the commit that was installed.

    Raises:
        UnknownOrigin: the record cannot be read, or its address holds a password.
    """
    if record is None:
        return None
    try:
        said = json.loads(record)
        url = str(said["url"])
        parts = urlsplit(url)
        vcs = said.get("vcs_info")
        pinned = f"{vcs['vcs']}+{url}@{vcs['commit_id']}" if vcs else url
        inside = said.get("subdirectory")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnknownOrigin(
            "What Homeward was installed from cannot be read (direct_url.json).",
            fix="Install it again.",
        ) from error
    if parts.password is not None:
        raise UnknownOrigin(
            "The address that Homeward was installed from holds a password, which does not belong "
            "into a host's file.",
            fix="Install Homeward with pipx or `uv tool install`, and run `homeward setup` again.",
        )
    if vcs is None and parts.scheme == "file":
        return url2pathname(parts.path)
    return f"{pinned}#subdirectory={inside}" if inside else pinned
