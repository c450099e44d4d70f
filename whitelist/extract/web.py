"""Web pages: what a reader sees, without scripts, hidden parts, or anything fetched."""

import re

from justhtml import Document, Element, JustHTML, Node
from justhtml import Text as Words

from .found import Text
from .letters import decoded

_LEFT_OUT = {
    *("script", "style", "template", "noscript", "iframe", "object", "svg", "math", "meta", "link"),
    *("select", "datalist", "dialog"),
}
_LINES = {"caption", "dd", "div", "dt", "figcaption", "form", "li", "summary", "tr"}
_PARAGRAPHS = {
    *("address", "article", "aside", "blockquote", "details", "dl", "fieldset", "figure", "footer"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre"),
    *("section", "table", "title", "ul"),
}
_LINE, _PARAGRAPH, _VERBATIM = "\v\f\x1c"
"""What begins a new line, a new paragraph, and a line as it stands, until all is put together."""
_GAP = re.compile(r"[ \n\v\f]+")
_PREFORMATTED_DEPTH = 6  # how many tags a highlighter wraps around a word of code
_INVISIBLE = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|opacity:0(?:\.0*)?(?:;|$)|font-size:0"
)


def read_html(raw: bytes, text: Text) -> None:
    """Raises Unreadable: too much, or no text."""
    charset = re.search(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{1,40})", raw[:4096], re.IGNORECASE)
    stated = charset[1].decode("ascii", "replace") if charset else ""
    page = JustHTML(decoded(raw, text, stated), sanitize=False)  # nothing of it is shown or run
    text.add(_tidied(_words(page.root, text)))


def _words(root: Node, text: Text) -> str:
    """Walks the tree with a list of its own: depth costs no stack."""
    said: list[str] = []
    todo: list[Node | str] = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, str):
            said.append(node)
        elif isinstance(node, Words):
            said.append(_spaced(node))
        elif isinstance(node, Element | Document) and _seen(node, text):
            before, after = _around(node)
            said.append(before)
            todo.extend((after, *reversed(node.children or ())))
    return "".join(said)


def _seen(tag: Node, text: Text) -> bool:
    if tag.name in _LEFT_OUT:
        return False
    attributes = tag.attrs or {}
    style = re.sub(r"\s", "", (attributes.get("style") or "").lower())
    if "hidden" in attributes or _INVISIBLE.search(style):
        text.notices["hidden_left_out"] = 1
        return False
    return True


def _spaced(words: Words) -> str:
    """White space is one space, but for preformatted text."""
    parent: Node | None = words.parent
    for _ in range(_PREFORMATTED_DEPTH):
        if parent is None:
            break
        if parent.name == "pre":
            return (words.data or "").replace("\n", _VERBATIM)
        parent = parent.parent
    return re.sub(r"\s+", " ", words.data or "")


def _around(tag: Node) -> tuple[str, str]:
    """What stands before and after a tag's own words."""
    if tag.name in ("td", "th"):
        return "", " | "
    if tag.name == "br":
        return "\n", ""
    if tag.name in _LINES:
        return _LINE + ("- " if tag.name == "li" else ""), _LINE
    heading = re.fullmatch(r"h([1-6])", tag.name)
    mark = "#" * int(heading[1]) + " " if heading else ""
    return (_PARAGRAPH + mark, _PARAGRAPH) if tag.name in _PARAGRAPHS else ("", "")


def _tidied(said: str) -> str:
    def gap(run: re.Match[str]) -> str:
        if _PARAGRAPH in run[0] or run[0].count("\n") > 1:
            return "\n\n"
        return "\n" if run[0].strip(" ") else run[0]

    lines = _GAP.sub(gap, said).replace(_VERBATIM, "\n").split("\n")
    return "\n".join(line.rstrip().removesuffix(" |") for line in lines).strip("\n ") + "\n"
