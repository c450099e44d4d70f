"""Texts of JSON as people and hosts write them, for Hypothesis."""

import json
from typing import Any

from hypothesis import strategies as st

NAMES = st.text(max_size=8) | st.sampled_from(["mcpServers", "a", 'q"uote', "//", "/*x*/", ","])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["// no comment", "/* nor this */", "a, }", "\\", '"', "https://x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
SERVERS = st.dictionaries(NAMES, VALUES, max_size=3)


@st.composite
def documents(draw: st.DrawFn, *, ours: bool) -> dict[str, Any]:
    """An object in any order, perhaps with a list of servers; with `ours` Homeward is in it."""
    value = draw(
        st.dictionaries(NAMES.filter(lambda name: name != "mcpServers"), VALUES, max_size=3)
    )
    if ours or draw(st.booleans()):
        servers = draw(SERVERS) | ({"homeward": draw(VALUES)} if ours else {})
        value["mcpServers"] = {name: servers[name] for name in draw(st.permutations(list(servers)))}
    return {name: value[name] for name in draw(st.permutations(list(value)))}


@st.composite
def strict(draw: st.DrawFn, *, ours: bool = False) -> str:
    """A text of strict JSON in some style."""
    indent = draw(st.sampled_from([None, 0, 2, 4, "\t"]))
    separators = draw(st.sampled_from([None, (",", ":"), (", ", " : ")]))
    text = json.dumps(
        draw(documents(ours=ours)),
        indent=indent,
        separators=separators,
        ensure_ascii=draw(st.booleans()),
    )
    text = (
        draw(st.sampled_from(["", "\n", " \n\t"]))
        + text
        + draw(st.sampled_from(["", "\n", "\n\n "]))
    )
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@st.composite
def commented(draw: st.DrawFn, *, ours: bool = False) -> str:
    """A text with comments and trailing commas, where they may be."""
    blanks = st.sampled_from(["", " ", "\n", "\n  ", "\t"])
    notes = st.sampled_from(
        ["", "", '// a note, with } and " in it\n', '/* so, "too": { */', "/*\n*/"]
    )

    def between() -> str:
        return draw(blanks) + draw(notes) + draw(blanks)

    def written(value: Any) -> str:
        if isinstance(value, dict):
            rows = [f"{json.dumps(n)}{between()}:{between()}{written(v)}" for n, v in value.items()]
            return joined("{", rows, "}")
        if isinstance(value, list):
            return joined("[", [written(each) for each in value], "]")
        return json.dumps(value)

    def joined(opens: str, rows: list[str], closes: str) -> str:
        parts = [f"{between()}{row}{between()}" for row in rows]
        last = "," + between() if rows and draw(st.booleans()) else ""
        return opens + ",".join(parts) + last + (between() if not rows else "") + closes

    text = between() + written(draw(documents(ours=ours))) + between()
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
