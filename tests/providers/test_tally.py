"""What an attempt makes of a provider that plays chunks as it is told: counts, costs, and ends."""

from collections.abc import AsyncGenerator, Sequence

import pytest

from routing.errors import ProviderUnavailable
from routing.providers.protocol import Chunk, Offer
from routing.tally import Tally
from tests.providers.speaking import answered, prompt
from vocabulary import Finish, HomewardError, Money, Prompt, Usage

pytestmark = pytest.mark.anyio


class Scripted:
    """A second Provider, of no vendor: it plays chunks, or raises, as it is told."""

    name = "scripted"

    def __init__(self, *chunks: Chunk | Exception) -> None:
        self._chunks = chunks

    async def models(self) -> Sequence[Offer]:
        return ()

    async def stream(self, prompt: Prompt, *, model: str) -> AsyncGenerator[Chunk, None]:
        for chunk in self._chunks:
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk

    async def aclose(self) -> None: ...


async def test_a_refusal_on_the_way_out_is_neither_retried_nor_paid_for() -> None:
    refusal, tally = HomewardError("Not allowed."), Tally()

    with pytest.raises(HomewardError) as caught:
        await answered(Scripted(refusal), prompt(), tally=tally)

    assert caught.value is refusal
    assert tally.so_far is None


async def test_an_overload_reported_after_the_first_word_is_not_retried() -> None:
    overload = ProviderUnavailable("Busy.", provider="scripted", safe_to_retry=True)

    with pytest.raises(ProviderUnavailable) as caught:
        await answered(Scripted(Chunk(text="One"), overload), prompt())

    assert caught.value.partial is not None
    assert caught.value.partial.text == "One"
    assert not caught.value.safe_to_retry


async def test_a_provider_that_simply_stops_has_broken_off() -> None:
    with pytest.raises(ProviderUnavailable, match="broke off"):
        await answered(Scripted(Chunk(text="One")), prompt())


async def test_an_answer_that_nobody_counted_is_estimated() -> None:
    done = await answered(Scripted(Chunk(text="12345678"), Chunk(finish="stop")), prompt("1234"))

    assert not done.counted
    assert done.usage.output_tokens == 2
    assert done.usage.input_tokens == 1 + 4


async def test_an_estimate_counts_the_system_text_too() -> None:
    asked = prompt("1234", system="12345678")

    done = await answered(Scripted(Chunk(text="a", finish="stop")), asked)

    assert done.usage.input_tokens == 1 + 4 + 2 + 4


async def test_a_count_from_the_middle_of_an_answer_is_a_lower_bound() -> None:
    start = Chunk(usage=Usage(input_tokens=100, output_tokens=1, cached_tokens=90))
    broken = ProviderUnavailable("Gone.", provider="scripted")

    with pytest.raises(ProviderUnavailable) as caught:
        await answered(Scripted(start, Chunk(text="1234567890123456"), broken), prompt())

    assert caught.value.partial is not None
    assert not caught.value.partial.counted
    assert caught.value.partial.usage == Usage(input_tokens=100, output_tokens=4, cached_tokens=90)


@pytest.mark.parametrize("finish", ["length", "refusal"])
async def test_an_empty_answer_with_another_reason_is_an_answer(finish: Finish) -> None:
    done = await answered(Scripted(Chunk(finish=finish)), prompt())

    assert done.text == ""
    assert done.finish == finish


async def test_the_last_cost_and_model_named_are_the_ones_kept() -> None:
    done = await answered(
        Scripted(
            Chunk(text="a", model="asked"),
            Chunk(model="served", finish="stop", cost=None),
            Chunk(cost=Money(0)),
        ),
        prompt(),
    )

    assert done.model == "served"
    assert done.cost == 0


@pytest.mark.parametrize(
    ("said", "used", "counted"),
    [
        (Usage(input_tokens=2020, output_tokens=160), (2020, 160), True),
        (Usage(input_tokens=2021, output_tokens=2), (2020, 2), False),
        (Usage(input_tokens=5, output_tokens=161), (5, 160), False),
        (Usage(input_tokens=10**18, output_tokens=10**18), (2020, 160), False),
    ],
    ids=["within-reason", "too-much-read", "too-much-written", "absurd"],
)
async def test_a_count_beyond_reason_counts_as_far_as_it_could_be(
    said: Usage, used: tuple[int, int], counted: bool
) -> None:
    done = await answered(
        Scripted(Chunk(text="12345678", usage=said), Chunk(finish="stop")), prompt("1234")
    )

    assert (done.usage.input_tokens, done.usage.output_tokens) == used
    assert done.counting == ("counted" if counted else "disputed")


@pytest.mark.parametrize(
    ("said", "used"),
    [
        pytest.param(Usage(), (5, 2), id="nothing at all"),
        pytest.param(Usage(input_tokens=7), (7, 2), id="nothing written"),
        pytest.param(Usage(output_tokens=3), (5, 3), id="nothing read"),
    ],
)
async def test_a_count_of_nothing_for_what_is_there_is_none(
    said: Usage, used: tuple[int, int]
) -> None:
    done = await answered(
        Scripted(Chunk(text="12345678", usage=said), Chunk(finish="stop")), prompt("1234")
    )

    assert (done.usage.input_tokens, done.usage.output_tokens) == used
    assert done.counting == "estimated"


async def test_an_answer_of_nothing_is_counted_as_nothing() -> None:
    said = Usage(input_tokens=7)

    done = await answered(Scripted(Chunk(usage=said, finish="length")), prompt("1234"))

    assert (done.usage, done.counting) == (said, "counted")


async def test_a_count_that_its_provider_does_not_believe_is_a_lower_bound() -> None:
    said = Chunk(text="12345678", usage=Usage(input_tokens=9, output_tokens=1), believed=False)

    done = await answered(Scripted(said, Chunk(finish="stop")), prompt("1234"))

    assert done.usage == Usage(input_tokens=9, output_tokens=2)
    assert not done.counted


async def test_halves_of_a_character_reach_listener_and_completion_as_one() -> None:
    shown: list[str] = []

    async def show(piece: str) -> None:
        shown.append(piece)

    pieces = [Chunk(text=text) for text in ("a\ud83d", "\ude00", "\ud800")]
    done = await answered(Scripted(*pieces, Chunk(finish="stop")), prompt(), on_text=show)

    assert done.text == "a\U0001f600\ufffd"
    assert shown == ["a", "\U0001f600", "\ufffd"]


@pytest.mark.parametrize(
    "surprise",
    [AttributeError(), TypeError(), RecursionError(), OverflowError(), KeyError("x")],
    ids=lambda surprise: type(surprise).__name__,
)
async def test_whatever_a_provider_trips_over_is_an_answer_that_cannot_be_read(
    surprise: Exception,
) -> None:
    with pytest.raises(ProviderUnavailable, match="cannot be read") as caught:
        await answered(Scripted(Chunk(text="One"), surprise), prompt())

    assert caught.value.partial is not None
    assert caught.value.partial.text == "One"


@pytest.mark.parametrize(
    ("chunks", "written", "thought"),
    [
        pytest.param([Chunk(thought="Let me see. " * 20)], 60, 60, id="it had only thought"),
        pytest.param(
            [Chunk(thought="Let me see. " * 20), Chunk(text="One")], 61, 60, id="and begun"
        ),
        pytest.param(
            [Chunk(thought="Hm. ", usage=Usage(input_tokens=9, output_tokens=50))],
            50,
            1,
            id="the provider's own count is higher",
        ),
    ],
)
async def test_what_a_model_thought_before_it_broke_off_is_paid_for(
    chunks: list[Chunk], written: int, thought: int
) -> None:
    with pytest.raises(ProviderUnavailable) as caught:
        await answered(Scripted(*chunks), prompt())

    assert caught.value.partial is not None
    usage = caught.value.partial.usage
    assert (usage.output_tokens, usage.reasoning_tokens) == (written, thought)
    assert not caught.value.partial.counted
