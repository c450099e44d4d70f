"""Remembers answers, and serves them again to questions they certainly answer.

    store = SqliteAnswers(data / "cache.db")
    encoder = BackgroundEmbed(lambda: load("all-MiniLM-L6-v2", folder=models))
    cache = SemanticCache(store, encoder=lambda: encoder.ready, guard=TrainedGuard())

`look` finds the very same question first, then one that means the same; all inside the question's
scope. Importing this room loads no model and no numpy: that is done in the background thread which
`encoder.start()` begins.
"""

from cache.background import BackgroundEmbed
from cache.embed import Embed, OnnxEmbed, SentenceTransformersEmbed, load
from cache.encoder import prepare
from cache.errors import EncoderMissing
from cache.guard import TrainedGuard, exact_only, veto
from cache.hit import Candidate, Hit
from cache.inflight import InFlight
from cache.judge import CERTAINTY, SIMILARITY, Guard, Judge
from cache.key import Question, digest_of, exact_key, scope_of
from cache.lifetimes import MOMENT_S, TTL_S, Lifetimes
from cache.recall import SemanticCache
from cache.reembedding import Reembedding
from cache.sqlite import Forgotten, SqliteAnswers, forget
from cache.standing import Verdict, bar
from cache.store import Contents, Found, Limits, Listed, Store, Stored

__all__ = [
    "CERTAINTY",
    "MOMENT_S",
    "SIMILARITY",
    "TTL_S",
    "BackgroundEmbed",
    "Candidate",
    "Contents",
    "Embed",
    "EncoderMissing",
    "Forgotten",
    "Found",
    "Guard",
    "Hit",
    "InFlight",
    "Judge",
    "Lifetimes",
    "Limits",
    "Listed",
    "OnnxEmbed",
    "Question",
    "Reembedding",
    "SemanticCache",
    "SentenceTransformersEmbed",
    "SqliteAnswers",
    "Store",
    "Stored",
    "TrainedGuard",
    "Verdict",
    "bar",
    "digest_of",
    "exact_key",
    "exact_only",
    "forget",
    "load",
    "prepare",
    "scope_of",
    "veto",
]
