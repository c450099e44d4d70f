"""How each candidate that was tried is told of: one `Tried` for each way an attempt can end."""

from ledger import OverBudget
from routing.errors import ProviderError, ProviderTimeout
from routing.running.queue import Busy
from routing.values import Candidate
from switchboard.closing import Ended
from switchboard.request import Tried
from switchboard.walked import Held
from vocabulary import HomewardError


def overtaken(candidate: Candidate, ended: Ended | HomewardError | None) -> Tried:
    """The model that was loading when another spoke, or failed before that."""
    name = candidate.model.id
    if isinstance(ended, Ended) and isinstance(ended.result, BaseException):
        return failed(name, ended.result)
    if isinstance(ended, HomewardError):
        return not_sent(name, ended)
    return Tried(model=name, outcome="overtaken", reason="It was still loading.")


def answered(held: Held, *, doubtful: bool) -> Tried:
    name = held.candidate.model.id
    if held.damage:
        return Tried(model=name, outcome="damaged", reason=held.damage)
    if doubtful:
        return Tried(model=name, outcome="doubtful", reason=held.checked.says)
    return Tried(model=name, outcome="ok")


def not_sent(name: str, error: HomewardError) -> Tried:
    if isinstance(error, OverBudget):
        return Tried(model=name, outcome="over_budget", reason=str(error))
    if isinstance(error, Busy):
        return Tried(model=name, outcome="busy", reason=str(error))
    return Tried(model=name, outcome="kept", reason=str(error))


def failed(name: str, error: BaseException) -> Tried:
    reason = str(error)
    if isinstance(error, ProviderError) and error.retry_after is not None:
        reason += f" It asks to wait {error.retry_after:.0f} s."
    timeout = isinstance(error, ProviderTimeout)
    return Tried(model=name, outcome="timeout" if timeout else "error", reason=reason)
