"""Runs every finder over a text within a budget of time, and settles where they overlap."""

import time
from bisect import bisect
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from vocabulary import HomewardError
from whitelist.detector.encoded import LAYERS, layer
from whitelist.detector.findings import KINDS, RANK, Finding, Findings
from whitelist.detector.normalise import plain
from whitelist.detector.scan import Finder, Hit, scan
from whitelist.detector.tags import outside_tags, without_tags

VERSION = "3"
"""Changes whenever the same text may give other findings."""

MAX_CHARS = 2_000_000
BUDGET_SECONDS = 8.0
_HITS_BETWEEN_LOOKS = 256


class Detector:
    """Finds personal data and secrets in a text. Opens no file and no socket while it does.

    `clock` gives seconds; it is only compared with itself.
    """

    version = VERSION

    def __init__(
        self,
        finders: Sequence[Finder] | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        budget_seconds: float = BUDGET_SECONDS,
        max_chars: int = MAX_CHARS,
    ) -> None:
        self._finders = finders if finders is not None else all_finders()
        self._clock = clock
        self._budget = budget_seconds
        self._max_chars = max_chars

    def detect(self, text: str, *, ignore_examples: bool = True) -> Findings:
        """Everything found in `text`, by place. Linear in its length; blocks while it works.

        `ignore_examples` leaves out documentation's own values: example.com (RFC 2606),
        192.0.2.1 (RFC 5737), test cards, numbers reserved for stories. Never raises: where it
        fails, takes too long or meets too much text, the findings say so and count as tier A.
        """
        if len(text) > self._max_chars:
            return _incomplete(f"it is longer than {self._max_chars:,} characters")
        try:
            return self._detect(text, examples=not ignore_examples)
        except _OutOfTime:
            return _incomplete(f"it took longer than {self._budget:g} seconds")
        except Exception as error:  # whatever it is, the text must not pass as harmless
            return _incomplete(f"the detector failed: {type(error).__name__}")

    def _detect(self, text: str, *, examples: bool) -> Findings:
        end = self._clock() + self._budget
        items = [
            Finding(kind=kind, tier=KINDS[kind].tier, start=start, end=stop)
            for kind, start, stop in settled(self._hits(text, examples=examples, end=end))
            if any(outside_tags(text, start, stop))
        ]
        return Findings(items=tuple(items), version=VERSION)

    def _hits(self, text: str, *, examples: bool, end: float, depth: int = 0) -> list[Hit]:
        """What is in `text`, and what is in that which it holds encoded, at the place of that."""
        form = plain(text)
        view = scan(without_tags(form.text), examples=examples)
        hits: list[Hit] = []
        for finder in self._finders:
            for number, (kind, start, stop) in enumerate(finder(view)):
                hits.append((kind, *form.span(start, stop)))
                if number % _HITS_BETWEEN_LOOKS == 0:
                    self._look(end)
            self._look(end)
        inner = layer(view)
        hidden: list[Hit] = [("SECRET", *place) for place in inner.unread]
        if inner.text and depth == LAYERS:
            hidden += [("SECRET", *place) for place in inner.places]
        elif inner.text:
            below = self._hits(inner.text, examples=examples, end=end, depth=depth + 1)
            hidden += [
                (kind, *inner.place(start)) for kind, start, _ in below if KINDS[kind].tier != "C"
            ]
        return hits + [(kind, *form.span(start, stop)) for kind, start, stop in hidden]

    def _look(self, end: float) -> None:
        if self._clock() > end:
            raise _OutOfTime


class _OutOfTime(Exception):
    pass


Detect = Callable[[str], Findings]
"""What inspects a text; it never raises."""


def detect(text: str, *, ignore_examples: bool = True) -> Findings:
    """`Detector.detect` with the finders of this release, made ready on first use."""
    return _inspected(_detector, text, ignore_examples=ignore_examples)


def with_finder(make: Callable[[], Finder]) -> Detect:
    """`detect` with one finder more, which is made with the first text that is inspected.

    Where it cannot be made, no text is inspected in full, so each counts as tier A.
    """
    ready = cache(lambda: Detector((*all_finders(), make())))
    return lambda text: _inspected(ready, text, ignore_examples=True)


def _inspected(ready: Callable[[], Detector], text: str, *, ignore_examples: bool) -> Findings:
    try:
        detector = ready()
    except HomewardError as error:
        return _incomplete(error.what)
    except Exception as error:  # an installation that is not whole must not pass text as harmless
        return _incomplete(f"the detector cannot be made ready: {type(error).__name__}")
    return detector.detect(text, ignore_examples=ignore_examples)


def all_finders() -> tuple[Finder, ...]:
    """Every finder of this release. Imports them and RE2, and compiles the table of vendors."""
    from whitelist.detector.assigned import named_secrets
    from whitelist.detector.cards import cards
    from whitelist.detector.contacts import emails, ip_addresses, urls
    from whitelist.detector.numbers import ibans, social_security
    from whitelist.detector.people import people
    from whitelist.detector.places import signals
    from whitelist.detector.private_keys import private_keys
    from whitelist.detector.secrets import VendorSecrets, formats
    from whitelist.detector.seeds import seed_phrases
    from whitelist.detector.sent import SentSecrets

    return (
        VendorSecrets(formats()),
        private_keys,
        seed_phrases(),
        SentSecrets(),
        named_secrets,
        cards,
        ibans,
        social_security,
        people(),
        emails,
        ip_addresses,
        signals,
        urls,
    )


def settled(hits: Iterable[Hit]) -> list[Hit]:
    """Hits by place, none overlapping another: the worse kind stands, then the longer one."""
    by_worth = sorted(hits, key=lambda hit: (RANK[hit[0]], hit[1] - hit[2], hit[1]))
    kept: list[tuple[int, int, str]] = []
    for kind, start, end in by_worth:
        place = bisect(kept, (start, end, ""))
        before_ends = kept[place - 1][1] if place else 0
        next_starts = kept[place][0] if place < len(kept) else end
        if before_ends <= start and end <= next_starts:
            kept.insert(place, (start, end, kind))
    return [(kind, start, end) for start, end, kind in kept]


@cache
def _detector() -> Detector:
    return Detector()


def _incomplete(failure: str) -> Findings:
    return Findings(complete=False, failure=failure, version=VERSION)
