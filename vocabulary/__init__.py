"""The few frozen values that every room names without knowing another room. No behaviour."""

from vocabulary.errors import HomewardError
from vocabulary.values import (
    Finish,
    Message,
    Money,
    Prompt,
    Role,
    TaskKind,
    Usage,
)

__all__ = ["Finish", "HomewardError", "Message", "Money", "Prompt", "Role", "TaskKind", "Usage"]
