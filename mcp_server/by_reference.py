"""Work on documents by reference: the assistant names files, and sees an answer without the data.

Its cloud never sees a document. What returns is the answer with tags in place of personal data, or
only the path of a file that the answer was written to.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import anyio.to_thread

from mcp_server.replies import routed
from mcp_server.results import Routed
from switchboard.errors import InvalidRequest
from switchboard.path import Switchboard
from switchboard.request import Answer, OnStep, Request
from whitelist.concealing import Held, concealed, held
from whitelist.delivery import can_deliver, deliver
from whitelist.detector.detect import Detect
from whitelist.documents import Document, read_document

Delivery = Literal["reply", "file"]
MOST_FILES = 50


async def work_on(
    switchboard: Switchboard,
    request: Request,
    files: Sequence[str],
    *,
    folders: Sequence[str],
    delivery: Delivery,
    detect: Detect,
    on_step: OnStep,
) -> Routed:
    """Read the files, answer, and hand the answer over as `delivery` says.

    Nothing of the answer is told before it is whole and free of personal data.

    Raises:
        DocumentError: a file may not or cannot be read, or no answer be written beside it.
        NotRedactable: the answer cannot be shown safely.
        HomewardError: as `Switchboard.answer`.
    """
    if len(files) > MOST_FILES:
        raise InvalidRequest(
            f"{len(files)} files were named; at most {MOST_FILES} are read at once.",
            fix="Ask about fewer at a time.",
        )
    documents = await read(files, folders, on_step)
    known: tuple[Held, ...] = ()
    if delivery == "file":
        await anyio.to_thread.run_sync(can_deliver, documents[0], tuple(folders))
    else:  # what no answer may show; and no work is spent on one that could not be cleared
        known = await anyio.to_thread.run_sync(_held, documents, detect)
    answer = await switchboard.answer(replace(request, documents=documents), on_step=on_step)
    answer = replace(answer, notices=(*_left_out(documents), *answer.notices))
    if delivery == "file":
        place = await anyio.to_thread.run_sync(deliver, answer.text, documents[0], tuple(folders))
        return routed(replace(answer, text="")).model_copy(update={"file": str(place)})
    return routed(await anyio.to_thread.run_sync(_without_data, answer, known, detect))


async def read(
    files: Sequence[str], folders: Sequence[str], on_step: OnStep
) -> tuple[Document, ...]:
    """The documents, in the order they were named."""
    found = []
    for number, file in enumerate(files, start=1):
        await on_step(f"reading file {number} of {len(files)}")
        found.append(await read_document(file, folders))
    return tuple(found)


def _held(documents: Sequence[Document], detect: Detect) -> tuple[Held, ...]:
    return held([document.text for document in documents], detect=detect)


def _without_data(answer: Answer, known: Sequence[Held], detect: Detect) -> Answer:
    text, counts = concealed(answer.text, known, detect=detect)
    if not counts:
        return replace(answer, text=text)
    taken = ", ".join(f"{n}× {kind}" for kind, n in counts.items())
    notice = f"Taken out of the answer: {taken}. With deliver='file' the person gets it whole."
    return replace(answer, text=text, notices=(notice, *answer.notices))


def _left_out(documents: Sequence[Document]) -> list[str]:
    return [f"{each.name}: {notice}" for each in documents for notice in each.notices]
