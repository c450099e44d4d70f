"""What can be wrong with the shipped prior."""

from vocabulary import HomewardError


class PriorError(HomewardError):
    """The file that predicts which model will do is missing, damaged or of another version.
    Routing goes on without it."""
