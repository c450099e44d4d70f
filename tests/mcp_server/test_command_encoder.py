"""`homeward models` about the encoder: where it is, what it has read, what may be deleted."""

import json
from pathlib import Path

import pytest

from cache import SqliteAnswers
from cache.encoder import NAME, PRECISION
from cache.store import Entry, Vector
from tests.cache.conftest import WordEmbed, answer
from tests.homes import Home
from tests.mcp_server.commands import homeward

MADE = f"{NAME}-{PRECISION}"
SPACE = f"{NAME}@1110a243fdf4/{PRECISION}"
FOREVER = 1 << 50


@pytest.fixture
def own_models(home: Home) -> Path:
    """A models folder of this home alone, with the encoder in it."""
    models = home.places.models
    shared = models.resolve()
    models.unlink()
    models.mkdir()
    (models / MADE).symlink_to(shared / MADE)
    return models


def remains(models: Path, name: str = f"{NAME}-fp32") -> Path:
    place = models / name
    place.mkdir()
    (place / "model.onnx").write_bytes(bytes(3_000_000))
    return place


def keep(home: Home, question: str, space: str) -> None:
    values = WordEmbed().embed([question])[0].tobytes()
    store = SqliteAnswers(home.places.cache_database)
    store.put(
        Entry(
            key=question,
            scope="0" * 64,
            question=question,
            answer=answer(),
            created=0,
            expires=FOREVER,
            vector=Vector(space=space, values=values),
        )
    )
    store.close()


def test_it_says_which_encoder_where_and_how_many_answers_it_has_read(home: Home) -> None:
    keep(home, "today or never", SPACE)
    keep(home, "what is new today", "another/fp32")
    said = homeward(home, "models")
    assert said.status == 0
    assert f"Encoder {SPACE}, 24 MB in {home.places.models / MADE}\n" in said.out
    assert (
        "Stored answers with its vector: 1 of 2; the rest answer exact repeats only, or wait"
    ) in said.out
    assert "Not in use" not in said.out


def test_programs_get_the_same_as_json(home: Home, own_models: Path) -> None:
    old = remains(own_models)
    encoder = json.loads(homeward(home, "models", "--json").out)["encoder"]
    assert encoder == {
        "name": NAME,
        "ready": True,
        "why_not": None,
        "space": SPACE,
        "folder": str(own_models / MADE),
        "bytes": encoder["bytes"],
        "answers": {"stored": 0, "with_vector": 0},
        "unused": [{"folder": str(old), "bytes": 3_000_000}],
    }
    assert 20_000_000 < encoder["bytes"] < 30_000_000


def test_one_that_cannot_be_loaded_is_said_with_the_reason(home: Home, own_models: Path) -> None:
    (own_models / MADE).unlink()
    (own_models / MADE).mkdir()
    (own_models / MADE / "model.onnx").write_bytes(b"not a graph")
    said = homeward(home, "models")
    assert said.status == 0
    assert f"Encoder {NAME}: The encoder in {own_models / MADE} cannot be loaded." in said.out
    assert "Delete that folder" in said.out
    assert json.loads(homeward(home, "models", "--json").out)["encoder"]["ready"] is False


def test_a_cache_that_is_switched_off_has_no_encoder(home: Home) -> None:
    home.settings("[cache]\nenabled = false\n")
    assert "Encoder" not in homeward(home, "models").out
    assert json.loads(homeward(home, "models", "--json").out)["encoder"] is None


def test_what_older_versions_left_is_named_and_deleted(home: Home, own_models: Path) -> None:
    old, half = remains(own_models), remains(own_models, ".encoder-killed")
    said = homeward(home, "models").out
    assert f"Not in use: {old} (3 MB); `homeward models clean` deletes it." in said
    cleaned = homeward(home, "models", "clean")
    assert cleaned.status == 0
    assert cleaned.out == f"Deleted {half} (3 MB).\nDeleted {old} (3 MB).\n"
    assert [place.name for place in own_models.iterdir()] == [MADE]
    assert homeward(home, "models", "clean").out == "Nothing lies there that is not in use.\n"


def test_preparing_makes_it_once_and_says_where(home: Home) -> None:
    said = homeward(home, "models", "prepare")
    assert said.status == 0
    assert said.out == f"The encoder is ready in {home.places.models / MADE}\n"
