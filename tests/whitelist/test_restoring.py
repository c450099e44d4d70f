"""What comes back of a redacted text, however a model wrote the tags and a stream cut them."""

import pytest

from tests.whitelist.finding import finder
from whitelist.redaction import Redaction, redact
from whitelist.restoring import Restoring
from whitelist.tag_forms import LONGEST


def restoring(*texts: str) -> Restoring:
    return Restoring(redact(texts))


@pytest.mark.parametrize(
    "written",
    [
        "[[EMAIL_1]]",
        "[EMAIL_1]",
        "[[ EMAIL_1 ]]",
        "[[email_1]]",
        r"\[\[EMAIL_1\]\]",
        r"\\[\\[EMAIL\\_1\\]\\]",
        r"\[\[EMAIL_1]]",
        r"[[EMAIL\_1]]",
        "[[EMAIL 1]]",
        "[[Email-1]]",
        "\uff3b\uff3bEMAIL_1\uff3d\uff3d",
        "\u3010\u3010EMAIL_1\u3011\u3011",
        "&#91;&#91;EMAIL_1]]",
        "&#x5B;&#x5B;EMAIL_1&#x5D;&#x5D;",
        "&lsqb;&lsqb;EMAIL_1&rsqb;&rsqb;",
        "%5B%5BEMAIL_1%5D%5D",
        "%5b%5bEMAIL_1%5d%5d",
    ],
)
@pytest.mark.parametrize("around", ["{}", "**{}**", "`{}`", "<{}>", "({})", "mailto:{}?x", "a{}b"])
def test_a_tag_is_known_however_models_write_it(written: str, around: str) -> None:
    answer = restoring("Write to jo@acme.io")
    assert answer.restore(around.format(written)) == around.format("jo@acme.io")
    assert (answer.restored, answer.lost, answer.altered) == (1, 0, 0)
    assert answer.whole(must_keep=True)


@pytest.mark.parametrize(
    "written",
    [
        "[[EMAIL_9]]",
        "[[EMAIL_1",
        "[[EMAIL_1]",
        "[EMAIL_1]]",
        "[EMAIL_1",
        "[EMAIL_2]",
        "[[EMIAL_1]]",
        "[[EMAIL_01]]",
        "[[EMAIL_1_k3f9]]",
        "[[EMAIL]]",
        "[[EMAIL_",
        "{{EMAIL_1}}",
        "<EMAIL_1>",
        r"EMAIL\_1",
        "[[NAME_1]]",
    ],
)
def test_what_was_meant_as_a_tag_and_is_none_is_left_and_counted(written: str) -> None:
    answer = restoring("Write to jo@acme.io")
    assert answer.restore(f"to {written}, or") == f"to {written}, or"
    assert (answer.restored, answer.lost, answer.altered) == (0, 1, 1)
    assert not answer.whole(must_keep=False)


@pytest.mark.parametrize(
    "text",
    [
        *("[x]", "[[1, 2], [3, 4]]", "[note 1]", "see [fig_1]", "a[[idx, 0]]", "[[wiki page]]"),
        *("[link](https://acme.io)", "XEMAIL_1", "EMAIL_12", "email_1", "%5Bx%5D", "[ID]"),
        *("\\[x^2\\]", "[email]", "[[toc]]"),
    ],
)
def test_other_brackets_are_nobodys_tags(text: str) -> None:
    answer = restoring("Write to jo@acme.io")
    assert answer.restore(text) == text
    assert (answer.restored, answer.lost, answer.altered) == (0, 1, 0)
    assert answer.whole(must_keep=False)
    assert not answer.whole(must_keep=True)


def test_what_the_text_held_of_its_own_may_be_repeated() -> None:
    redaction = redact(["Tags look like [[NAME_1]] or [[EMAIL_1]]; mine is jo@acme.io"])
    answer = Restoring(redaction)
    assert answer.restore("[[NAME_1]], [[EMAIL_1]]") == "[[NAME_1]], [[EMAIL_1]]"
    assert (answer.lost, answer.altered) == (1, 0)


def test_a_value_that_looks_like_a_tag_is_not_restored_again() -> None:
    parts = ["ID a[[ID_2]]b", "ID c"]
    redaction = Redaction(
        parts=("ID [[ID_1]]", "ID [[ID_2]]"),
        map={"[[ID_1]]": "[[ID_2]]", "[[ID_2]]": "[[ID_1]]"},
        counts={"ID": 2},
    )
    assert Restoring(redaction).restore("[[ID_1]] [[ID_2]]") == "[[ID_2]] [[ID_1]]"
    found = redact(parts, detect=finder(r"(?<=ID )(a\[\[ID_2\]\]b|c)", "ID"))
    assert [Restoring(found).restore(part) for part in found.parts] == parts


def test_a_backslash_before_a_value_stays() -> None:
    redaction = redact(["C:\\jo@acme.io and \\\\jo@acme.io"])
    assert Restoring(redaction).restore(redaction.parts[0]) == "C:\\jo@acme.io and \\\\jo@acme.io"


@pytest.mark.parametrize(
    ("pieces", "given"),
    [
        (("Write to [", "[EMA", "IL_1]", "]!"), ("Write to ", "", "", "jo@acme.io!")),
        (("a [", "x] b"), ("a ", "[x] b")),
        (("50%", " of"), ("50", "% of")),
        (("[[EMAIL_1]]",), ("jo@acme.io",)),
        (("Hello", " world, "), ("Hello", " world, ")),
        (("[note that", " this"), ("[note that", " this")),
    ],
)
def test_a_stream_waits_only_for_what_may_become_a_tag(
    pieces: tuple[str, ...], given: tuple[str, ...]
) -> None:
    answer = restoring("Write to jo@acme.io")
    assert tuple(map(answer.feed, pieces)) == given
    assert answer.close() == ""


def test_an_answer_that_ends_within_a_tag_ends_with_what_there_was_of_it() -> None:
    answer = restoring("Write to jo@acme.io")
    assert answer.feed("Write to [[EMAIL_1") == "Write to "
    assert answer.close() == "[[EMAIL_1"
    assert (answer.lost, answer.altered) == (1, 1)


HOSTILE = (
    "[[",
    "[[EMAIL_1",
    "[[EMAIL_1]",
    "[[ a",
    "\\",
    "\\[",
    "&#91;",
    "&lbrack;",
    "%5b",
    "EMAIL_1 ",
)


@pytest.mark.parametrize("seed", HOSTILE)
def test_a_hostile_stream_is_held_back_no_longer_than_a_tag(seed: str) -> None:
    answer, text, out = restoring("Write to jo@acme.io"), seed * (2_000 // len(seed)), 0
    for read, char in enumerate(text, start=1):
        out += len(answer.feed(char))
        assert read - out < LONGEST
    assert out + len(answer.close()) == len(text)


def test_the_longest_way_to_write_a_tag_is_still_restored() -> None:
    redaction = redact(["x"], detect=finder(r"\Ax", "ACCOUNT"))
    longest = r"&lbrack;&lbrack; ACCOUNT\\_1 &rbrack;&rbrack;"
    answer = Restoring(redaction)
    assert "".join(map(answer.feed, longest)) + answer.close() == "x"
