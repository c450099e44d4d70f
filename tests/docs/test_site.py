"""The site: every page can be found, every link leads somewhere, nothing asks another machine."""

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from docs.site import BESIDE, MERMAID, ROOT, SITE, fetched_from_outside, staged

CONFIGURED = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]


def named(nav: Any) -> Iterator[str]:
    """Every page of the navigation."""
    if isinstance(nav, str):
        yield nav
    else:
        for each in nav.values() if isinstance(nav, dict) else nav:
            yield from named(each)


def test_the_navigation_has_every_page_but_the_single_decisions() -> None:
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    wanted = {page for page in pages if not page.startswith("decisions/")}
    ours = [page for page in named(CONFIGURED["nav"]) if not page.startswith(f"{BESIDE}/")]
    assert sorted(ours) == sorted(wanted)


def test_links_out_of_the_documents_lead_to_copies_beside_them() -> None:
    text = "[it](../bench/README.md#figures) ![](routing-curve.svg) [web](https://semver.org)"
    turned, found = staged(PurePosixPath("docs/money.md"), text)
    assert turned == (
        "[it](repository/bench/README.md#figures) ![](routing-curve.svg) [web](https://semver.org)"
    )
    assert found == {PurePosixPath("bench/README.md"), PurePosixPath("docs/routing-curve.svg")}


def test_links_in_code_are_left_as_they_are() -> None:
    text = "```\n[x](../nowhere.md)\n```\n"
    assert staged(PurePosixPath("docs/money.md"), text) == (text, set())


def test_a_link_to_what_is_not_there_is_an_error() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        staged(PurePosixPath("docs/money.md"), "[x](nowhere.md)")


def test_an_address_elsewhere_that_a_browser_would_fetch_is_found(tmp_path: Path) -> None:
    page = '<link rel="stylesheet" href="//fonts.example/x.css"><a href="https://semver.org">x</a>'
    (tmp_path / "index.html").write_text(page, encoding="utf-8")
    assert list(fetched_from_outside(tmp_path)) == [("index.html", "//fonts.example/x.css")]


@pytest.mark.slow
def test_the_site_is_built_without_a_warning() -> None:
    assert MERMAID.is_file(), "run `npm ci`"
    done = subprocess.run(
        [sys.executable, "-m", "docs.site"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (SITE / "index.html").is_file()
