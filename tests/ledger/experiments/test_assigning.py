"""Who gets which arm: always the same, in the right shares, and nothing to be read off a name."""

import subprocess
import sys

import pytest

from ledger.experiments import arm_of, unit_of
from tests.ledger.experiments.made import experiment

ASKER = ("", "stdio", "claude")


def test_a_question_keeps_its_arm_in_another_process() -> None:
    tried = experiment()
    units = [unit_of(tried, asker=ASKER, opening=f"question {n}") for n in range(200)]
    code = (
        "from ledger.experiments import arm_of\n"
        "from tests.ledger.experiments.made import experiment\n"
        f"print(''.join(arm_of(experiment(), unit) for unit in {units!r}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "".join(arm_of(tried, unit) for unit in units)
    assert set(run.stdout.strip()) == {"A", "B"}


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 0.95])
def test_b_gets_its_share(share: float) -> None:
    tried = experiment(share=share)
    letters = [arm_of(tried, unit_of(tried, asker=ASKER, opening=str(n))) for n in range(20_000)]
    got = letters.count("B") / len(letters)
    assert abs(got - share) < 4 * (share * (1 - share) / len(letters)) ** 0.5


def test_a_caller_keeps_one_arm_where_callers_are_compared() -> None:
    by_caller, by_request = experiment(by="caller"), experiment(by="request")
    openings = [str(n) for n in range(50)]
    assert len({unit_of(by_caller, asker=ASKER, opening=each) for each in openings}) == 1
    assert len({unit_of(by_request, asker=ASKER, opening=each) for each in openings}) == 50


def test_another_experiment_draws_anew() -> None:
    one, other = experiment(id="x1"), experiment(id="x2")
    pairs = [
        [arm_of(each, unit_of(each, asker=ASKER, opening=str(n))) for each in (one, other)]
        for n in range(2_000)
    ]
    alike = sum(first == second for first, second in pairs) / len(pairs)
    assert 0.45 < alike < 0.55


def test_parts_of_a_name_are_not_mixed_up() -> None:
    tried = experiment()
    units = {
        unit_of(tried, asker=asker, opening=opening)
        for asker, opening in [
            (("ab", "", "c"), "d"),
            (("a", "b", "c"), "d"),
            (("a", "b", ""), "cd"),
            (("", "ab", "c"), "d"),
        ]
    }
    assert len(units) == 4


def test_half_a_character_is_no_trouble() -> None:
    tried = experiment()
    assert len(unit_of(tried, asker=ASKER, opening="\ud800")) == 32
