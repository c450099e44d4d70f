"""A small part of JSON Schema: the part that people write into prompts.

`type`, `properties`, `required`, `items`, `enum`, `additionalProperties: false`, `minItems` and
`maxItems`. Keywords beyond these are passed over: no reference is followed, no pattern run.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_DEEPEST = 30


def schema_in(text: str) -> dict[str, Any] | None:
    """The first JSON object in `text` that describes an object or a list, if there is one."""
    decoder, at = json.JSONDecoder(), text.find("{")
    for _ in range(20):
        if at < 0:
            return None
        try:
            found, _ = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict) and _describes(found):
            return found
        at = text.find("{", at + 1)
    return None


def departs(value: Any, schema: Any, depth: int = 0) -> bool:
    """Whether `value` breaks what `schema` says of it."""
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return False
    if not _is_of(value, schema.get("type")):
        return True
    allowed = schema.get("enum")
    if isinstance(allowed, list) and value not in allowed:
        return True
    if isinstance(value, dict):
        return _object_departs(value, schema, depth)
    return isinstance(value, list) and _list_departs(value, schema, depth)


def _describes(found: Mapping[str, Any]) -> bool:
    return isinstance(found.get("properties"), dict) or (
        found.get("type") == "array" and isinstance(found.get("items"), dict)
    )


def _is_of(value: Any, kind: Any) -> bool:
    kinds = kind if isinstance(kind, list) else [kind]
    known = [_TYPES[each] for each in kinds if isinstance(each, str) and each in _TYPES]
    if not known:
        return True
    if isinstance(value, bool):
        return (bool,) in known
    whole = isinstance(value, float) and value.is_integer() and (int,) in known
    return whole or any(isinstance(value, types) for types in known)


def _object_departs(value: Mapping[str, Any], schema: Mapping[str, Any], depth: int) -> bool:
    described = schema.get("properties")
    properties = described if isinstance(described, dict) else {}
    required = schema.get("required")
    if isinstance(required, list) and any(name not in value for name in required):
        return True
    if schema.get("additionalProperties") is False and set(value) - set(properties):
        return True
    shared = set(properties) & set(value)
    return any(departs(value[name], properties[name], depth + 1) for name in shared)


def _list_departs(value: Sequence[Any], schema: Mapping[str, Any], depth: int) -> bool:
    least, most = schema.get("minItems"), schema.get("maxItems")
    if isinstance(least, int) and len(value) < least:
        return True
    if isinstance(most, int) and len(value) > most:
        return True
    return any(departs(item, schema.get("items"), depth + 1) for item in value)
