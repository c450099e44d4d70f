"""The checks that need no model: each looks at two texts and finds at most one failure."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias

from routing.checks.ending import cut_off
from routing.checks.forms import (
    misses_commas,
    misses_count,
    misses_length,
    misses_number,
    misses_yes_no,
)
from routing.checks.language import strays
from routing.checks.leftovers import echoes, empty, holds_template
from routing.checks.parsing import does_not_parse, no_json
from routing.checks.refusing import refuses
from routing.checks.repeating import repeats
from routing.checks.values import Failure, Question
from vocabulary import Finish

Check: TypeAlias = Callable[[Question, str, Finish | None], Failure | None]

CHECKS: tuple[Check, ...] = (
    empty,
    refuses,
    cut_off,
    repeats,
    echoes,
    holds_template,
    no_json,
    does_not_parse,
    misses_yes_no,
    misses_length,
    misses_count,
    misses_commas,
    misses_number,
    strays,
)


def failures(question: Question, answer: str, finish: Finish | None) -> tuple[Failure, ...]:
    """What is wrong with an answer; nothing more after the first certain failure.

    A check that stumbles over a text finds nothing: it must not take an answer away.
    """
    found: list[Failure] = []
    for look in CHECKS:
        with suppress(Exception):
            failure = look(question, answer, finish)
            if failure is not None:
                found.append(failure)
                if failure.certain:
                    break
    return tuple(found)
