"""What keeps the cache from understanding questions, in words."""

from vocabulary import HomewardError


class EncoderMissing(HomewardError):
    """The encoder cannot be made or loaded; until it can, only exact repeats are recognised."""
