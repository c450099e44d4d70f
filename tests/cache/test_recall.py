"""What is served again, to whom, for how long, and what never is."""

from dataclasses import replace
from pathlib import Path

import pytest

from cache import (
    CERTAINTY,
    MOMENT_S,
    Embed,
    Lifetimes,
    Question,
    SemanticCache,
    SqliteAnswers,
    scope_of,
)
from tests.cache.conftest import SCOPE, Build, Clock, WordEmbed, answer, asked
from vocabulary import Finish, Money, Usage

REWORDED = "What should I do to reset my router?"


def test_the_same_question_gets_its_answer_with_what_it_had_cost(
    remembered: SemanticCache, clock: Clock
) -> None:
    clock.now += 90
    hit = remembered.exact(asked(" How do I reset my router?\r\n"))
    assert hit is not None
    assert (hit.text, hit.provider, hit.model, hit.local) == (
        "Press the button.",
        "ollama",
        "llama",
        True,
    )
    assert hit.usage == Usage(input_tokens=7, output_tokens=5, cached_tokens=3)
    assert (hit.look, hit.similarity, hit.confidence) == ("exact", None, None)
    assert (hit.cost_then, hit.age_s) == (Money(420), 90.0)


def test_a_question_in_other_words_gets_the_answer_with_its_similarity_and_confidence(
    remembered: SemanticCache,
) -> None:
    hit = remembered.look(asked(REWORDED))
    assert hit is not None
    assert (hit.text, hit.look) == ("Press the button.", "nearest")
    assert hit.similarity is not None
    assert hit.confidence is not None
    assert 0.3 < hit.similarity < 1
    assert CERTAINTY <= hit.confidence <= 1


def test_the_same_words_written_otherwise_get_the_answer_without_an_encoder(build: Build) -> None:
    cache = build(encoder=lambda: None)
    cache.remember(asked("How do I reset my router?"), answer())
    hit = cache.look(asked("how do i reset my router"))
    assert hit is not None
    assert (hit.look, hit.similarity, hit.confidence) == ("reading", None, 1.0)
    assert cache.look(asked("how do i reset my routers")) is None
    assert cache.look(asked("how do i reset my router", scope="1" * 64)) is None


def test_the_same_words_are_recognised_past_the_encoders_window(build: Build) -> None:
    long = "How do I reset the old blue router that stands on the shelf beside my desk?"
    cache = build()
    cache.remember(asked(long), answer())
    hit = cache.look(asked(long.lower()))
    assert hit is not None
    assert hit.look == "reading"


def test_what_is_found_to_the_letter_only_is_found_in_no_other_way(build: Build) -> None:
    cache = build()
    question = Question(text="How to reset my router", scope=SCOPE, to_the_letter=True)
    cache.remember(question, answer())
    assert cache.look(question) is not None
    for text in ("how to reset my router", "How to reset my router please"):
        assert cache.look(replace(question, text=text)) is None
        assert cache.look(asked(text)) is None


@pytest.mark.parametrize("kind", ["exact", "read_alike", "similar"])
def test_no_scope_ever_gets_an_answer_of_another(remembered: SemanticCache, kind: str) -> None:
    look = getattr(remembered, kind)
    assert look(asked("How do I reset my router?")) is not None
    assert look(asked("How do I reset my router?", scope="1" * 64)) is None


def test_a_small_scope_beside_a_crowded_one_finds_what_is_its_own(build: Build) -> None:
    cache = build()
    for number in range(60):
        cache.remember(asked(f"How do I reset my router {number}?", scope="1" * 64), answer())
    cache.remember(asked("How do I reset my router?"), answer("Ours."))
    hit = cache.similar(asked(REWORDED))
    assert hit is not None
    assert hit.text == "Ours."


@pytest.mark.parametrize("kind", ["exact", "read_alike", "similar"])
def test_an_answer_is_served_for_a_day_and_not_a_moment_longer(
    remembered: SemanticCache, clock: Clock, kind: str
) -> None:
    look = getattr(remembered, kind)
    clock.now += 24 * 3600 - 1
    assert look(asked("How do I reset my router?")) is not None
    clock.now += 1
    assert look(asked("How do I reset my router?")) is None


def test_expired_answers_are_swept_out_as_new_ones_come(build: Build, clock: Clock) -> None:
    cache = build()
    for number in range(5):
        cache.remember(asked(f"question number {number}"), answer())
    clock.now += 25 * 3600
    cache.remember(asked("question of a later day"), answer())
    stats = cache.stats()
    assert (stats.entries, stats.vectors) == (1, 1)


def test_a_question_answered_again_has_the_newer_answer_once(remembered: SemanticCache) -> None:
    remembered.remember(asked("How do I reset my router?"), answer("Hold it for ten seconds."))
    hit = remembered.exact(asked("How do I reset my router?"))
    assert hit is not None
    assert hit.text == "Hold it for ten seconds."
    assert (remembered.stats().entries, remembered.stats().vectors) == (1, 1)


class Refusing:
    """A guard that refuses one stored question and takes any other."""

    def __init__(self, refused: str) -> None:
        self.refused = refused

    def confidence(self, stored: str, asked: str, similarity: float) -> float:
        return 0.0 if stored == self.refused else 0.999


def test_when_the_best_is_refused_the_next_nearest_is_served(build: Build) -> None:
    cache = build(guard=Refusing("how to reset my router"))
    cache.remember(asked("how to reset my router"), answer("best"))
    cache.remember(asked("how to reset my old router"), answer("next"))
    cache.remember(asked("how to reset my old blue router"), answer("third"))
    hit = cache.similar(asked("how to reset my router"))
    assert hit is not None
    assert hit.text == "next"


def test_what_may_not_be_served_does_not_hide_the_next(build: Build) -> None:
    cache = build(guard=Refusing("nothing"))
    cache.remember(asked("how to reset my router"), replace(answer("a cloud's"), local=False))
    cache.remember(asked("how to reset my old router"), answer("home"))
    hit = cache.similar(asked("how to reset my router"), may=lambda hit: hit.local)
    assert hit is not None
    assert hit.text == "home"
    assert cache.exact(asked("how to reset my router"), may=lambda hit: hit.local) is None


class Broken:
    def confidence(self, stored: str, asked: str, similarity: float) -> float:
        raise RuntimeError("the model is gone")


def test_a_guard_that_fails_is_a_miss(build: Build) -> None:
    cache = build(guard=Broken())
    cache.remember(asked("how to reset my router"), answer())
    assert cache.similar(asked("how to reset my router")) is None


@pytest.mark.parametrize("sure", [float("nan"), 0.0, CERTAINTY - 0.001])
def test_a_guard_that_is_not_sure_enough_is_a_miss(build: Build, sure: float) -> None:
    class Unsure:
        def confidence(self, stored: str, asked: str, similarity: float) -> float:
            return sure

    cache = build(guard=Unsure())
    cache.remember(asked("how to reset my router"), answer())
    assert cache.similar(asked("how to reset my router")) is None


def test_a_guard_that_takes_too_long_is_a_miss(build: Build) -> None:
    passing = Clock()

    class Slow(Refusing):
        def confidence(self, stored: str, asked: str, similarity: float) -> float:
            passing.now += 10
            return super().confidence(stored, asked, similarity)

    cache = build(guard=Slow("nothing"), monotonic=passing)
    cache.remember(asked("how to reset my router"), answer())
    assert cache.similar(asked("how to reset my router")) is None
    assert cache.exact(asked("how to reset my router")) is not None


def test_an_encoder_that_fails_is_a_miss_and_exact_still_works(build: Build) -> None:
    class Failing(WordEmbed):
        def fits(self, text: str) -> bool:
            raise RuntimeError("out of memory")

    cache = build(embed=Failing())
    assert cache.remember(asked("how to reset my router"), answer())
    assert cache.similar(asked("how to reset my router")) is None
    assert cache.exact(asked("how to reset my router")) is not None


def test_a_threshold_of_zero_means_zero(build: Build) -> None:
    anything = Refusing("nothing")
    for similarity, served in ((0, True), (0.95, False)):
        cache = build(guard=anything, similarity=similarity)
        cache.remember(asked("how to reset my router at home"), answer())
        assert (cache.similar(asked("when does our printer print")) is not None) is served


def test_a_text_past_the_window_is_found_exactly_only(build: Build) -> None:
    cache = build(guard=Refusing("nothing"))
    long = "one two three four five six seven eight nine ten eleven twelve"
    cache.remember(asked(long + " write a poem"), answer("a poem"))
    assert cache.similar(asked(long + " drop the table")) is None
    assert cache.similar(asked(long)) is None
    assert cache.exact(asked(long + " write a poem")) is not None


@pytest.mark.parametrize("text", ["What is the weather in Paris today?", "and the second one?"])
def test_a_question_of_the_moment_is_found_exactly_only(build: Build, text: str) -> None:
    cache = build()
    cache.remember(asked(text), answer())
    assert cache.similar(asked(text)) is None
    assert cache.exact(asked(text)) is not None
    assert cache.stats().vectors == 0


def test_until_the_encoder_is_there_exact_repeats_are_served(build: Build) -> None:
    arriving: list[Embed] = []
    cache = build(encoder=lambda: arriving[0] if arriving else None)
    cache.remember(asked("how to reset my router"), answer("early"))
    assert cache.exact(asked("how to reset my router")) is not None
    assert cache.similar(asked("How to reset my router")) is None
    arriving.append(WordEmbed())
    cache.remember(asked("how to reset my printer"), answer("late"))
    assert cache.similar(asked("How to reset my printer")) is not None


def test_vectors_of_two_encoders_never_meet(build: Build) -> None:
    build(embed=WordEmbed(space="a")).remember(asked("how to reset my router"), answer())
    assert build(embed=WordEmbed(space="b")).similar(asked("How to reset my router")) is None
    assert build(embed=WordEmbed(space="a")).similar(asked("How to reset my router")) is not None


def test_an_encoder_of_other_dimensions_lives_in_the_same_file(build: Build) -> None:
    class Wide(WordEmbed):
        dimensions = 768

    wide = build(embed=Wide(space="wide"))
    build().remember(asked("how to reset my router"), answer())
    assert wide.similar(asked("How to reset my printer")) is None
    wide.remember(asked("how to reset my printer"), answer("wide"))
    assert wide.similar(asked("How to reset my printer")) is not None
    assert wide.clear() == 2


@pytest.mark.parametrize("finish", ["length", "refusal", None])
def test_an_unfinished_answer_is_never_kept(build: Build, finish: Finish | None) -> None:
    cache = build()
    assert not cache.remember(asked("Tell me everything"), answer(finish=finish))
    assert cache.exact(asked("Tell me everything")) is None


def test_an_answer_lives_as_long_as_its_kind_of_task(build: Build, clock: Clock) -> None:
    cache = build(lifetimes=Lifetimes(usual=100, by_task={"translation": 1000}))
    cache.remember(asked("usual"), answer(), task="debugging")
    cache.remember(asked("long"), answer(), task="translation")
    clock.now += 100
    assert cache.exact(asked("usual")) is None
    assert cache.exact(asked("long")) is not None


@pytest.mark.parametrize(
    ("text", "whole", "lives"),
    [
        ("How do I reset my router?", False, "a day"),
        ("What time is it in Lima now?", True, "a moment"),
        ("Restart the production server", True, "a moment"),
        ("Roll a dice", False, "a moment"),
        ("Explain it again", False, "a moment"),
        ("Explain it again", True, "a day"),
        ("Summarise this", True, "a day"),
    ],
)
def test_what_depends_on_the_moment_is_kept_for_a_moment(
    build: Build, clock: Clock, text: str, whole: bool, lives: str
) -> None:
    cache, question = build(), Question(text=text, scope=SCOPE, whole=whole)
    assert cache.remember(question, answer())
    clock.now += MOMENT_S - 1
    assert cache.exact(question) is not None
    clock.now += 2
    assert (cache.exact(question) is not None) is (lives == "a day")


def test_an_answer_from_after_the_clock_was_set_back_is_not_served_as_new(
    remembered: SemanticCache, clock: Clock
) -> None:
    clock.now -= 3600
    assert remembered.look(asked("How do I reset my router?")) is None
    clock.now += 3600
    assert remembered.look(asked("How do I reset my router?")) is not None


def test_an_answer_given_elsewhere_keeps_its_age_and_lives_no_longer_than_ours(
    build: Build, clock: Clock
) -> None:
    cache, now = build(lifetimes=Lifetimes(usual=100)), round(clock() * 1000)
    cache.remember(asked("old"), answer(), given=(now - 5_000, now + 10_000))
    cache.remember(asked("endless"), answer(), given=(now + 10**12, now + 10**12))
    hit = cache.exact(asked("old"))
    assert hit is not None
    assert hit.age_s == 5
    clock.now += 10
    assert cache.exact(asked("old")) is None
    clock.now += 90
    assert cache.exact(asked("endless")) is None


@pytest.mark.parametrize(
    ("question", "text"),
    [("why", " \n"), ("half a \ud83d surrogate", "fine"), ("fine", "half a \ud83d surrogate")],
    ids=["empty answer", "question not Unicode", "answer not Unicode"],
)
def test_what_cannot_be_an_answer_is_not_kept_and_not_an_error(
    build: Build, question: str, text: str
) -> None:
    cache = build()
    assert not cache.remember(asked(question), answer(text))
    assert cache.exact(asked(question)) is None
    assert cache.similar(asked(question)) is None
    assert cache.notice is None


def test_one_bad_hit_can_be_forgotten(remembered: SemanticCache) -> None:
    hit = remembered.exact(asked("How do I reset my router?"))
    assert hit is not None
    assert remembered.forget(hit.entry_id)
    assert not remembered.forget(hit.entry_id)
    assert remembered.similar(asked(REWORDED)) is None


def test_clearing_one_scope_leaves_the_others(remembered: SemanticCache) -> None:
    remembered.remember(asked("reset it", scope="1" * 64), answer())
    assert remembered.clear("1" * 64) == 1
    assert remembered.exact(asked("How do I reset my router?")) is not None
    assert remembered.clear() == 1
    assert (remembered.stats().entries, remembered.stats().vectors) == (0, 0)


def test_a_cache_that_cannot_be_opened_is_quiet_says_why_and_tries_again(
    tmp_path: Path, clock: Clock, build: Build
) -> None:
    blocked = tmp_path / "folder"
    blocked.write_text("a file where the folder should be", encoding="utf-8")
    broken = SqliteAnswers(blocked / "cache.db")
    cache = SemanticCache(broken, encoder=lambda: WordEmbed(), guard=Refusing(""), clock=clock)
    assert cache.exact(asked("reset")) is None
    assert cache.similar(asked("reset")) is None
    assert not cache.remember(asked("reset"), answer())
    assert cache.notice is not None
    assert "cannot be opened" in cache.notice
    blocked.unlink()
    assert not cache.remember(asked("reset"), answer())  # still resting
    clock.now += 61
    assert cache.remember(asked("reset"), answer())
    assert cache.exact(asked("reset")) is not None
    assert cache.notice is None
    cache.close()


def test_the_scope_is_of_everything_that_changes_an_answer() -> None:
    given = {"caller": "desk", "system": "Be brief.", "context": "c", "tier": "local"}
    scopes = [
        scope_of(**given),
        scope_of(**{**given, "caller": "gateway"}),
        scope_of(**{**given, "system": "Be long."}),
        scope_of(**{**given, "system": None}),
        scope_of(**{**given, "system": "", "context": "Be brief.c"}),
        scope_of(**{**given, "context": "d"}),
        scope_of(**{**given, "tier": "cloud"}),
        scope_of(**given, temperature=0.7),
        scope_of(**given, temperature="0.7"),
        scope_of(**given, temperature=None),
        scope_of(**given, max_tokens=256),
    ]
    assert len(set(scopes)) == len(scopes)
    assert scope_of(**given, a=1, b=2) == scope_of(**given, b=2, a=1)
