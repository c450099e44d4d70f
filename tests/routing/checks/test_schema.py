"""The part of JSON Schema that people write into prompts."""

import json
from typing import Any

import pytest

from routing.checks.schema import departs, schema_in

PERSON = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"Reply in JSON like {json.dumps(PERSON)}, please.", PERSON),
        ('First {"a": 1}, then ' + json.dumps(PERSON), PERSON),
        (
            '{"type": "array", "items": {"type": "string"}}',
            {"type": "array", "items": {"type": "string"}},
        ),
        ('Reply in JSON: {"a": 1}', None),
        ("Reply in JSON: {name}", None),
        ("{" * 50 + json.dumps(PERSON), None),
        ('{"properties": 7}', None),
        ("No schema.", None),
    ],
)
def test_a_schema_is_found_in_a_prompt(text: str, found: object) -> None:
    assert schema_in(text) == found


@pytest.mark.parametrize(
    ("value", "schema", "wrong"),
    [
        ({"age": 3}, PERSON, False),
        ({"age": 3.0}, PERSON, False),
        ({"age": 3.5}, PERSON, True),
        ({"age": True}, PERSON, True),
        ({}, PERSON, True),
        ([], PERSON, True),
        ({"age": 3, "name": "Ada"}, PERSON | {"additionalProperties": False}, True),
        (None, {"type": ["string", "null"]}, False),
        (7, {"type": ["string", "null"]}, True),
        (7, {"type": "unheard of"}, False),
        (7, {"type": {"not": "a name"}}, False),
        ("c", {"enum": ["a", "b"]}, True),
        ("a", {"enum": ["a", "b"]}, False),
        ([], {"minItems": 1}, True),
        ([1, 2], {"maxItems": 1}, True),
        ([1, "2"], {"items": {"type": "integer"}}, True),
        ([1, 2], {"items": {"type": "integer"}, "minItems": 2, "maxItems": 2}, False),
        ([1], {"items": True, "minItems": "two"}, False),
        ("aaaa!", {"pattern": "(a+)+$"}, False),
        ({"a": 1}, {"$ref": "https://example.com/schema"}, False),
        ({"a": 1}, {"required": "a", "properties": []}, False),
        (7, "no schema", False),
    ],
)
def test_a_value_departs_from_what_a_schema_says(value: Any, schema: Any, wrong: bool) -> None:
    assert departs(value, schema) is wrong


def test_a_schema_is_followed_only_so_deep() -> None:
    value: Any = 1
    schema: Any = {"type": "string"}
    for _ in range(100):
        value, schema = [value], {"items": schema}
    assert departs(value, schema) is False
