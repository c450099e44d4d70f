"""One answer checked: the cheapest first, no more than doubt takes, and nothing that can crash."""

import math
from collections.abc import Callable

import anyio
import pytest

from routing.checks import FREE, Checked, Effort, Question, check
from routing.checks.checking import Ask
from routing.checks.confidence import evidence, moved, weights
from routing.checks.hard import CHECKS
from routing.values import Completion
from tests.routing.checks.asking import completion, prompt
from vocabulary import HomewardError, Prompt

pytestmark = pytest.mark.anyio

ASKED = "What is the capital of Peru?"
DOUBT = (-0.9, -0.9)
SURE = (-0.001, -0.001)
EFFORT = Effort(samples=1, verify=True)


class Model:
    """Gives these answers in turn, and remembers what it was asked."""

    def __init__(self, *answers: Completion | Exception | None) -> None:
        self._answers = list(answers)
        self.asked: list[Prompt] = []

    async def __call__(self, asked: Prompt) -> Completion | None:
        self.asked.append(asked)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def checked(
    answer: Completion,
    ask: Ask | None = None,
    *,
    effort: Effort = EFFORT,
    prior: float = 0.5,
    calibrate: Callable[[float], float] = lambda confidence: confidence,
) -> Checked:
    question = Question(text=ASKED, prior=prior)
    return await check(
        question, answer, prompt=prompt(ASKED), ask=ask, effort=effort, calibrate=calibrate
    )


async def test_a_certain_failure_ends_it() -> None:
    model = Model()

    found = await checked(completion("I'm sorry, but I can't help with that."), model)

    assert found.failed
    assert found.confidence < 0.05
    assert model.asked == []
    assert found.says == "Checked: The model declined to answer."


async def test_a_sure_model_is_not_asked_again() -> None:
    model = Model()

    found = await checked(completion("Lima.", logprobs=SURE), model, prior=0.8)

    assert found.confidence > 0.85
    assert model.asked == []
    assert "sure of its words" in found.says


async def test_what_is_said_follows_the_signals() -> None:
    answer = completion("Lima or Arequipa", logprobs=(-1.5, -1.5))
    one = Effort(samples=1, verify=False, hopeless=0.0)

    found = await checked(answer, Model(completion("Lima or Cuzco")), effort=one)

    assert found.says.startswith("Checked: nothing wrong found; the model was unsure of its words;")
    assert "a second answer agrees in part" in found.says
    assert found.says.endswith("% likely to be good enough.")


async def test_a_sum_is_reckoned_and_not_asked_about() -> None:
    model, asked = Model(), "What is 8 x 2?"

    found = await check(
        Question(text=asked),
        completion("8 x 2 = 16."),
        prompt=prompt(asked),
        ask=model,
        effort=EFFORT,
    )

    assert found.confidence > 0.9
    assert found.says.startswith("Checked: the sum comes out. 9")
    assert model.asked == []


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("Peru is the capital.", "it only says words of the question"),
        ("I'm not sure, perhaps Lima.", "it doubts itself"),
        ("Cuzco. Wait, it is Lima.", "it contradicts itself"),
    ],
)
async def test_what_speaks_against_an_answer_is_said(answer: str, says: str) -> None:
    assert says in (await checked(completion(answer))).says


async def test_a_sum_that_does_not_come_out_is_told() -> None:
    asked = "Ann has 3 bags of 4 apples. How many is that?"
    answer = completion("She has 3 * 4 = 13 apples.")

    found = await check(Question(text=asked), answer, prompt=prompt(asked))

    assert found.confidence < 0.3
    assert "a sum in it does not come out" in found.says


async def test_doubt_asks_for_a_second_sample_and_then_for_a_verdict() -> None:
    model = Model(completion("Quito."), completion("No.", logprobs=(-0.1,)))

    found = await checked(completion("Lima.", logprobs=DOUBT), model)

    sample, verdict = model.asked
    assert sample.messages == prompt(ASKED).messages
    assert sample.temperature == 0.8
    assert "Lima." in verdict.messages[0].text
    assert found.signals["agreement"] == 0
    assert found.signals["verified"] == pytest.approx(0.5 - math.exp(-0.1) / 2)
    assert "says otherwise" in found.says
    assert "holds it for wrong" in found.says


async def test_agreement_raises_the_confidence_and_disagreement_lowers_it() -> None:
    answer = completion("Lima.", logprobs=DOUBT)
    one = Effort(samples=1, verify=False)

    alone = await checked(answer)
    agreed = await checked(answer, Model(completion("It is Lima")), effort=one)
    differed = await checked(answer, Model(completion("Quito")), effort=one)

    assert differed.confidence < alone.confidence < agreed.confidence


async def test_a_long_answer_is_not_sampled_again() -> None:
    model = Model(completion("Yes."))

    await checked(
        completion(
            f"Lima is the capital. {', '.join(map(str, range(2000, 2060)))} were good years."
        ),
        model,
    )

    assert len(model.asked) == 1
    assert "Proposed answer" in model.asked[0].messages[0].text


async def test_nothing_is_asked_where_no_effort_is_allowed() -> None:
    model = Model()

    await checked(completion("Lima.", logprobs=DOUBT), model, effort=FREE)

    assert model.asked == []


@pytest.mark.parametrize(
    "given",
    [
        None,
        HomewardError("No money left."),
        ValueError("broken"),
        completion(""),
        completion("Perhaps"),
    ],
)
async def test_a_second_opinion_that_fails_changes_nothing(
    given: Completion | Exception | None,
) -> None:
    one = Effort(samples=0, verify=True)
    answer = completion("Lima.", logprobs=DOUBT)

    found = await checked(answer, Model(given), effort=one)

    assert found == await checked(answer)


@pytest.mark.parametrize(
    "given", [None, completion("No.", finish="refusal"), HomewardError("No money left.")]
)
async def test_a_second_sample_that_is_none_changes_nothing(
    given: Completion | HomewardError | None,
) -> None:
    one = Effort(samples=1, verify=False)
    answer = completion("Lima.", logprobs=DOUBT)

    assert await checked(answer, Model(given), effort=one) == await checked(answer)


async def test_signals_that_cannot_be_had_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*given: object) -> dict[str, float]:
        raise RecursionError

    monkeypatch.setattr("routing.checks.checking.text_signals", stumble)
    assert set((await checked(completion("Lima.", logprobs=(-0.1,)))).signals) == {
        *("logprob_mean", "logprob_first", "logprob_unlikely", "logprob_min", "logprob_sum")
    }


async def test_a_cancellation_passes() -> None:
    async def hang(asked: Prompt) -> Completion | None:
        await anyio.sleep_forever()
        raise AssertionError

    with anyio.move_on_after(0.01) as waiting:
        await checked(completion("Lima.", logprobs=DOUBT), hang)

    assert waiting.cancelled_caught


async def test_the_prior_is_where_the_evidence_starts() -> None:
    answer = completion("Lima.", logprobs=DOUBT)

    low, high = [await checked(answer, prior=prior) for prior in (0.2, 0.8)]

    assert low.confidence < high.confidence
    assert low.evidence == high.evidence
    assert high.confidence == moved(0.8, high.evidence)


async def test_the_confidence_is_calibrated_but_not_that_in_a_failure() -> None:
    assert (await checked(completion("Lima."), calibrate=lambda _: 0.6)).confidence == 0.6
    assert (await checked(completion(""), calibrate=lambda _: 0.6)).confidence < 0.05


async def test_a_failure_that_is_not_certain_counts_against_it() -> None:
    plain = await checked(completion("Lima."))
    left = await checked(completion("Lima.<|im_end|>"))

    assert not left.failed
    assert left.confidence < plain.confidence
    assert "Control tokens" in left.says


@pytest.mark.parametrize("prior", [-1.0, 0.0, 1.0, 7.0])
def test_no_prior_is_beyond_evidence(prior: float) -> None:
    assert 0 < moved(prior, 0.0) < 1


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e300])
def test_evidence_is_bounded_whatever_a_signal_holds(value: float) -> None:
    assert abs(evidence({"logprob_mean": value})) <= 4


def test_signals_that_are_not_there_say_nothing() -> None:
    assert evidence({}) == 0
    assert evidence({"unheard of": 5.0}) == 0


def test_every_check_has_a_weight_that_counts_against_the_answer() -> None:
    named = {
        *("empty", "refusal", "cut_off", "repetition", "echo", "template", "json", "code"),
        *("form", "arithmetic", "language"),
    }
    assert len(CHECKS) == 14
    assert all(weights()[name][0] < 0 for name in named)


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        *[(name, 1) for name in ("logprob_mean", "logprob_min", "agreement", "verified")],
        *[(name, -1) for name in ("sums_wrong", "adds_nothing", "hedges", "turns")],
    ],
)
def test_signals_count_in_the_direction_that_they_must(name: str, sign: int) -> None:
    assert weights()[name][0] * sign > 0
