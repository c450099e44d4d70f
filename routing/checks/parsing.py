"""Whether what is written in a language of machines can be read: parsed, never run."""

import ast
import json
import re
import textwrap
import tomllib
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from routing.checks.fences import fenced
from routing.checks.schema import departs, schema_in
from routing.checks.values import Failure, Question
from routing.checks.wording import any_of, count_of
from vocabulary import Finish

_LONGEST = 20_000
"""Characters. Longer code is not looked at: parsers take their time with what is made to."""

_DEEPEST = 60
_RUN = re.compile(r"(?:[-+~]\s*){60}|(?:\b(?:not|lambda\s*:|await)\s+){40}")
_ELIDED = re.compile(r"\.\.\.|…|^\s*(?://|#|/\*)|<[a-z_ -]+>", re.M | re.I)
_NOT_PYTHON = re.compile(r"^\s*(?:>>>|%|!|\$ |pip |In \[)", re.M)
_PYTHON_2 = re.compile(r"python ?2|\bprint [\"']", re.I)
_BRACES = frozenset(
    {
        "js",
        "javascript",
        "ts",
        "typescript",
        "java",
        "c",
        "cpp",
        "c++",
        "cs",
        "csharp",
        "go",
        "rust",
        "kotlin",
        "swift",
        "php",
        "css",
    }
)
_LIFETIME = re.compile(r"(?<=[&<, ])'[a-z_]+\b(?!')")
"""Rust's `&'a str` opens no text."""

_QUOTED = re.compile(
    r"//[^\n]*|/\*.*?(?:\*/|\Z)"
    r"|\"(?:\\.|[^\"\\\n]){0,400}\"|'(?:\\.|[^'\\\n]){0,400}'|`(?:\\.|[^`\\]){0,400}`"
    r"|(?<=[=(,:\s])/(?:\\.|[^/\\\n]){1,400}/",
    re.S,
)


def no_json(question: Question, answer: str, finish: Finish | None) -> Failure | None:
    """JSON was asked for, and there is none, or it departs from the schema in the question."""
    asked = question.wishes
    if not _json_asked().search(asked) or count_of("about_json", asked):
        return None
    found = _json_of(answer)
    if found is None:
        if any(
            language.startswith("json") and _is_json(code)
            for language, code in fenced(answer).blocks
        ):
            return None  # parts are left out, or each line is a value
        return Failure(check="json", says="JSON was asked for, and this is none.", certain=True)
    schema = schema_in(asked)
    if schema is not None and departs(found[0], schema):
        return Failure(check="json", says="The JSON departs from the schema.", certain=True)
    return None


def does_not_parse(question: Question, answer: str, finish: Finish | None) -> Failure | None:
    """A block of code in it cannot be read as what it says it is."""
    for language, code in fenced(answer).blocks:
        if len(code) > _LONGEST or _too_deep(code):
            continue
        parse = _PARSERS.get(language)
        if parse is not None and not parse(code):
            sure = language in _PYTHON and not _ELIDED.search(code) and code.count("\n") > 1
            return Failure(check="code", says="The code does not parse.", certain=sure)
        if language in _BRACES and not _balanced(_LIFETIME.sub("", code)):
            return Failure(check="code", says="The code's brackets do not match.")
    return None


@cache
def _json_asked() -> re.Pattern[str]:
    others = rf"(?:(?!{any_of('json_given')})[^.?!\n]){{0,30}}"
    return re.compile(
        rf"{any_of('json_verbs')}{others}\bjson\b|{any_of('json_forms')} json\b", re.IGNORECASE
    )


def _json_of(answer: str) -> tuple[Any] | None:
    """The value of the answer, of a block in it, or of what stands between its outer brackets."""
    inside = [code for language, code in fenced(answer).blocks if language in ("json", "")]
    first = re.search(r"[{\[]", answer)
    last = max(answer.rfind("}"), answer.rfind("]"))
    bare = answer[first.start() : last + 1] if first else ""
    for text in (answer, *inside, bare):
        if len(text) <= 10 * _LONGEST:
            try:
                return (json.loads(text),)
            except (ValueError, RecursionError):
                continue
    return None


def _too_deep(code: str) -> bool:
    depth = deepest = 0
    for letter in code:
        depth += (letter in "([{") - (letter in ")]}")
        deepest = max(deepest, depth)
    return deepest > _DEEPEST or _RUN.search(code) is not None


def _is_python(code: str) -> bool:
    if _NOT_PYTHON.search(code) or _PYTHON_2.search(code):
        return True  # a session, a notebook, another Python: not ours to judge
    plain = textwrap.dedent(code).rstrip()
    return any(map(_parses_as_python, (plain, f"{plain}\n    pass", f"{plain}\ndef f(): pass")))


def _parses_as_python(code: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(code)
        except SyntaxError as error:
            return "outside" in str(error)  # `return` on its own shows a part of a function
        except (ValueError, RecursionError, MemoryError):
            return True
    return True


def _is_json(code: str) -> bool:
    """A value, a part of an object, a value on each line, or one that leaves something out."""
    if _loads(code) or _loads(f"{{{code}}}") or _ELIDED.search(code):
        return True
    lines = [line for line in code.splitlines() if line.strip()]
    return len(lines) > 1 and all(map(_loads, lines))


def _loads(code: str) -> bool:
    try:
        json.loads(code)
    except (ValueError, RecursionError):
        return False
    return True


def _is_toml(code: str) -> bool:
    try:
        tomllib.loads(code)
    except (ValueError, RecursionError):
        return bool(_ELIDED.search(code))
    return True


def _is_xml(code: str) -> bool:
    """Entities are never expanded; a document that declares any is not judged."""
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    body = re.sub(r"^\s*<\?xml[^>]*\?>", "", code)
    try:
        ElementTree.fromstring(body if "<!DOCTYPE" in body else f"<all>{body}</all>")
    except DefusedXmlException:
        return True
    except ElementTree.ParseError as error:
        return "unbound prefix" in str(error) or "..." in code
    return True


def _balanced(code: str) -> bool:
    plain = _QUOTED.sub("", code)
    return all(plain.count(one) == plain.count(other) for one, other in ("()", "[]", "{}"))


_PYTHON = frozenset({"python", "py", "python3"})
_PARSERS: Mapping[str, Callable[[str], bool]] = {
    **dict.fromkeys(_PYTHON, _is_python),
    "json": _is_json,
    "toml": _is_toml,
    "xml": _is_xml,
}
