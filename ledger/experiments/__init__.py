"""Two ways of answering, held against each other while people work as always.

One experiment runs at a time on a machine. `assigning` says which arm a request belongs to,
`evidence` how sure the difference is, `standing` what all that comes to, `sizes` how long it may
take. Importing this is cheap; numpy is loaded when something is worked out.
"""

from ledger.experiments.assigning import arm_of, unit_of
from ledger.experiments.errors import AlreadyRunning, NoExperiment
from ledger.experiments.sqlite import History, SqliteExperiments
from ledger.experiments.values import (
    ARMS,
    METRICS,
    Arm,
    By,
    Experiment,
    Letter,
    Limit,
    Metric,
    Observation,
)

__all__ = [
    "ARMS",
    "METRICS",
    "AlreadyRunning",
    "Arm",
    "By",
    "Experiment",
    "History",
    "Letter",
    "Limit",
    "Metric",
    "NoExperiment",
    "Observation",
    "SqliteExperiments",
    "arm_of",
    "unit_of",
]
