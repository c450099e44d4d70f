"""The one name under which a provider's and our names of a model meet."""

import re
from functools import lru_cache

_DATED = re.compile(r"-(?:20\d{2}-\d{2}-\d{2}|20\d{6}|\d{4}|latest)$")
_LANE = re.compile(r"^[a-z ]+\| ")
"""`priority | gpt-5` on an OpenAI bill: the same model, served in another lane."""


@lru_cache(maxsize=4096)
def family(name: str) -> str:
    """`claude-haiku-4-5-20251001` and `Claude Haiku 4.5` are both `claude-haiku-4-5`.

    Capitals, dates, `-latest` and what stands behind a colon (`:free`) do not count, nor does the
    sign between two words. So snapshots of one model are added up, on both sides alike.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower().partition(":")[0]).strip("-")
    while undated := _DATED.sub("", slug):
        if undated == slug:
            break
        slug = undated
    return slug


@lru_cache(maxsize=4096)
def charged_model(name: str) -> str:
    """The model of a line on a bill: `priority | gpt-5, cached input` is `gpt-5`.

    What is no model's (`web search tool calls`) keeps its name.
    """
    name = _LANE.sub("", " ".join(name.split()))
    model, comma, _ = name.partition(",")
    return (
        model.removesuffix(" audio").removesuffix(" text").removesuffix(" image") if comma else name
    )
