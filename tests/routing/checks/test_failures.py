"""What is wrong with answers, by check: whether it is found, and whether it is certain."""

import pytest

from routing.checks.hard import CHECKS, failures
from routing.checks.values import Failure, Question
from tests.routing.checks.asking import found
from vocabulary import Finish

SCHEMA = (
    'Reply in JSON with this schema: {"type": "object", "properties": {"age": {"type": "integer"}, '
    '"tags": {"type": "array", "items": {"enum": ["a", "b"]}, "maxItems": 2}}, '
    '"required": ["age"], "additionalProperties": false}'
)
OPEN = "Here it is:\n\n```python\ndef mean(values):\n    return sum(values) /"
BROKEN = "```python\ndef mean(values)\n    total = sum(values)\n    return total\n```"
HANGS = "The heart has four chambers. The right side takes in the blood that comes from the"
LOOP = "The cat sat on the mat. " * 12
SAME = " ".join(f"I like tea and I like tea, {n % 7 + n % 5}." for n in range(60))

WRONG = [
    ("Who wrote Faust?", "", "empty", True),
    ("Who wrote Faust?", " \n \u200b ", "empty", True),
    ("Who wrote Faust?", "...", "empty", True),
    ("Who wrote Faust?", "I'm sorry, but I can't help with that.", "refusal", True),
    ("Who wrote Faust?", "As an AI language model, I do not know books.", "refusal", True),
    ("Who wrote Faust?", "Unfortunately, I am unable to answer this question.", "refusal", True),
    ("Write a poem.", "As an AI, I cannot write poems.", "refusal", True),
    ("Who wrote Faust?", "I can't help with that. However, it may be by Goethe.", "refusal", False),
    (
        "Wer schrieb Faust?",
        "Es tut mir leid, aber ich kann diese Anfrage nicht beantworten.",
        "refusal",
        True,
    ),
    ("Qui a écrit Faust ?", "Désolé, je ne peux pas répondre à cette question.", "refusal", True),
    ("¿Quién escribió Fausto?", "Lo siento, pero no puedo ayudarte con eso.", "refusal", True),
    ("谁写了浮士德", "抱歉\uff0c我无法回答这个问题。", "refusal", True),
    ("Write a function for the mean.", OPEN, "cut_off", True),
    ("How does the heart work?", HANGS, "cut_off", False),
    ("What is 7 + 5 + 1?", "7 + 5 = 12, and (12 + 1", "cut_off", False),
    ("Tell me of cats.", LOOP, "repetition", True),
    ("Tell me of cats.", "Cats purr. " + "and on " * 30, "repetition", True),
    ("Tell me of tea.", SAME, "repetition", False),
    ("What is the capital of Peru?", "What is the capital of Peru?", "echo", True),
    ("Who wrote Faust?", "Goethe.<|im_end|>", "template", False),
    ("Who wrote Faust?", "Goethe.\nQ: Who wrote Hamlet?", "template", False),
    ("Who wrote Faust?", "Goethe. [/INST] Thanks", "template", False),
    ("Return the person as JSON.", "Name: Ada", "json", True),
    ("Return the person as JSON.", '{"name": "Ada",}', "json", True),
    (SCHEMA, '{"age": "36"}', "json", True),
    (SCHEMA, '{"age": true}', "json", True),
    (SCHEMA, '{"tags": ["a"]}', "json", True),
    (SCHEMA, '{"age": 36, "name": "Ada"}', "json", True),
    (SCHEMA, '{"age": 36, "tags": ["c"]}', "json", True),
    (SCHEMA, '{"age": 36, "tags": ["a", "b", "a"]}', "json", True),
    (SCHEMA, '[{"age": 36}]', "json", True),
    ("Write a function for the mean.", BROKEN, "code", True),
    ("Write a line of Python.", "```python\nx = (1\n```", "code", False),
    ("Show me some XML.", "```xml\n<a><b></a>\n```", "code", False),
    ("Show me some TOML.", "```toml\na = = 1\n```", "code", False),
    ("Return it as JSON.", "```json\n{\n```\nand\n```json\n}\n```", "json", True),
    ("Show me an object.", '```json\n{"a": 1\n```', "code", False),
    ("Write some Rust.", '```rust\nfn main() { println!("(");\n```', "code", False),
    ("Is the sun a star? Answer yes or no.", "The sun burns hydrogen.", "form", True),
    ("Is it true? Answer only yes or no.", "Yes, because it is so.", "form", False),
    ("Answer in one word: what do bees make?", "They make sweet golden honey", "form", True),
    ("Answer in one word: what do bees make?", "Sweet honey", "form", False),
    ("Write a haiku about rain.", "I cannot assist with that request.", "refusal", True),
    ("Draft a complaint.", "I am sorry, but I can't help with that.", "refusal", True),
    ("What is 12 * 13? Number only.", "412", "arithmetic", True),
    ("What is 12 * 13? Answer with just the number.", "412", "arithmetic", True),
    ("Name three fruits, separated by commas.", "Fruits are parted by commas.", "form", True),
    ("Sum it up in one sentence.", "It rains. It pours. Nobody snores.", "form", True),
    (
        "Describe the sea in at most five words.",
        "It is large and it is very deep and blue",
        "form",
        True,
    ),
    ("Describe the sea in under 5 words.", "Deep and blue and very wide", "form", False),
    ("Write at least 50 words on the sea.", "The sea is deep.", "form", True),
    ("Name three colours.", "Red, green, blue and pink", "form", False),
    ("List 5 rivers.", "- Nile\n- Rhine\n- Po", "form", False),
    ("How many legs does a spider have?", "Spiders have many legs.", "form", False),
    ("What is 12 + 30?", "12 + 30 = 150.", "arithmetic", True),
    ("What is 7 times 8?", "54", "arithmetic", True),
    (
        "How are you today, and what do you do?",
        "Ich bin gut, und ich habe auch nicht viel zu tun.",
        "language",
        False,
    ),
    (
        "How do plants grow in the dark?",
        "Растения растут в темноте очень медленно",
        "language",
        False,
    ),
]


@pytest.mark.parametrize(("asked", "answer", "check", "certain"), WRONG)
def test_a_bad_answer_is_found_out(asked: str, answer: str, check: str, certain: bool) -> None:
    assert (check, certain) in [(each.check, each.certain) for each in found(asked, answer)]


@pytest.mark.parametrize(
    ("answer", "finish", "check", "certain"),
    [
        ("I would rather not.", "refusal", "refusal", True),
        ("The first king was", "length", "cut_off", True),
        ("The first king was Ed.", "length", "cut_off", False),
    ],
)
def test_what_the_server_says_of_the_end_counts(
    answer: str, finish: Finish, check: str, certain: bool
) -> None:
    (failure,) = found("Who was the first king?", answer, finish=finish)
    assert (failure.check, failure.certain) == (check, certain)


def test_a_form_may_be_asked_for_by_the_system_text() -> None:
    (failure,) = found("Is the sun a star?", "It burns.", system="Answer yes or no.")
    assert failure.check == "form"


def test_nothing_is_looked_for_after_a_certain_failure() -> None:
    assert [each.check for each in found("Return it as JSON.", "I can't help with that.")] == [
        "refusal"
    ]


def test_what_is_said_holds_nothing_of_the_texts() -> None:
    told = " ".join(each.says for row in WRONG for each in found(row[0], row[1]))
    for word in ("Faust", "Peru", "spider", "Goethe", "Ada", "cat", "150"):
        assert word not in told


def test_a_check_that_stumbles_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(question: Question, answer: str, finish: Finish | None) -> Failure | None:
        raise RecursionError

    monkeypatch.setattr("routing.checks.hard.CHECKS", (stumble, *CHECKS))
    (failure,) = failures(Question(text="Who wrote Faust?"), "", "stop")
    assert failure.check == "empty"


BOMBS = [
    "```python\n" + "(" * 15_000 + "\n```",
    "```python\nx = " + "-" * 15_000 + "1\n```",
    "```python\nx = " + "not " * 4_000 + "1\n```",
    "```python\nx = " + "a." * 9_000 + "b\n```",
    "```python\nx = " + "lambda: " * 2_000 + "1\n```",
    "```python\nx = " + "1 if 1 else " * 1_500 + "1\n```",
    "```python\nx = " + "1 + " * 4_000 + "1\n```",
    "```python\nx = " + "a ** " * 3_000 + "1\n```",
    "```json\n" + "[" * 15_000 + "\n```",
    "[" * 100_000,
    "{" + "a" * 300_000 + "}",
    '```xml\n<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>\n```',
    "```xml\n" + "<a>" * 6_000 + "\n```",
    "```toml\na = " + "[" * 9_000 + "\n```",
    "a" * 200_000,
    "(1 + " * 20_000,
    "1 + 1 = " * 20_000,
    "<<" * 50_000,
    "`" * 100_000,
    "```js\n" + "'\\" * 8_000 + "\n```",
    "```js\n" + "=/" * 8_000 + "\n```",
    "```rust\n" + "&'a" * 5_000 + "\n```",
    "1 + 1 + " * 20_000 + "= 3",
    "1 apples of " * 20_000 + "=",
    "i can't " * 40_000,
    "1/1 " * 40_000,
    "<|a" * 50_000,
    "```\n" * 20_000,
    "I'm sorry, " * 20_000,
    "\ud800 lone",
]


@pytest.mark.parametrize("answer", BOMBS, ids=range(len(BOMBS)))
def test_no_answer_is_too_much_for_the_checks(answer: str) -> None:
    for asked in ("Return it as JSON.", "What is 2 + 2?", "Name three rivers in two words."):
        assert isinstance(found(asked, answer), tuple)
