"""Asking the person: a question for one text and one destination, and what they allowed."""

from collections.abc import Callable

from routing.values import Candidate
from switchboard.outgoing import in_one
from switchboard.planning import Drawn
from switchboard.reading import Reading
from vocabulary import HomewardError
from whitelist.detector.findings import KINDS
from whitelist.errors import Refused
from whitelist.grants import Ask, Grant, Grants
from whitelist.policy import Verdict
from whitelist.samples import samples


class ConsentRequired(HomewardError):
    """Only a cloud could answer, and only if the person agrees. `ask` is the question to them."""

    def __init__(self, ask: Ask) -> None:
        super().__init__(
            f"{in_words(ask)} Nothing was sent.",
            fix=f"The person decides in a terminal: homeward approve {ask.id}. "
            "Then send the same request again.",
        )
        self.ask = ask


class Asking:
    """Knows what a person was asked about a text, and what they allowed.

    `fingerprint` gives the keyed hash of some texts: it stands for them in what is stored.
    Every method may block for the disk, and raises AuditError where there is no key, StorageError
    where the books cannot be read: then nothing leaves.
    """

    def __init__(self, grants: Grants, *, fingerprint: Callable[..., str]) -> None:
        self._grants = grants
        self._fingerprint = fingerprint

    def standing(self, reading: Reading) -> tuple[Grant, ...]:
        """What the person allowed for exactly this text, and has not been used up."""
        return self._grants.standing(self._fingerprint(*reading.content))

    def required(self, reading: Reading, drawn: Drawn) -> ConsentRequired:
        """The question about the best model that would do; the same one while it waits.

        Raises:
            Refused: the person said no within the hour, or too many questions wait already.
        """
        candidate, verdict = drawn.asking[0]
        ask = self._ask(reading, candidate, verdict)
        if ask.state == "refused":
            raise Refused(
                "The person keeps this text on their machine, and no model there can answer it.",
                fix="Leave the personal data out, or ask with prefer='auto' once a local model "
                "runs.",
                rule="the person decided",
            )
        return ConsentRequired(ask)

    def spend(self, grant: Grant) -> bool:
        """Use a consent up; False where another call has used it."""
        return self._grants.spend(grant.id)

    def _ask(self, reading: Reading, candidate: Candidate, verdict: Verdict) -> Ask:
        request = reading.request
        return self._grants.ask(
            fingerprint=self._fingerprint(*reading.content),
            destination=candidate.model.host,
            model=candidate.model.id,
            task=reading.analysis.task,
            counts=reading.findings.counts(),
            samples=samples(in_one(reading.prompt), reading.findings),
            forms=verdict.ask,
            documents=[document.name for document in request.documents],
            caller=request.caller,
        )


def in_words(ask: Ask) -> str:
    """What would go where, in kinds and numbers, never in the text's own words."""
    data = [f"{n} × {KINDS[kind].words}" for kind, n in ask.counts.items() if _told(kind, ask)]
    if ask.documents:
        data.append("a document" if len(ask.documents) == 1 else f"{len(ask.documents)} documents")
    return f"This would send {', '.join(data)} to {ask.destination} ({ask.model}) for {ask.task}."


def _told(kind: str, ask: Ask) -> bool:
    """Signals are told only where there is nothing worse."""
    worst = min(KINDS[each].tier for each in ask.counts)
    return KINDS[kind].tier != "C" or worst == "C"
