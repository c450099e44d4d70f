"""The documentation as a site that works offline: `python -m docs.site` writes it to site/.

Pages link to files of the whole repository, a site holds one folder. So the pages are copied to
build/docs first, with every file they lead to, and the links are turned round.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parent.parent
STAGE = ROOT / "build" / "docs"
SITE = ROOT / "site"
BESIDE = "repository"
"""Where files from outside docs/ lie in the site."""
MODULES = ROOT / "node_modules"
MERMAID = MODULES / "@mermaid-js" / "tiny" / "dist" / "mermaid.tiny.js"
WORKER = MODULES / "iframe-worker" / "shim" / "index.js"
WORKER_ASKED = "https://unpkg.com/iframe-worker/shim"
"""What search needs where pages are opened from a folder; Zensical would have it fetched."""
PAGES = {".md", ".svg", ".png", ".css", ".js"}

_FENCE = re.compile(r"^(```+|~~~+).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(\]\()(?!\w+:|#)([^)#\s]+)((?:#[^)\s]*)?\))")
_ASKS = {"script": "src", "img": "src", "iframe": "src", "link": "href", "source": "src"}


def place_of(path: PurePosixPath) -> PurePosixPath:
    """Where a file of the repository lies in the site.

    Raises:
        ValueError: a folder that is no page.
    """
    if path == PurePosixPath("docs/decisions"):
        return PurePosixPath("reference/decisions.md")
    if (ROOT / path).is_dir():
        raise ValueError(f"{path} is a folder: link to a page in it")
    if path.is_relative_to("docs"):
        return path.relative_to("docs")
    return BESIDE / path


def staged(page: PurePosixPath, text: str) -> tuple[str, set[PurePosixPath]]:
    """A page as the site has it, and the files of the repository that it leads to."""
    found: set[PurePosixPath] = set()

    def turned(match: re.Match[str]) -> str:
        opening, target, rest = match.groups()
        path = PurePosixPath(os.path.normpath(page.parent / target))
        if not (ROOT / path).exists():
            raise ValueError(f"{page} links to {target}, which is not there")
        found.add(path)
        ours = os.path.relpath(place_of(path), place_of(page).parent)
        return f"{opening}{PurePosixPath(ours)}{rest}"

    pieces, end = [], 0
    for fence in _FENCE.finditer(text):
        pieces += [_LINK.sub(turned, text[end : fence.start()]), fence.group()]
        end = fence.end()
    return "".join([*pieces, _LINK.sub(turned, text[end:])]), found


def stage(to: Path = STAGE) -> None:
    """Copy every page, and what they lead to, into one folder."""
    shutil.rmtree(to, ignore_errors=True)
    waiting = [
        PurePosixPath(path.relative_to(ROOT).as_posix())
        for path in (ROOT / "docs").rglob("*")
        if path.suffix in PAGES and path.is_file()
    ]
    done: set[PurePosixPath] = set()
    while waiting:
        path = waiting.pop()
        if path in done or not (ROOT / path).is_file():
            continue
        done.add(path)
        copy = to / place_of(path)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".md":
            text, leads_to = staged(path, (ROOT / path).read_text(encoding="utf-8"))
            copy.write_text(text, encoding="utf-8")
            waiting += leads_to
        else:
            shutil.copyfile(ROOT / path, copy)
    shutil.copyfile(MERMAID, to / "assets" / MERMAID.name)


class _Asked(HTMLParser):
    """Addresses that a browser fetches by itself when it opens a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in _ASKS and told.get("rel") not in {"prev", "next", "canonical"}:
            self.addresses.append(told.get(_ASKS[tag]) or "")


def fetched_from_outside(site: Path = SITE) -> Iterator[tuple[str, str]]:
    """Each page with an address on another machine that opening it would ask."""
    for page in sorted(site.rglob("*.html")):
        asked = _Asked()
        asked.feed(page.read_text(encoding="utf-8"))
        for address in asked.addresses:
            if re.match(r"(?:\w+:)?//", address):
                yield page.relative_to(site).as_posix(), address


def bring_home(site: Path = SITE) -> None:
    """Let every page take the script of the search from beside it."""
    shutil.copyfile(WORKER, site / "assets" / "iframe-worker.js")
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        ours = PurePosixPath(os.path.relpath(site / "assets" / "iframe-worker.js", page.parent))
        page.write_text(text.replace(WORKER_ASKED, str(ours)), encoding="utf-8")


def build() -> int:
    """Write the site; 0 if every link and anchor leads somewhere and nothing asks outside."""
    if not (MERMAID.is_file() and WORKER.is_file()):
        print("Two scripts of the site come by npm. Run `make docs`.", file=sys.stderr)
        return 1
    try:
        stage()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    shutil.rmtree(SITE, ignore_errors=True)
    zensical = Path(sys.executable).parent / "zensical"
    done = subprocess.run([zensical, "build", "--strict", "--clean"], cwd=ROOT)
    if done.returncode == 0:
        bring_home()
    outside = list(fetched_from_outside())
    for page, address in outside:
        print(f"{page} asks {address}", file=sys.stderr)
    return done.returncode or int(bool(outside))


if __name__ == "__main__":
    sys.exit(build())
