"""Remembers answers, and serves them again to questions they certainly answer.

    store = SqliteAnswers(data / "cache.db")
    encoder = BackgroundEmbed(lambda: load("all-MiniLM-L6-v2", folder=models))
    cache = SemanticCache(store, encoder=lambda: encoder.ready, guard=Vetoes())

`exact` before `similar`; both narrow to the question's scope first. Importing this room loads no
model and no numpy: that is done in the background thread which `encoder.start()` begins.
"""

from cache.background import BackgroundEmbed
from cache.embed import Embed, OnnxEmbed, SentenceTransformersEmbed, load
from cache.encoder import prepare
from cache.errors import EncoderMissing
from cache.guard import Vetoes
from cache.judge import THRESHOLD, Guard, Judge
from cache.key import Question, exact_key, scope_of
from cache.recall import TTL_S, Hit, SemanticCache
from cache.sqlite import Forgotten, SqliteAnswers, forget
from cache.store import Contents, Store, Stored

__all__ = [
    "THRESHOLD",
    "TTL_S",
    "BackgroundEmbed",
    "Contents",
    "Embed",
    "EncoderMissing",
    "Forgotten",
    "Guard",
    "Hit",
    "Judge",
    "OnnxEmbed",
    "Question",
    "SemanticCache",
    "SentenceTransformersEmbed",
    "SqliteAnswers",
    "Store",
    "Stored",
    "Vetoes",
    "exact_key",
    "forget",
    "load",
    "prepare",
    "scope_of",
]
