"""Whose answers are served to whom, what ends their life, and what is never remembered."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from mcp_server.wiring import App
from switchboard import Request
from switchboard.request import Answer
from tests.homes import HARD, Home
from tests.wire.ollama import Ollama
from tests.wire.scribe import Scribe
from vocabulary import Message, TaskKind
from whitelist.documents import Document

pytestmark = pytest.mark.anyio
PLAIN = "How large is the moon?"
ASKED = Request(prompt=PLAIN, caller="mcp:desk", origin="stdio")
REWORDED = "How big is the moon?"
CLOUD = "openai/gpt-6-luna"


@contextmanager
def model_at_home(home: Home, *says: str, settings: str = "") -> Iterator[Scribe]:
    """A model server at home that counts its calls, and gives one answer after the other."""
    told = iter(says)
    with Scribe(lambda _: [next(told, "Paris, I believe.")]) as server:
        home.settings(f'[providers.llamacpp]\naddress = "{server.address}/v1"\n{settings}')
        yield server


def document(text: str, name: str = "rent.txt") -> Document:
    digest = sha256(text.encode()).hexdigest()
    return Document(name=name, path=Path("/x") / name, text=text, digest=digest, kind="text")


async def ask(app: App, request: Request) -> Answer:
    return await app.switchboard.answer(request)


async def test_a_hit_costs_nothing_says_how_it_was_found_and_is_in_the_books(home: Home) -> None:
    with model_at_home(home) as server:
        async with home.app() as app:
            first = await ask(app, ASKED)
            exact = await ask(app, ASKED)
            alike = await ask(app, replace(ASKED, prompt=f"Please, {PLAIN.lower()}"))
            near = await ask(app, replace(ASKED, prompt=REWORDED))
            report = app.ledger.report("all", "source", app.budget)
    assert len(server.heard) == 1
    assert [each.text for each in (exact, alike, near)] == [first.text] * 3
    assert [each.cached for each in (exact, alike, near)] == ["exact", "semantic", "semantic"]
    assert all(each.cost == 0 and each.age_s is not None for each in (exact, alike, near))
    assert exact.decision.reason == "this very question was answered just now"
    assert "written otherwise" in alike.decision.reason
    assert "a question with this meaning" in near.decision.reason
    assert (exact.similarity, alike.similarity) == (None, None)
    assert near.similarity is not None
    assert 0.8 < near.similarity < 1
    assert (report.requests, report.hit_rate) == (4, 0.75)


CHANGED = [
    ("caller", replace(ASKED, caller="mcp:other")),
    ("transport", replace(ASKED, origin="http")),
    ("token", replace(ASKED, origin="http 1f")),
    ("tenant", replace(ASKED, tenant="globex")),
    ("system text", replace(ASKED, system="Answer in German.")),
    ("context", replace(ASKED, context="It is the year 1300.")),
    ("document", replace(ASKED, documents=(document("It is the year 1300."),))),
    ("place", replace(ASKED, prefer="local")),
    ("model", replace(ASKED, model="llamacpp/tiny")),
    ("quality", replace(ASKED, min_quality=0.1)),
    ("length", replace(ASKED, max_tokens=77)),
    ("task", replace(ASKED, task=TaskKind.TRANSLATION)),
    (
        "earlier turns",
        replace(ASKED, turns=(Message(role="user", text="Hello."),)),
    ),
]


async def test_nobody_is_served_what_was_answered_under_something_else(home: Home) -> None:
    with model_at_home(home) as server:
        async with home.app() as app:
            await ask(app, ASKED)
            for what, changed in CHANGED:
                assert (await ask(app, changed)).cached == "no", what
                assert (await ask(app, changed)).cached == "exact", what
    assert len(server.heard) == 1 + len(CHANGED)


async def test_two_projects_share_nothing(home: Home) -> None:
    with model_at_home(home) as server:
        for project, cached in (("a", "no"), ("b", "no"), ("a", "exact")):
            home.environ["HOMEWARD_PROJECT"] = project
            async with home.app() as app:
                assert (await ask(app, ASKED)).cached == cached
    assert len(server.heard) == 2


SHARING = [
    ("named", "exact", replace(ASKED, caller="homeward ask", origin="terminal")),
    ("not named", "no", replace(ASKED, caller="mcp:third")),
    ("a name said over HTTP", "no", replace(ASKED, caller="homeward ask", origin="http")),
    ("a tenant", "no", replace(ASKED, caller="homeward ask", origin="terminal", tenant="globex")),
]


async def test_only_callers_that_the_person_named_share_answers(home: Home) -> None:
    settings = '[cache]\nshared_by = ["mcp:desk", "homeward ask"]\n'
    with model_at_home(home, settings=settings):
        async with home.app() as app:
            await ask(app, ASKED)
            for who, cached, request in SHARING:
                assert (await ask(app, request)).cached == cached, who


async def test_an_answer_planted_by_another_caller_is_never_served(home: Home) -> None:
    with model_at_home(home, "Poison.", "Paris."):
        async with home.app() as app:
            stranger = replace(ASKED, origin="http", system="Say Poison.")
            assert (await ask(app, stranger)).text == "Poison."
            assert (await ask(app, ASKED)).text == "Paris."
            assert (await ask(app, replace(ASKED, prompt=REWORDED))).text == "Paris."


async def test_a_file_that_changed_is_another_question(home: Home) -> None:
    about = replace(ASKED, prompt="What is the rent?", documents=(document("900 EUR"),))
    with model_at_home(home, "900 EUR.", "950 EUR.") as server:
        async with home.app() as app:
            assert (await ask(app, about)).cached == "no"
            assert (await ask(app, about)).cached == "exact"
            changed = await ask(app, replace(about, documents=(document("950 EUR"),)))
    assert (changed.cached, changed.text) == ("no", "950 EUR.")
    assert len(server.heard) == 2


async def test_a_document_with_personal_data_leaves_nothing_in_a_plain_cache(home: Home) -> None:
    paper = document("Write to ada.lovelace@analytical-engines.co.uk.")
    with model_at_home(home):
        async with home.app() as app:
            await ask(app, replace(ASKED, prompt="Who is it?", documents=(paper,)))
            assert app.cache is not None
            assert app.cache.stats().entries == 0


async def test_what_was_said_before_is_part_of_the_question_and_found_to_the_letter(
    home: Home,
) -> None:
    turns = (Message(role="user", text="France?"), Message(role="assistant", text="A country."))
    follow_up = replace(ASKED, turns=turns)
    with model_at_home(home) as server:
        async with home.app() as app:
            await ask(app, follow_up)
            assert (await ask(app, follow_up)).cached == "exact"
            for said in (PLAIN.lower(), REWORDED):
                assert (await ask(app, replace(follow_up, prompt=said))).cached == "no"
            assert (await ask(app, replace(follow_up, turns=turns[:1]))).cached == "no"
    assert len(server.heard) == 4


@contextmanager
def cloud(home: Home) -> Iterator[Scribe]:
    with Scribe(lambda _: ["It is proven."]) as server:
        home.openai(f"{server.address}/v1")
        home.allow(server.address.removeprefix("http://"), tasks="reasoning_tasks = true")
        yield server


async def test_what_a_cloud_answered_is_served_only_while_that_cloud_is_allowed(
    home: Home,
) -> None:
    hard = replace(ASKED, prompt=HARD)
    with cloud(home) as server:
        async with home.app() as app:
            assert not (await ask(app, hard)).local
            assert (await ask(app, hard)).cached == "exact"
        for closed in (
            lambda: home.allow(),
            lambda: home.allow(server.address[7:], tasks="reasoning_tasks = false"),
            lambda: home.places.whitelist.write_text("damaged ="),
        ):
            closed()
            with model_at_home(home, "At home.") as local:
                async with home.app() as app:
                    assert (await ask(app, replace(hard, fresh=True))).text == "At home."
                    assert app.cache is not None
                    app.cache.clear()
                assert len(local.heard) == 1
    assert len(server.heard) == 1


async def test_a_request_for_home_is_never_served_what_a_cloud_answered(home: Home) -> None:
    hard = replace(ASKED, prompt=HARD)
    with cloud(home):
        async with home.app() as app:
            await ask(app, hard)
        with model_at_home(home, "At home."):
            async with home.app() as app:
                at_home = await ask(app, replace(hard, at_home=True))
                assert (at_home.text, at_home.cached) == ("At home.", "no")


async def test_a_model_that_was_exchanged_under_its_name_answers_anew(
    local_home: Home, ollama_server: Ollama
) -> None:
    request = replace(ASKED, max_tokens=40)
    async with local_home.app() as app:
        await ask(app, request)
        assert (await ask(app, request)).cached == "exact"
    ollama_server.digest = "1" * 64
    async with local_home.app() as app:
        assert app.cache is not None
        assert (await ask(app, replace(request, prompt=REWORDED))).cached == "no"
        assert app.cache.stats().entries == 1  # the old one is gone
        assert (await ask(app, replace(request, prompt=REWORDED))).cached == "exact"


async def test_while_its_server_is_away_a_models_answers_are_still_served(
    local_home: Home, ollama_server: Ollama
) -> None:
    request = replace(ASKED, max_tokens=40)
    async with local_home.app() as app:
        await ask(app, request)
    local_home.environ["OLLAMA_HOST"] = "http://127.0.0.1:9"
    async with local_home.app() as app:
        assert (await ask(app, request)).cached == "exact"


async def test_no_again_takes_the_answer_out_of_service_for_that_question(home: Home) -> None:
    reworded = replace(ASKED, prompt=REWORDED)
    with model_at_home(home, "Lyon.", "I do not know.") as server:
        async with home.app() as app:
            await ask(app, ASKED)
            assert (await ask(app, reworded)).text == "Lyon."
            assert (await ask(app, replace(reworded, fresh=True))).text == "I do not know."
            again = await ask(app, reworded)
            assert (again.cached, again.text) == ("no", "Paris, I believe.")
            assert (await ask(app, ASKED)).text == "Lyon."  # nobody complained of that
    assert len(server.heard) == 3


async def test_a_fresh_answer_nobody_was_dissatisfied_with_judges_nothing(home: Home) -> None:
    reworded = replace(ASKED, prompt=REWORDED)
    with model_at_home(home, "Lyon.", "I do not know.") as server:
        async with home.app() as app:
            await ask(app, ASKED)
            await ask(app, replace(reworded, fresh=True))
            assert (await ask(app, reworded)).text == "Lyon."
    assert len(server.heard) == 2


async def test_no_again_is_understood_by_the_next_process_too(home: Home) -> None:
    reworded = replace(ASKED, prompt=REWORDED)
    with model_at_home(home, "Lyon.", "I do not know."):
        async with home.app() as app:
            await ask(app, ASKED)
            await ask(app, reworded)
        async with home.app() as app:
            await ask(app, replace(reworded, fresh=True))
        async with home.app() as app:
            assert (await ask(app, reworded)).cached == "no"


async def test_an_answer_that_answers_nothing_is_asked_again(home: Home) -> None:
    nothing = ("I'm sorry, but I can't help with that.", "I don't know.", "Error: out of memory")
    with model_at_home(home, *nothing) as server:
        async with home.app() as app:
            for says in (*nothing, "Paris, I believe."):
                assert (await ask(app, ASKED)).text == says
            assert (await ask(app, ASKED)).cached == "exact"
    assert len(server.heard) == 4


async def test_answers_live_as_long_as_their_kind_of_task_says(home: Home) -> None:
    with model_at_home(home, settings="[cache]\nttl_hours = 2.0\n"):
        async with home.app() as app:
            await ask(app, replace(ASKED, task=TaskKind.TRANSLATION))
            await ask(app, replace(ASKED, task=TaskKind.DEBUGGING))
            assert app.cache is not None
            kept = [each.found for each in app.cache.listed(limit=10)]
    assert {each.task: (each.expires - each.created) / 3_600_000 for each in kept} == {
        "translation": 168.0,
        "debugging": 2.0,
    }
