"""One member of a JSON text is changed, and no other character."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_server.setup.jsonc import Text
from mcp_server.setup.spans import NotJson
from tests.mcp_server.setup.texts import commented, strict

PATH = ("mcpServers", "homeward")
ENTRY = {"command": "/x", "args": ["mcp"]}

PUTS = [  # before, after
    ('{"mcpServers": {"a": 1}}', '{"mcpServers": {"a": 1, "homeward": 2}}'),
    ('{"mcpServers":{"a":1 /* x */}}', '{"mcpServers":{"a":1, /* x */ "homeward": 2}}'),
    ('{"mcpServers": {"homeward": [3]}}', '{"mcpServers": {"homeward": 2}}'),
    ("{}", '{\n  "mcpServers": {\n    "homeward": 2\n  }\n}'),
    ("", '{\n  "mcpServers": {\n    "homeward": 2\n  }\n}\n'),
    (" \n", '{\n  "mcpServers": {\n    "homeward": 2\n  }\n}\n'),
    ("// mine\n", '// mine\n{\n  "mcpServers": {\n    "homeward": 2\n  }\n}\n'),
    (
        '{\n\t"a": 1\n}\n',
        '{\n\t"a": 1,\n\t"mcpServers": {\n\t\t"homeward": 2\n\t}\n}\n',
    ),
    (
        '{\r\n    "mcpServers": {}\r\n}',
        '{\r\n    "mcpServers": {\r\n        "homeward": 2\r\n    }\r\n}',
    ),
    (
        '{\n  "mcpServers": {\n    "a": 1, // first\n  }\n}',
        '{\n  "mcpServers": {\n    "a": 1, // first\n    "homeward": 2,\n  }\n}',
    ),
    (
        '{\n  "mcpServers": {\n    "a": 1 // last\n  }\n}',
        '{\n  "mcpServers": {\n    "a": 1, // last\n    "homeward": 2\n  }\n}',
    ),
    (
        '{\n  "mcpServers": {\n    // none yet\n  }\n}',
        '{\n  "mcpServers": {\n    // none yet\n    "homeward": 2\n  }\n}',
    ),
]


@pytest.mark.parametrize(("before", "after"), PUTS)
def test_a_member_is_put_in_the_style_of_the_text(before: str, after: str) -> None:
    assert Text(before, comments=True).put(PATH, 2).text == after


CUTS = [
    ('{"mcpServers": {"a": 1, "homeward": 2}}', '{"mcpServers": {"a": 1}}'),
    ('{"mcpServers": {"homeward": 2, "a": 1}}', '{"mcpServers": { "a": 1}}'),
    ('{"mcpServers": {"homeward": 2}}', '{"mcpServers": {}}'),
    ('{"mcpServers": {\n  "homeward": 2,\n}}', '{"mcpServers": {}}'),
    ('{"mcpServers": {"a": 1}}', '{"mcpServers": {"a": 1}}'),
    ('{"other": 1}', '{"other": 1}'),
    ("", ""),
    (
        '{"mcpServers": {\n  // why\n  "homeward": 2 // how\n}}',
        '{"mcpServers": {\n  // why\n  // how\n}}',
    ),
    (
        '{"mcpServers": {\n  // why\n  "homeward": 2, "a": 1}}',
        '{"mcpServers": {\n  // why\n  "a": 1}}',
    ),
    (
        '{"mcpServers": {"a": 1, // why\n  "homeward": 2}}',
        '{"mcpServers": {"a": 1 // why\n  }}',
    ),
    (
        '{"mcpServers": {\n  "a": 1, // first\n  "homeward": 2,\n}}',
        '{"mcpServers": {\n  "a": 1, // first\n}}',
    ),
    (
        '{"mcpServers": {\n  "a": 1, // first\n  "homeward": 2\n}}',
        '{"mcpServers": {\n  "a": 1 // first\n}}',
    ),
]


@pytest.mark.parametrize(("before", "after"), CUTS)
def test_a_member_is_cut_with_one_comma(before: str, after: str) -> None:
    assert Text(before, comments=True).cut(PATH).text == after


DAMAGED = [
    ("{broken", "It is not JSON: line 1, column 2"),
    ('{"a": 1', "It is not JSON"),
    ('{"a": 1} x', "It is not JSON"),
    ('{"a": NaN}', "It is no JSON that can be read"),
    ('{"a": ' + "[" * 200_000, "It is no JSON that can be read"),
    ("[]", "It does not hold an object"),
    ('"text"', "It does not hold an object"),
    ('{"a": "unfinished }', "It is not JSON"),
    ("{/* unfinished }", "It is not JSON"),
    ('{"a": 1,,}', "It is not JSON"),
]


@pytest.mark.parametrize("comments", [True, False])
@pytest.mark.parametrize(("text", "says"), DAMAGED, ids=range(len(DAMAGED)))
def test_what_is_no_object_of_json_is_refused(text: str, says: str, comments: bool) -> None:
    with pytest.raises(NotJson, match=says):
        Text(text, comments)


@pytest.mark.parametrize("text", ['{"a": 1,}', "{} // note", "/* note */ {}", "// note"])
def test_comments_and_trailing_commas_are_refused_where_the_host_does_not_read_them(
    text: str,
) -> None:
    Text(text, comments=True)
    with pytest.raises(NotJson):
        Text(text, comments=False)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"mcpServers": []}', "'mcpServers' is not an object"),
        ('{"mcpServers": null}', "'mcpServers' is not an object"),
        ('{"mcpServers": {}, "mcpServers": {}}', "'mcpServers' twice"),
        ('{"mcpServers": {"homeward": 1, "homeward": 2}}', "'homeward' twice"),
    ],
)
def test_what_cannot_be_changed_in_one_way_only_is_refused(text: str, says: str) -> None:
    for change in (lambda text: text.put(PATH, 2), lambda text: text.cut(PATH)):
        with pytest.raises(NotJson, match=says):
            change(Text(text))


@given(strict() | commented(), st.sampled_from([ENTRY, 2, "//", {}]))
def test_a_put_member_means_itself_and_everything_else_what_it_meant(
    text: str, entry: object
) -> None:
    before = Text(text, comments=True)
    after = before.put(PATH, entry)
    servers = {**before.value.get("mcpServers", {}), "homeward": entry}
    assert after.value == {**before.value, "mcpServers": servers}
    assert list(after.value["mcpServers"])[:-1] == list(before.value.get("mcpServers", {}))
    assert after.put(PATH, entry).value == after.value


@given(strict() | commented())
def test_what_was_put_between_others_is_cut_to_the_byte(text: str) -> None:
    before = Text(text, comments=True)
    after = before.put(PATH, ENTRY).cut(PATH)
    assert after.value == {**before.value, "mcpServers": before.value.get("mcpServers", {})}
    if before.value.get("mcpServers"):
        assert after.text == before.text


@given(strict(ours=True) | commented(ours=True))
def test_a_member_that_stands_anywhere_is_cut_and_everything_else_stays(text: str) -> None:
    before = Text(text, comments=True)
    servers = before.value["mcpServers"]
    rest = {name: value for name, value in servers.items() if name != "homeward"}
    assert before.cut(PATH).value == {**before.value, "mcpServers": rest}


@given(strict(ours=True) | commented(ours=True))
def test_a_member_that_is_replaced_stays_in_its_place(text: str) -> None:
    before = Text(text, comments=True)
    after = before.put(PATH, ENTRY)
    assert after.value == {
        **before.value,
        "mcpServers": {**before.value["mcpServers"], "homeward": ENTRY},
    }
    assert list(after.value["mcpServers"]) == list(before.value["mcpServers"])


@given(strict())
def test_strict_json_is_read_as_the_standard_library_reads_it(text: str) -> None:
    assert Text(text, comments=True).value == Text(text).value == json.loads(text)
