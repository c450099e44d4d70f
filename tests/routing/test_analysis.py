"""What is said of a request: its task, its difficulty and its size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.analysis import analyse
from routing.ask import HEAD_CHARS, TAIL_CHARS, read_ask
from routing.cues import cues
from routing.tokens import estimate_tokens
from vocabulary import Message, TaskKind


def user(text: str) -> Message:
    return Message(role="user", text=text)


def assistant(text: str) -> Message:
    return Message(role="assistant", text=text)


DIFF = "diff --git a/x.py b/x.py\n@@ -1,2 +1,2 @@\n-a = 1\n+a = 2\n"
TRACE = (
    'Traceback (most recent call last):\n  File "x.py", line 1, in <module>\n'
    "ZeroDivisionError: division by zero\n"
)

TASKS = [
    ("Translate this into German: the design of the bridge has an error.", "translation"),
    ("Übersetze bitte diesen Satz: Guten Tag", "translation"),
    ("Traduis cette phrase en anglais : bonjour à tous", "translation"),
    ("Traduce al inglés: buenos días", "translation"),
    ("Summarise the following report in three sentences.\n\nSales rose.", "summarisation"),
    ("Fasse den folgenden Text zusammen: Es war einmal.", "summarisation"),
    ("Riassumi questo articolo", "summarisation"),
    ("Extract every e-mail address from this text.", "extraction"),
    ("Could you please classify these reviews?", "extraction"),
    ("Complete this line: for i in range(", "inline_completion"),
    ("Please review this code:\n```python\nx = 1\n```", "code_review"),
    (DIFF, "code_review"),
    ("Fix this error: undefined is not a function", "debugging"),
    ("My program crashes when I open it twice.", "debugging"),
    (TRACE, "debugging"),
    ("Diese Fehlermeldung kommt beim Start, behebe sie", "debugging"),
    ("Refactor the payment module.", "architecture_design"),
    ("Design a scalable microservice architecture for a shop.", "architecture_design"),
    ("Prove that the square root of 2 is irrational.", "reasoning_tasks"),
    ("Beweise, dass es unendlich viele Primzahlen gibt.", "reasoning_tasks"),
    ("Compare PostgreSQL and MySQL for a write-heavy load.", "reasoning_tasks"),
    ("Tom has 3 apples and Ann has 12. How many have they?", "reasoning_tasks"),
    ("Evaluate $$\\int_0^1 x^2 dx$$", "reasoning_tasks"),
    ("Write a short poem about the sea.", "creative_writing"),
    ("Escribe un poema sobre el mar", "creative_writing"),
    ("Write a Python function that reverses a linked list.", "code_generation"),
    ("def add(a, b):\n    return a + b;\n", "code_generation"),
    ("What is the capital of France?", "simple_completion"),
    ("Grüß Gott", "simple_completion"),
]


@pytest.mark.parametrize(("prompt", "task"), TASKS, ids=[row[0][:40] for row in TASKS])
def test_the_task_is_told_from_what_is_asked(prompt: str, task: str) -> None:
    assert analyse(prompt).task == TaskKind(task)


@pytest.mark.parametrize(
    "prompt",
    [
        "What is the capital of France?",
        "who wrote hamlet",
        "Wer hat Hamlet geschrieben?",
        "Quelle est la capitale du Pérou ?",
        "hi",
        "Thank you!",
        "Translate 'good morning' into German.",
        "Is a whale a fish? Answer yes or no.",
        "Define photosynthesis.",
    ],
)
def test_a_plain_short_request_is_simple_and_says_why(prompt: str) -> None:
    found = analyse(prompt)
    assert found.complexity < 0.3
    assert found.signals


@pytest.mark.parametrize(
    "prompt",
    [
        "Prove that there are infinitely many primes congruent to 3 modulo 4.",
        "Refactor this service into modules and compare the trade-offs in depth.",
        "Design a multi-region database architecture; reason about failure step by step.",
        f"Debug this and find the root cause.\n{TRACE * 10}",
    ],
)
def test_a_demanding_request_is_hard(prompt: str) -> None:
    assert analyse(prompt).complexity > 0.65


def test_without_any_signal_the_score_is_the_middle_and_no_signal_is_named() -> None:
    middling = "The old ship lay in the harbour while rain fell on its deck. " * 4
    found = analyse(middling)
    assert (found.complexity, found.signals) == (0.5, ())
    assert found.task is TaskKind.SIMPLE_COMPLETION


def test_a_question_that_must_be_worked_out_is_not_a_plain_one() -> None:
    assert "one plain question" not in analyse("What is the sum of 17 and 25?").signals
    assert "one plain question" not in analyse("Which weighs more, 3 kg or 7 lb?").signals


@pytest.mark.parametrize(
    ("harder", "easier"),
    [
        pytest.param("x" * 1200, "x" * 300, id="a longer prompt"),
        pytest.param("Fix the parser.", "Show the parser.", id="a fault to find"),
        pytest.param("Redesign the parser.", "Fix the parser.", id="a design over a fault"),
        pytest.param("Write me a poem now.", "Hand me a plate now.", id="invention"),
        pytest.param("Evaluate both plans.", "Remember both plans.", id="analysis"),
        pytest.param("Say it.\n```\nx\n```", "Say it now, please.", id="code"),
        pytest.param("Tell. \n- a\n- b\n- c\n", "Tell. \n a\n b\n c\n", id="several parts"),
        pytest.param("Describe it in depth.", "Describe it to me.", id="thoroughness"),
        pytest.param("Give me all of it.", "For example: all of it.", id="no examples"),
        pytest.param("Tell me about whales.", "Tell me briefly of it.", id="no short answer"),
    ],
)
def test_each_signal_moves_the_score_its_way(harder: str, easier: str) -> None:
    assert analyse(harder).complexity > analyse(easier).complexity


def test_a_cue_standing_alone_moves_the_score_by_about_its_documented_weight() -> None:
    neutral = " The old ship lay in the harbour while rain fell on its deck." * 4
    assert analyse("Redesign it." + neutral).complexity == pytest.approx(0.5 + 0.3, abs=0.04)
    assert analyse("Debug it." + neutral).complexity == pytest.approx(0.5 + 0.2, abs=0.04)
    assert analyse("Translate it." + neutral).complexity == pytest.approx(0.5 - 0.2, abs=0.04)


def test_context_counts_by_its_length_and_more_when_it_is_to_be_explained() -> None:
    short, long = "ship and sea " * 5, "ship and sea " * 3000
    plain = analyse("Use it well.", context=long)
    explained = analyse("Explain it well.", context=long)
    assert analyse("Use it well.", context=short).complexity < plain.complexity
    assert plain.complexity < explained.complexity
    assert {"a long context", "much to read"} <= set(plain.signals)
    assert "asks to explain a long context" in explained.signals


def test_earlier_turns_count_and_are_counted() -> None:
    turns = [user("Tell me of whales."), assistant("They swim."), user("And dolphins?")]
    found = analyse("Carry this further.", turns=turns)
    assert found.turns == 3
    assert found.complexity > analyse("Carry this further.").complexity


def test_a_system_text_is_sent_and_counted_but_not_judged() -> None:
    system = "You are an expert who proves theorems and redesigns architectures. " * 50
    found, alone = analyse("hi", system=system), analyse("hi")
    assert (found.complexity, found.task) == (alone.complexity, alone.task)
    assert found.input_tokens >= alone.input_tokens + estimate_tokens(system)


@pytest.mark.parametrize("reply", ["yes", "Go ahead.", "ok, do it", "Ja bitte", "vas-y", "👍"])
def test_a_bare_approval_inherits_what_it_approves(reply: str) -> None:
    hard = user("Refactor the billing service into modules with a migration plan.")
    turns = [hard, assistant("I would split it in three. Shall I?"), user("ok"), assistant("Now?")]
    found = analyse(reply, turns=turns)
    assert found.task is TaskKind.ARCHITECTURE_DESIGN
    assert found.complexity > 0.7


def test_the_word_yes_with_nothing_to_approve_or_with_more_to_say_stands_for_itself() -> None:
    turns = [user("Refactor the billing service."), assistant("Shall I?")]
    assert analyse("yes").task is TaskKind.SIMPLE_COMPLETION
    assert analyse("yes, and what is its name?", turns=turns).task is TaskKind.SIMPLE_COMPLETION


def test_approving_where_nothing_was_asked_is_no_crash() -> None:
    assert analyse("yes", turns=[assistant("Shall I?")]).turns == 1


def test_words_of_the_material_do_not_make_its_translation_hard() -> None:
    material = "Prove the theorem, refactor the system and debug the error."
    assert analyse(f"Translate into French: {material}").complexity < 0.3
    assert analyse(material).complexity > 0.7


def test_an_instruction_after_a_long_paste_is_heard() -> None:
    paste = "The ship lay in the harbour. " * 2000
    assert analyse(f"{paste}\n\nTranslate the text above.").task is TaskKind.TRANSLATION


def test_code_is_not_read_as_prose_even_when_a_cut_runs_through_its_fence() -> None:
    code = "```\n" + "prove theorem refactor\n" * 2000 + "```\n"
    found = analyse(f"Say what this is.\n{code}That is all.")
    assert "asks for a proof" not in found.signals
    assert "contains code" in found.signals


def test_a_given_task_is_kept_and_weighs_what_that_task_weighs() -> None:
    text = "Prove the theorem."
    given = analyse(text, task=TaskKind.TRANSLATION)
    assert given.task is TaskKind.TRANSLATION
    assert given.complexity < 0.3
    assert "the task was given as translation" in given.signals
    named = analyse("Go through it.", task=TaskKind.SIMPLE_COMPLETION)
    assert named.complexity < analyse("Go through it.").complexity
    heard = analyse(text, task=TaskKind.REASONING_TASKS)
    assert heard.complexity == analyse(text).complexity


def test_the_expected_answer_grows_with_difficulty_and_never_passes_the_limit() -> None:
    easy, hard = analyse("Fix it."), analyse("Fix it step by step, in depth: compare all causes.")
    assert hard.output_tokens > 0
    assert analyse("Debug it in depth.").output_tokens > easy.output_tokens
    assert analyse("Debug it in depth.", max_tokens=7).output_tokens == 7


def test_a_translation_is_expected_to_be_as_long_as_its_text() -> None:
    text = "The ship lay in the harbour. " * 400
    found = analyse("Translate this.", context=text)
    assert 0.5 * estimate_tokens(text) < found.output_tokens < 1.6 * estimate_tokens(text)
    assert analyse("Summarise this.", context=text).output_tokens < estimate_tokens(text) / 2


def test_everything_that_would_be_sent_is_counted() -> None:
    parts = ["one two three " * 20, "four five six " * 30, "seven eight nine " * 40]
    found = analyse(parts[0], context=parts[1], turns=[user(parts[2])])
    assert found.input_tokens >= sum(estimate_tokens(part) for part in parts)


@given(st.text(), st.text(), st.lists(st.text(), max_size=3))
def test_whatever_comes_in_the_score_lies_between_0_and_1(
    prompt: str, context: str, said: list[str]
) -> None:
    found = analyse(prompt, context=context, turns=[user(text) for text in said])
    assert 0 <= found.complexity <= 1
    assert found.output_tokens >= 1


@pytest.mark.parametrize(
    "piece",
    ["a", "```", "( ", " ", "?!.\n", "write ", "\n", "漢", "at (:\n", "- - ", "1. ", "function "],
    ids=repr,
)
def test_of_a_huge_text_only_a_bounded_part_is_read(piece: str) -> None:
    """A million pieces give no more words than the head and the tail hold: linear by construction,
    whatever the pieces, because every step after the cut is one pass over what is left."""
    ask = read_ask(piece * 1_000_000, (), cues())
    assert ask.chars == len(piece) * 1_000_000
    assert len(ask.words) <= HEAD_CHARS + TAIL_CHARS
    assert analyse(piece * 1_000_000).complexity >= 0
