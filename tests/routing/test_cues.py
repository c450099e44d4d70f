"""The table of cues says what it means to say."""

import re

import pytest

from routing.ask import Ask
from routing.cues import cues, read_cues
from routing.hearing import hear
from vocabulary import TaskKind

TABLE = cues()


def heard(*words: str, opens: tuple[int, ...] = ()) -> dict[str, float]:
    ask = Ask(
        words=words,
        opens=tuple(at in opens for at in range(len(words))),
        chars=0,
        sentences=1,
        questions=0,
        items=0,
    )
    return {name: found.strength for name, found in hear(ask, TABLE).items()}


def test_every_task_but_the_default_has_a_cue() -> None:
    spoken_for = {cue.task for cue in TABLE.all.values()}
    assert set(TaskKind) - spoken_for == {TaskKind.SIMPLE_COMPLETION}


def test_every_phrase_can_be_met_in_a_text() -> None:
    """Words are lower-case runs of letters and digits; anything else in a phrase never matches."""
    words = {word for cue in TABLE.all.values() for phrase in cue.phrases for word in phrase}
    words |= {word for cue in TABLE.all.values() for word in cue.verbs | cue.nouns}
    words |= {word for group in TABLE.words.values() for phrase in group for word in phrase}
    words -= {"👍", "✅"}
    assert [w for w in words if w != w.lower() or not re.fullmatch(r"[^\W_]+", w)] == []


@pytest.mark.parametrize("name", TABLE.curve)
def test_a_curve_rises_from_left_to_right(name: str) -> None:
    sizes, weights = zip(*TABLE.curve[name], strict=True)
    assert list(sizes) == sorted(set(sizes))
    assert list(weights) == sorted(weights)


def test_a_word_counts_in_full_where_it_opens_a_sentence_and_half_elsewhere() -> None:
    assert heard("translate", "it", opens=(0,)) == {"translation": 1.0}
    assert heard("they", "translate", "it") == {"translation": 0.5}


def test_a_phrase_counts_in_full_anywhere() -> None:
    assert heard("well", "step", "by", "step") == {"analysis": 1.0}
    assert heard("step", "by", "foot") == {}


def test_a_verb_needs_its_noun_within_reach() -> None:
    assert heard("compose", "a", "sonnet") == {"invention": 1.0}
    assert heard("compose", *["very"] * 9, "sonnet") == {}


def test_the_strongest_of_several_mentions_counts() -> None:
    assert heard("we", "translate", "or", "translate", opens=(3,)) == {"translation": 1.0}


def test_an_unknown_task_in_the_table_is_an_error() -> None:
    row = {"says": "x", "weight": 0.1, "task": "juggling"}
    with pytest.raises(ValueError, match="juggling"):
        read_cues({"cue": {"x": row}, "weight": {}, "curve": {}, "words": {}, "marks": {}})
