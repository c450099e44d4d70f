"""The one path every prompt takes."""

from switchboard.errors import AllFailed, InvalidRequest, NoCandidate
from switchboard.request import Answer, Decision, Request, Tried

__all__ = [
    "AllFailed",
    "Answer",
    "Decision",
    "InvalidRequest",
    "NoCandidate",
    "Request",
    "Tried",
]
