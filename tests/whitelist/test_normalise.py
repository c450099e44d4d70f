"""The plain form of a text, and the way back from it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whitelist.detector.normalise import plain


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("plain text & more, 100 %", "plain text & more, 100 %"),
        ("\uff41\uff11\uff20", "a1@"),
        ("a\u00a0b\u2009c", "a b c"),
        ("1\u20112\u20133\u20144\u22125", "1-2-3-4-5"),
        ("a\u200bb\u200dc\ufeffd\u00ade", "abcde"),
        ("a&#64;b&commat;c&#x40;d", "a@b@c@d"),
        ("a%40b%2Ec", "a@b.c"),
        ("a [at] b (dot) c", "a@b.c"),
        ("\u2018x\u2019 \u201cy\u201d", "'x' \"y\""),
        ("\u0661\u0662", "\u0661\u0662"),
        ("naïve 日本語 é", "naïve 日本語 é"),
        ("", ""),
    ],
)
def test_what_means_the_same_looks_the_same(text: str, form: str) -> None:
    assert plain(text).text == form


def test_a_place_in_the_plain_form_is_found_again_in_the_original() -> None:
    text = "say jo\u200b [at] ac&#46;me\u00a0now"
    form = plain(text)
    start = form.text.index("jo@")
    begin, end = form.span(start, start + len("jo@ac.me"))
    assert text[begin:end] == "jo\u200b [at] ac&#46;me"
    begin, end = form.span(form.text.index("@"), form.text.index("@") + 1)
    assert text[begin:end] == " [at] "


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="a@\u200b\u00a0\uff11&#64;%40[at](dot) 日\n", max_size=50))
def test_every_place_leads_back_in_order(text: str) -> None:
    form = plain(text)
    spans = [form.span(place, place + 1) for place in range(len(form.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)
    if spans:
        assert form.span(0, len(form.text)) == (spans[0][0], spans[-1][1])
