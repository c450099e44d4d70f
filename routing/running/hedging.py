"""A second start: when the first model is long in coming, another begins, and who speaks stays."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import anyio

from vocabulary import HomewardError

T = TypeVar("T")
OnText = Callable[[str], Awaitable[None]]

Runner = Literal["first", "second"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hedged(Generic[T]):
    """What came of one or two starts.

    `first` and `second` are what each gave or raised; None for one that was never begun, or was
    broken off because the other spoke. `spoke` is whose text was passed on; None: nobody's.
    """

    first: T | HomewardError | None
    second: T | HomewardError | None
    spoke: Runner | None


async def hedged(
    first: Callable[[OnText], Awaitable[T]],
    second: Callable[[OnText], Awaitable[T]],
    *,
    after_s: float,
    on_text: OnText,
) -> Hedged[T]:
    """Runs `first`, and `second` beside it once `first` has said nothing for `after_s` seconds.

    Each is given a listener to speak to. The text of whoever speaks first goes to `on_text`, and
    the other is cancelled at once; it may take its time to settle what it used. One that ends
    without a word leaves the field to the other. `second` is never begun once `first` has ended,
    well or not: what comes next is then the caller's to say.

    Raises:
        BaseException: whatever else than a HomewardError either raises, or `on_text` does.
    """
    race: _Race[T] = _Race(on_text)
    async with anyio.create_task_group() as group:
        group.start_soon(race.run, "first", first)
        with anyio.move_on_after(after_s):
            await race.decided.wait()
        if not race.decided.is_set():
            group.start_soon(race.run, "second", second)
    if race.trouble is not None:
        raise race.trouble
    return Hedged(first=race.ended.get("first"), second=race.ended.get("second"), spoke=race.spoke)


class _Race(Generic[T]):
    """`decided` is set once somebody has spoken or the first to be started has ended."""

    def __init__(self, on_text: OnText) -> None:
        self._on_text = on_text
        self._scopes: dict[Runner, anyio.CancelScope] = {}
        self.decided = anyio.Event()
        self.ended: dict[Runner, T | HomewardError] = {}
        self.spoke: Runner | None = None
        self.trouble: BaseException | None = None

    async def run(self, name: Runner, start: Callable[[OnText], Awaitable[T]]) -> None:
        async def speak(text: str) -> None:
            if self._first_word(name):
                await self._on_text(text)

        with anyio.CancelScope() as scope:
            self._scopes[name] = scope
            try:
                self.ended[name] = await start(speak)
            except HomewardError as error:
                self.ended[name] = error
            except Exception as error:
                self.trouble = self.trouble or error
                self._stop_all()
            finally:
                self.decided.set()

    def _first_word(self, name: Runner) -> bool:
        """Whether this one has the floor; the first to ask gets it, and the other has to go."""
        if self.spoke is None:
            self.spoke = name
            self.decided.set()
            for other, scope in self._scopes.items():
                if other != name:
                    scope.cancel()
        return self.spoke == name

    def _stop_all(self) -> None:
        for scope in self._scopes.values():
            scope.cancel()
