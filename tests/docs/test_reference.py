"""The generated pages say what the code says now."""

import pytest

from docs.generate import FOLDER, pages

PAGES = pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_what_the_code_says(name: str) -> None:
    written = (FOLDER / name).read_text(encoding="utf-8")
    assert written == PAGES[name], "Run `make docs`, or `python -m docs.generate`."


def test_every_page_of_the_reference_is_generated() -> None:
    assert {path.name for path in FOLDER.glob("*.md")} == set(PAGES)
