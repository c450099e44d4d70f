"""A rest after the database failed, so that no prompt waits on it again and again."""

from storage import StorageError

REST_S = 60.0


class Pause:
    """Begins with an error and lasts a minute; `notice` stays until something works again."""

    def __init__(self) -> None:
        self.notice: str | None = None
        self._until = 0.0

    def lasts(self, now: float) -> bool:
        return self._until - REST_S <= now < self._until  # a clock set back ends it too

    def begin(self, error: StorageError, now: float) -> None:
        self.notice = f"The cache rests for a minute. {error}"
        self._until = now + REST_S

    def end(self) -> None:
        self.notice, self._until = None, 0.0
