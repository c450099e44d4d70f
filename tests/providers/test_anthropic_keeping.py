"""Anthropic is told to keep the beginning of a prompt only where that is likely to save."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from anthropic.types.message_create_params import MessageCreateParamsStreaming
from pydantic import TypeAdapter

from routing.providers.anthropic import AnthropicMessages
from routing.providers.prefixes import KEPT_S, Prefixes
from tests.clocks import Clock
from tests.providers.speaking import KEY, hear
from tests.providers.test_anthropic import STOP, VENDOR, Wire, end, start
from vocabulary import Message, Prompt

pytestmark = pytest.mark.anyio

RULES = "Answer in one word, and never say why. " * 150  # about 1,500 tokens
SHORT = "Answer in one word."
KEEP = {"type": "ephemeral"}
REQUEST: TypeAdapter[Any] = TypeAdapter(MessageCreateParamsStreaming)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wire() -> Wire:
    wire = Wire()
    wire.events = [start(), end("end_turn"), STOP]
    return wire


@pytest.fixture
async def claude(wire: Wire, clock: Clock) -> AsyncIterator[AnthropicMessages]:
    async with httpx2.AsyncClient(transport=wire) as client:
        prefixes = Prefixes(monotonic=clock)
        yield AnthropicMessages(VENDOR, VENDOR.address, KEY, client, prefixes=prefixes)


def talk(*said: str, system: str | None = None) -> Prompt:
    """A conversation, the person first."""
    turns = tuple(
        Message(role="assistant" if number % 2 else "user", text=text)
        for number, text in enumerate(said)
    )
    return Prompt(messages=turns, system=system, max_tokens=64)


async def kept(claude: AnthropicMessages, wire: Wire, asked: Prompt, model: str = "m") -> list[str]:
    """Where the request that this prompt becomes asks to keep what was until there."""
    await hear(claude.stream(asked, model=model))
    sent = json.loads(wire.sent[-1].content)
    REQUEST.validate_python(sent)
    places = [("system", sent.get("system"))]
    places += [(str(number), turn["content"]) for number, turn in enumerate(sent["messages"])]
    marked = []
    for place, content in places:
        if not isinstance(content, list):
            continue
        [block] = content
        assert block.pop("cache_control") == KEEP
        assert block.keys() == {"type", "text"}
        marked.append(place)
    return marked


async def test_what_is_sent_for_the_first_time_is_not_kept(
    wire: Wire, claude: AnthropicMessages
) -> None:
    assert await kept(claude, wire, talk("a", system=RULES)) == []


async def test_a_long_system_text_is_kept_from_its_second_time_on(
    wire: Wire, claude: AnthropicMessages
) -> None:
    for question, marked in (("a", []), ("b", ["system"]), ("c", ["system"])):
        assert await kept(claude, wire, talk(question, system=RULES)) == marked


async def test_a_conversation_is_kept_up_to_its_newest_turn_from_its_second_call_on(
    wire: Wire, claude: AnthropicMessages
) -> None:
    said = [RULES]
    for expected in ([], ["1"], ["3"], ["5"]):
        assert await kept(claude, wire, talk(*said, system=SHORT)) == expected
        said += ["an answer", "and then?"]


async def test_a_conversation_with_a_long_system_text_has_both_kept(
    wire: Wire, claude: AnthropicMessages
) -> None:
    await kept(claude, wire, talk("a", system=RULES))
    assert await kept(claude, wire, talk("a", "b", "c", system=RULES)) == ["system", "1"]


async def test_the_same_beginning_with_another_question_is_kept(
    wire: Wire, claude: AnthropicMessages
) -> None:
    await kept(claude, wire, talk(RULES, "b", "c"))
    assert await kept(claude, wire, talk(RULES, "b", "another question")) == ["1"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(talk("a", system=SHORT), talk("b", system=SHORT), id="too short"),
        pytest.param(talk("a"), talk("a", "b", "c"), id="a short conversation"),
        pytest.param(talk(RULES), talk(RULES), id="only its newest turn is long"),
        pytest.param(talk("a", system=RULES), talk("a", system="!" + RULES), id="one letter"),
        pytest.param(talk(RULES[:-1], "b", "c"), talk(RULES, "b", "c"), id="one letter in it"),
    ],
)
async def test_what_is_short_or_not_the_same_is_not_kept(
    first: Prompt, second: Prompt, wire: Wire, claude: AnthropicMessages
) -> None:
    await kept(claude, wire, first)
    assert await kept(claude, wire, second) == []


async def test_another_model_has_not_read_it(wire: Wire, claude: AnthropicMessages) -> None:
    await kept(claude, wire, talk("a", system=RULES), "one")
    assert await kept(claude, wire, talk("a", system=RULES), "other") == []


@pytest.mark.parametrize(
    ("later", "marked"), [(KEPT_S - 1, ["system"]), (KEPT_S, [])], ids=["in time", "too late"]
)
async def test_after_five_minutes_it_begins_anew(
    later: float, marked: list[str], wire: Wire, claude: AnthropicMessages, clock: Clock
) -> None:
    await kept(claude, wire, talk("a", system=RULES))
    clock.now += later
    assert await kept(claude, wire, talk("b", system=RULES)) == marked


async def test_a_call_that_was_not_answered_has_not_been_read(
    wire: Wire, claude: AnthropicMessages
) -> None:
    events, wire.events = (
        wire.events,
        [{"type": "error", "error": {"type": "overloaded_error", "message": "-"}}],
    )
    with pytest.raises(Exception, match="overloaded"):
        await kept(claude, wire, talk("a", system=RULES))
    wire.events = events
    assert await kept(claude, wire, talk("b", system=RULES)) == []


async def test_what_is_asked_is_word_for_word_the_same_with_and_without(
    wire: Wire, claude: AnthropicMessages
) -> None:
    asked = talk(RULES, "b", "c", system=RULES)
    for _ in range(2):
        await hear(claude.stream(asked, model="m"))
    plain, marked = (json.loads(sent.content) for sent in wire.sent)
    assert plain != marked
    marked["system"] = marked["system"][0]["text"]
    marked["messages"][1]["content"] = marked["messages"][1]["content"][0]["text"]
    assert plain == marked


def test_no_more_is_remembered_than_a_bound() -> None:
    prefixes = Prefixes()
    first = prefixes.of(talk("0", system=RULES), "m")
    prefixes.sent(first)
    for number in range(1100):
        prefixes.sent(prefixes.of(talk(str(number)), "m"))
    assert not prefixes.worth(talk("0", system=RULES), first).system


def test_texts_are_told_apart_wherever_they_are_cut() -> None:
    prefixes = Prefixes()
    cuts = [talk("ab", "c", "d"), talk("a", "bc", "d"), talk("abc", system="d"), talk("dabc")]
    wholes = {prefixes.of(prompt, "m").whole for prompt in cuts}
    assert len(wholes) == len(cuts)
    assert prefixes.of(talk("a"), "m").whole != Prefixes().of(talk("a"), "m").whole
