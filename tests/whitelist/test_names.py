"""The finder for names asks a model that is here, and says what is missing where none is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from whitelist import Detector
from whitelist.detector.names import Library, Names, names_finder
from whitelist.errors import Unusable


def test_what_a_model_names_counts_as_persons_and_addresses() -> None:
    def ask(text: str) -> Iterator[tuple[str, int, int]]:
        yield "PERSON", 0, text.index(" lives")
        yield "street address", text.index("Ockham"), len(text)
        yield "LOCATION", 0, 3

    found = Detector((Names(ask),)).detect("Ada Lovelace lives in Ockham Park")
    assert [(item.kind, item.start, item.end) for item in found.items] == [
        ("PERSON", 0, 12),
        ("ADDRESS", 22, 33),
    ]


@pytest.mark.parametrize("library", ["presidio", "gliner"])
def test_a_library_that_is_not_installed_is_named_with_its_extra(
    library: Library, tmp_path: Path
) -> None:
    with pytest.raises(Unusable) as raised:
        names_finder(library, str(tmp_path))
    assert f'pip install "homeward[{library}]"' in raised.value.fix


def test_a_model_that_is_not_on_this_machine_is_refused_not_fetched(tmp_path: Path) -> None:
    with pytest.raises(Unusable) as raised:
        names_finder("presidio", str(tmp_path / "none"), installed=lambda module: True)
    assert "downloads none" in raised.value.fix
