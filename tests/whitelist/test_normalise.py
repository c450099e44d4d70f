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
        ("\u0661\u0662 \u0967\u0968 \U0001d7d2", "12 12 4"),
        ("4\ufe0f\u20e35\ufe0f\u20e3 cafe\u0301", "45 cafe"),
        ("a\u3002b\u00b7c\u2024d", "a.b.c.d"),
        ("a&amp;#64;b&amp;amp;commat;c &copy; &nothing;", "a@b@c \u00a9 &nothing;"),
        ("%2540 %252540 100%25 %2B", "@ @ 100% +"),
        ("%61%62%31 and 5%41", "ab1 and 5%41"),
        ("m%C3%BCller %25C3%25BC %C3", "m\u00fcller \u00fc %C3"),
        (r"\u0040 \\u0040 \x40 \u{40} \U00000040", "@ @ @ @ @"),
        (r"\ud800 \u0000 \u00 \q", r"\ud800 \u0000 \u00 \q"),
        (r"a\nb\tc\"d\/e\_f", 'a\nb\tc"d/e_f'),
        ("a <at> b {dot} c[.]d", "a@b.c.d"),
        ("[attic] (dots) <a", "[attic] (dots) <a"),
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


def test_what_is_escaped_is_found_as_it_was_written() -> None:
    text = r"to: \u0061\u0040b.de %2540 end"
    form = plain(text)
    assert form.text == "to: a@b.de @ end"
    start = form.text.index("a@b.de")
    begin, end = form.span(start, start + len("a@b.de"))
    assert text[begin:end] == r"\u0061\u0040b.de"
    begin, end = form.span(form.text.rindex("@"), form.text.rindex("@") + 1)
    assert text[begin:end] == "%2540"


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="a@\u200b\u00a0\uff11&#64;%4025[at](dot) 日\n\\ux0", max_size=50))
def test_every_place_leads_back_in_order(text: str) -> None:
    form = plain(text)
    spans = [form.span(place, place + 1) for place in range(len(form.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)
    if spans:
        assert form.span(0, len(form.text)) == (spans[0][0], spans[-1][1])
