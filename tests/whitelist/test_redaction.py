"""What travels redacted holds nothing personal, and comes back word for word."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.whitelist.finding import finder, finding
from whitelist import Findings, detect
from whitelist.detector.detect import Detector
from whitelist.detector.tags import TAG, TAGGED
from whitelist.errors import NotRedactable
from whitelist.redaction import INSTRUCTION, ROUNDS, Redaction, redact
from whitelist.restoring import Restoring

PLANTED = (
    *("jo.doe@acme.io", "Jo.Doe@acme.io", "jo [at] acme [dot] io", "jo&#64;acme.io"),
    *("+49 30 901820", "(415) 555-2671", "my phone is 4155552671", "call 020 7946 1958"),
    *("4556 7375 8689 9855", "my card is 3522206447421237", "SSN 536-90-4399"),
    *("GB29NWBK60161331926819", "DE89 3704 0044 0532 0130 00", "passport number H28728463"),
    *("account number is 000123456789", "born on 12/05/1980", "221 Baker Street", "83.169.40.12"),
    *("password is hunter2!Xy", 'password="hunter2!Xy"', "postgres://bob:s3cr3tPw9@db/x"),
)
ORDINARY = (
    *("the quick", "brown", "a", "I", "42", "[", "]", "[[", "]]", "\\", "\\[", "&#91;", "%5B", "_"),
    *(
        "EMAIL_1",
        "[[EMAIL_1]]",
        "[EMAIL_1]",
        "[[ PHONE 2 ]]",
        "[[SECRET_1_k3f9]]",
        "PHONE_1=",
        "日本",
    ),
    *(
        "password is ",
        "token: ",
        "call ",
        "@",
        "://",
        "1",
        "\u200b",
        "\uff3b",
        "\n",
        "",
        "*",
        "(",
        ")",
    ),
)
WORDS = st.sampled_from((*PLANTED, *ORDINARY)) | st.text(alphabet="ab1_[]\\&#;%5B -E", max_size=4)
TEXTS = st.builds(
    lambda words, between: between.join(words),
    st.lists(WORDS, max_size=8),
    st.sampled_from((" ", "", ", ", "\n")),
)
PARTS = st.lists(TEXTS, min_size=1, max_size=3)


def sent(redaction: Redaction) -> str:
    return "\n\n".join(filter(None, redaction.parts))


def restoring(*texts: str) -> Restoring:
    return Restoring(redact(texts))


@pytest.mark.parametrize("value", PLANTED)
def test_a_value_becomes_a_tag_and_comes_back(value: str) -> None:
    text = f"Please note: {value}, thank you."
    redaction = redact([text])
    (tag,) = redaction.map
    assert redaction.parts == (text.replace(redaction.map[tag], tag),)
    assert Restoring(redaction).restore(redaction.parts[0]) == text


def test_parts_keep_their_order_and_what_is_not_personal() -> None:
    redaction = redact(["Be brief.", "", "My name is Ada Lovelace", "Write to jo@acme.io"])
    assert redaction.parts == ("Be brief.", "", "My name is Ada Lovelace", "Write to [[EMAIL_1]]")
    assert dict(redaction.map) == {"[[EMAIL_1]]": "jo@acme.io"}
    assert redaction.counts == {"EMAIL": 1}


def test_a_text_without_personal_data_stays_as_it_is() -> None:
    redaction = redact(["What is the capital of [[France_1]]?"])
    assert redaction.parts == ("What is the capital of [[France_1]]?",)
    assert (dict(redaction.map), redaction.counts) == ({}, {})


def test_one_spelling_of_a_value_has_one_tag_numbered_by_first_appearance() -> None:
    redaction = redact(["ann@acme.io, jo@acme.io", "JO@acme.io and jo@acme.io", "ann@acme.io"])
    assert redaction.parts == (
        "[[EMAIL_1]], [[EMAIL_2]]",
        "[[EMAIL_3]] and [[EMAIL_2]]",
        "[[EMAIL_1]]",
    )
    assert redaction.counts == {"EMAIL": 3}


def test_what_was_found_once_is_taken_out_where_nothing_gives_it_away() -> None:
    redaction = redact(["Is hunter2!Xy good?", "My password is hunter2!Xy", "not hunter2!Xyz"])
    assert redaction.parts == (
        "Is [[SECRET_1]] good?",
        "My password is [[SECRET_1]]",
        "not hunter2!Xyz",
    )


def test_a_short_value_is_not_looked_for_inside_other_text() -> None:
    redaction = redact(["12 and 12"], detect=finder(r"\A12"))
    assert redaction.parts == ("[[CARD_1]] and 12",)


@pytest.mark.parametrize(
    ("parts", "pattern", "expected"),
    [
        (("at 4556 7375", "8689 9855 ok"), r"[\d\s]{12,}", ("at[[CARD_1]]", "[[CARD_2]]ok")),
        (("a 4556", "", "7375"), r"\d+\n\n\d+", ("a [[CARD_1]]", "", "[[CARD_2]]")),
        (("12", "34", "56"), r"(?s)1.+6", ("[[CARD_1]]", "[[CARD_2]]", "[[CARD_3]]")),
    ],
    ids=["two", "over an empty one", "three"],
)
def test_a_value_split_between_parts_is_taken_out_of_each(
    parts: tuple[str, ...], pattern: str, expected: tuple[str, ...]
) -> None:
    redaction = redact(parts, detect=finder(pattern))
    assert redaction.parts == expected
    assert tuple(Restoring(redaction).restore(part) for part in redaction.parts) == parts


@pytest.mark.parametrize(
    "text",
    [
        "[[EMAIL_1]] and jo@acme.io",
        "[email 1] and jo@acme.io",
        "&#91;EMAIL\\_1&#93; and jo@acme.io",
        "EMAIL_1=jo@acme.io",
        "the half of one, [[PHONE_2, and jo@acme.io",
    ],
)
def test_tags_are_unlike_what_already_looks_like_one(text: str) -> None:
    redaction = redact([text])
    (tag,) = redaction.map
    assert re.fullmatch(r"\[\[EMAIL_1_[a-z0-9]{4}\]\]", tag)
    answer = Restoring(redaction)
    assert answer.restore(redaction.parts[0]) == text
    assert (answer.restored, answer.lost, answer.altered) == (1, 0, 0)


def test_overlapping_findings_leave_nothing_between_them() -> None:
    def find(text: str) -> Findings:
        return Findings(items=(finding("ID", 4, 9), finding("CARD", 0, 6)) if "0" in text else ())

    assert redact(["0123456789"], detect=find).parts == ("[[CARD_1]][[ID_1]]9",)


def test_what_shows_only_after_redaction_is_taken_out_too() -> None:
    redaction = redact(["bob, then ann"], detect=finder(r"bob|(?<=\]\], )then"))
    assert redaction.parts == ("[[CARD_1]], [[CARD_2]] ann",)
    assert Restoring(redaction).restore(redaction.parts[0]) == "bob, then ann"


def test_what_is_found_around_a_tag_is_taken_out_and_the_tag_stays() -> None:
    redaction = redact(["x jo@acme.io y"], detect=finder(r"jo@acme.io|[\s\S]*\[\[[\s\S]*", "EMAIL"))
    assert redaction.parts == ("[[EMAIL_2]][[EMAIL_1]][[EMAIL_3]]",)
    assert Restoring(redaction).restore(redaction.parts[0]) == "x jo@acme.io y"


def test_a_tag_alone_is_nothing_that_was_found() -> None:
    redaction = redact(["jo@acme.io!"], detect=finder(r"jo@acme.io|EMAIL_1\]\]!", "EMAIL"))
    assert redaction.parts == ("[[EMAIL_1]]!",)


def one_at_a_time(text: str) -> Findings:
    word = re.search(r"word\d", text)
    return Findings(items=(finding("ID", *word.span()),) if word else ())


def test_what_is_found_again_and_again_is_not_sent() -> None:
    words = [f"word{n}" for n in range(ROUNDS)]
    assert len(redact(words[1:], detect=one_at_a_time).map) == ROUNDS - 1
    with pytest.raises(NotRedactable, match="found again") as told:
        redact(words, detect=one_at_a_time)
    assert "local model" in told.value.fix
    assert "word" not in str(told.value)


@pytest.mark.parametrize("complete", [0, 1], ids=["before", "after"])
def test_what_cannot_be_inspected_in_full_is_not_sent(complete: int) -> None:
    results = [Findings(items=(finding("ID", 0, 3),)), Findings(complete=False, failure="too slow")]
    left = iter(results[1 - complete :])
    with pytest.raises(NotRedactable, match="in full \\(too slow\\)"):
        redact(["abc"], detect=lambda text: next(left))


def test_a_text_too_long_to_inspect_is_not_sent() -> None:
    with pytest.raises(NotRedactable, match="longer than 10 characters"):
        redact(["jo@acme.io, again"], detect=Detector((), max_chars=10).detect)


def test_nothing_personal_shows_in_a_repr() -> None:
    redaction = redact(["jo@acme.io said hello", "C:\\hello"])
    assert repr(redaction) == "Redaction(counts={'EMAIL': 1})"
    assert "jo@acme.io" not in f"{Restoring(redaction)!r} {redaction!s}"


@pytest.mark.parametrize("kind", TAGGED)
@pytest.mark.parametrize("suffix", ["", "_k3f9"], ids=["plain", "suffixed"])
def test_a_tag_is_never_found_whatever_stands_around_it(kind: str, suffix: str) -> None:
    tag = f"[[{kind}_123456{suffix}]]"
    around = ("{}", "{}{}", "password is {}", "password={}", "token: {},", "'secret': '{}'")
    around += ("https://u:{}@db/x", "Bearer {}", "passport number {}", "account no. {}", "born {}")
    around += ("call {}", "card {}", "SSN {}", "{}@acme", "a@{}", "lives at {} Street", "IP {}")
    text = "\n".join(each.replace("{}", tag) for each in around)
    assert TAG.fullmatch(tag)
    assert [item for item in detect(text, ignore_examples=False).items if item.tier != "C"] == []


def test_the_instruction_holds_nothing_personal_and_no_tag() -> None:
    assert detect(INSTRUCTION, ignore_examples=False).items == ()
    assert TAG.search(INSTRUCTION) is None


@settings(max_examples=300, deadline=None)
@given(PARTS)
def test_nothing_is_found_in_what_is_sent_and_all_of_it_comes_back(parts: list[str]) -> None:
    redaction = redact(parts)
    assert {item.tier for item in detect(sent(redaction)).items} <= {"C"}
    assert [Restoring(redaction).restore(part) for part in redaction.parts] == parts
    assert len(set(redaction.map)) == len(redaction.map)


@settings(max_examples=300, deadline=None)
@given(st.data(), PARTS)
def test_an_answer_in_pieces_is_the_same_as_whole(data: st.DataObject, parts: list[str]) -> None:
    redaction = redact(parts)
    tags = [name for tag in redaction.map for name in (tag, tag[1:-1], f"\\{tag}", tag.lower())]
    words = [*tags, *ORDINARY, "&#91;&#91;EMAIL_1&#93;&#93;", "[[EMAIL_1", "[[EMAIL_9]]"]
    answer = "".join(data.draw(st.lists(st.sampled_from((*words, *redaction.parts)), max_size=8)))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(answer)), max_size=12)))
    whole, stream = Restoring(redaction), Restoring(redaction)
    text = whole.restore(answer)
    out = ""
    for start, end in zip([0, *cuts], [*cuts, len(answer)], strict=True):
        out += stream.feed(answer[start:end])
    assert out + stream.close() == text
    assert (stream.restored, stream.lost, stream.altered) == (
        whole.restored,
        whole.lost,
        whole.altered,
    )
