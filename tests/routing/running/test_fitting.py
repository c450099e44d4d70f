"""What is left of a conversation that is too long for a model, and that it is said."""

import pytest

from routing.running.fitting import TURN_TOKENS, fit
from vocabulary import Message, Prompt

TURN = 10 + TURN_TOKENS


def count(text: str) -> int:
    """Ten tokens for any text."""
    return 10 if text else 0


def conversation(turns: int, *, system: str | None = None) -> Prompt:
    """Turns of the person and the model in turn; the last is the person's."""
    roles = ("user", "assistant") if turns % 2 else ("assistant", "user")
    return Prompt(
        messages=tuple(Message(role=roles[n % 2], text=f"turn {n}") for n in range(turns)),  # type: ignore[arg-type]  # literals
        system=system,
        max_tokens=100,
    )


def test_what_fits_is_left_as_it_is() -> None:
    prompt = conversation(5)

    fitted = fit(prompt, 100 + 5 * TURN, count)

    assert fitted is not None
    assert fitted.prompt is prompt
    assert fitted.dropped == ""


@pytest.mark.parametrize(
    ("room", "kept", "says"),
    [
        (4, ["turn 2", "turn 3", "turn 4"], "The first 2 of 5 turns were left out"),
        (3, ["turn 2", "turn 3", "turn 4"], "The first 2 of 5 turns were left out"),
        (2, ["turn 4"], "The first 4 of 5 turns were left out"),
        (1, ["turn 4"], "The first 4 of 5 turns were left out"),
    ],
)
def test_the_oldest_turns_go_first_and_what_is_left_begins_with_the_person(
    room: int, kept: list[str], says: str
) -> None:
    fitted = fit(conversation(5), 100 + room * TURN, count)

    assert fitted is not None
    assert [turn.text for turn in fitted.prompt.messages] == kept
    assert fitted.prompt.messages[0].role == "user"
    assert fitted.dropped.startswith(says)


def test_a_single_turn_that_is_left_out_is_told_in_the_singular() -> None:
    fitted = fit(conversation(2), 100 + TURN, count)

    assert fitted is not None
    assert fitted.dropped.startswith("The first of 2 turns was left out")


def test_the_system_text_and_everything_else_of_the_prompt_stay() -> None:
    fitted = fit(conversation(3, system="Be brief."), 100 + 2 * TURN, count)

    assert fitted is not None
    assert (fitted.prompt.system, fitted.prompt.max_tokens) == ("Be brief.", 100)
    assert [turn.text for turn in fitted.prompt.messages] == ["turn 2"]


@pytest.mark.parametrize("system", [None, "Be brief."])
def test_a_last_ask_that_does_not_fit_is_not_cut(system: str | None) -> None:
    needed = 100 + TURN * (2 if system else 1)

    assert fit(conversation(3, system=system), needed, count) is not None
    assert fit(conversation(3, system=system), needed - 1, count) is None
