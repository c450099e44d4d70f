"""How an experiment can be refused."""

from vocabulary import HomewardError


class AlreadyRunning(HomewardError):
    """An experiment runs already; two at once would blur each other."""


class NoExperiment(HomewardError):
    """There is no experiment of that id, or none runs."""
