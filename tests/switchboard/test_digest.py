"""Documents larger than a local context: read in parts, noted, answered; all of it at home."""

from dataclasses import replace
from pathlib import Path

import pytest

from switchboard import Answer, InvalidRequest, Request
from switchboard.digest import Room, digest
from switchboard.request import Decision, OnText
from tests.homes import Home
from tests.wire.scribe import Scribe
from vocabulary import Money, TaskKind, Usage
from whitelist.documents import Document

pytestmark = pytest.mark.anyio

LINES = [f"On day {day} the ship sailed {day * 7} miles and met nobody." for day in range(400)]
LOG = Document(
    name="log.txt", path=Path("/x/log.txt"), text="\n".join(LINES), digest="", kind="text"
)
ASKED = Request(prompt="How far did the ship sail?", documents=(LOG,))


def words(text: str) -> int:
    return len(text.split())


def answered(text: str) -> Answer:
    decision = Decision(
        task=TaskKind.SUMMARISATION,
        complexity=0.5,
        signals=(),
        profile="balanced",
        strategy="complexity",
        reason="",
    )
    return Answer(
        request_id="r",
        text=text,
        provider="ollama",
        model="small",
        local=True,
        cached="no",
        finish="stop",
        usage=Usage(input_tokens=10, output_tokens=2),
        counted=True,
        cost=Money(0),
        baseline=Money(0),
        total_ms=5,
        decision=decision,
    )


class Reader:
    """Answers a request by a rule of its own, and remembers what it was asked."""

    def __init__(self, note: str = "noted") -> None:
        self.note = note
        self.asked: list[Request] = []
        self.steps: list[str] = []

    async def ask(self, request: Request, on_text: OnText | None) -> Answer:
        self.asked.append(request)
        if request.prompt == ASKED.prompt:
            if on_text is not None:
                await on_text("in all")
            return answered("in all")
        return answered(self.note)

    async def step(self, sentence: str) -> None:
        self.steps.append(sentence)

    async def digest(self, request: Request = ASKED, *, context: int = 1000) -> Answer:
        room = Room(context=context, answer_tokens=2048, count=words)
        return await digest(request, room, self.ask, on_text=None, on_step=self.step)


async def test_every_line_is_read_once_in_order_and_the_notes_are_answered_from() -> None:
    reader = Reader()
    answer = await reader.digest()
    *parts, last = reader.asked
    assert len(parts) > 3
    seen = "\n".join(document.text for part in parts for document in part.documents)
    places = [seen.find(line) for line in LINES]
    assert -1 not in places
    assert places == sorted(places)
    assert [document.name for document in last.documents] == ["notes on log.txt"]
    assert last.documents[0].text.count("noted") == len(parts)
    assert last.prompt == ASKED.prompt
    assert answer.text == "in all"
    assert answer.usage.input_tokens == 10 * len(reader.asked)
    assert answer.notices == (f"Read in {len(parts)} parts, and answered from notes on them.",)


async def test_every_part_fits_beside_the_question_and_its_answer() -> None:
    reader = Reader()
    await reader.digest()
    for request in reader.asked:
        read = sum(words(document.text) for document in request.documents)
        assert read + words(request.prompt) + (request.max_tokens or 0) < 1000


async def test_nothing_of_it_may_leave_whatever_was_asked_for() -> None:
    reader = Reader()
    await reader.digest(replace(ASKED, prefer="auto", system="Be brief."))
    assert {request.prefer for request in reader.asked} == {"local"}
    assert {request.system for request in reader.asked} == {"Be brief."}
    assert all(request.documents for request in reader.asked)


async def test_how_far_it_has_come_is_told() -> None:
    reader = Reader()
    await reader.digest()
    parts = len(reader.asked) - 1
    assert reader.steps[0] == f"reading part 1 of {parts}"
    assert reader.steps[parts - 1] == f"reading part {parts} of {parts}"
    assert reader.steps[-1] == "answering from the notes"


async def test_notes_that_are_too_long_themselves_are_noted_again() -> None:
    reader = Reader(note="a long note " * 25)
    await reader.digest(context=900)
    names = [request.documents[0].name for request in reader.asked]
    assert names.count("log.txt") < len(names) - 1
    assert set(names) == {"log.txt", "notes on log.txt"}


async def test_a_model_that_never_gets_to_the_point_does_not_keep_it_going_for_ever() -> None:
    reader = Reader(note="word " * 5000)
    await reader.digest()
    assert len(reader.asked) < 2000


async def test_a_document_that_fits_once_the_answer_is_shorter_is_read_at_once() -> None:
    short = replace(LOG, text="\n".join(LINES[:10]))
    reader = Reader()
    answer = await reader.digest(replace(ASKED, documents=(short,)))
    assert [request.documents for request in reader.asked] == [(short,)]
    assert answer.notices == ()


async def test_a_prompt_that_leaves_no_room_is_refused_before_any_model_is_asked() -> None:
    reader = Reader()
    with pytest.raises(InvalidRequest, match="no part of the document fits"):
        await reader.digest(replace(ASKED, system="word " * 700))
    assert reader.asked == []


async def test_over_the_whole_path_a_local_model_reads_all_of_it_in_parts(home: Home) -> None:
    with Scribe(lambda said: ["in all"] if "notes on" in said else ["nothing"]) as local:
        home.settings(
            f'[providers.llamacpp]\naddress = "{local.address}/v1"\n'
            '[models."llamacpp/tiny"]\ncontext = 2048\n'
        )
        async with home.app() as app:
            answer = await app.switchboard.answer(ASKED)
            rows = app.database.rows("select local, outcome from attempts")
    assert answer.text == "in all"
    assert len(local.heard) == len(rows) > 4
    assert set(rows) == {(1, "ok")}
    assert all(any(line in heard for heard in local.heard) for line in LINES)
