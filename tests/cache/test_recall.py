"""What is served again, to whom, for how long, and what never is."""

from pathlib import Path

import pytest

from cache import Embed, SemanticCache, SqliteAnswers, scope_of
from tests.cache.conftest import Build, Clock, WordEmbed, answer, asked
from vocabulary import Finish, Money, Usage

REWORDED = "What is the best way to reset my router?"


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
    assert (hit.cost_then, hit.similarity, hit.age_s) == (Money(420), None, 90.0)


def test_a_question_in_other_words_gets_the_answer_and_its_similarity(
    remembered: SemanticCache,
) -> None:
    hit = remembered.similar(asked(REWORDED))
    assert hit is not None
    assert hit.text == "Press the button."
    assert hit.similarity is not None
    assert 0.3 < hit.similarity < 1


@pytest.mark.parametrize("kind", ["exact", "similar"])
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


@pytest.mark.parametrize("kind", ["exact", "similar"])
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

    def may_serve(self, stored: str, asked: str, similarity: float) -> bool:
        return stored != self.refused


def test_when_the_best_is_refused_the_next_nearest_is_served(build: Build) -> None:
    cache = build(guard=Refusing("reset my router"))
    cache.remember(asked("reset my router"), answer("best"))
    cache.remember(asked("reset my old router"), answer("next"))
    cache.remember(asked("reset my old blue router"), answer("third"))
    hit = cache.similar(asked("reset my router"))
    assert hit is not None
    assert hit.text == "next"


class Broken:
    def may_serve(self, stored: str, asked: str, similarity: float) -> bool:
        raise RuntimeError("the model is gone")


def test_a_guard_that_fails_is_a_miss(build: Build) -> None:
    cache = build(guard=Broken())
    cache.remember(asked("reset my router"), answer())
    assert cache.similar(asked("reset my router")) is None


def test_an_encoder_that_fails_is_a_miss_and_exact_still_works(build: Build) -> None:
    class Failing(WordEmbed):
        def fits(self, text: str) -> bool:
            raise RuntimeError("out of memory")

    cache = build(embed=Failing())
    assert cache.remember(asked("reset my router"), answer())
    assert cache.similar(asked("reset my router")) is None
    assert cache.exact(asked("reset my router")) is not None


def test_a_threshold_of_zero_means_zero(build: Build) -> None:
    anything = Refusing("nothing")
    for threshold, served in ((0, True), (0.95, False)):
        cache = build(guard=anything, threshold=threshold)
        cache.remember(asked("reset my router at home"), answer())
        assert (cache.similar(asked("reset our printer")) is not None) is served


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
    cache.remember(asked("reset my router"), answer("early"))
    assert cache.exact(asked("reset my router")) is not None
    assert cache.similar(asked("Reset my router")) is None
    arriving.append(WordEmbed())
    cache.remember(asked("reset my printer"), answer("late"))
    assert cache.similar(asked("Reset my printer")) is not None


def test_vectors_of_two_encoders_never_meet(build: Build) -> None:
    build(embed=WordEmbed(space="a")).remember(asked("reset my router"), answer())
    assert build(embed=WordEmbed(space="b")).similar(asked("Reset my router")) is None
    assert build(embed=WordEmbed(space="a")).similar(asked("Reset my router")) is not None


def test_an_encoder_of_other_dimensions_lives_in_the_same_file(build: Build) -> None:
    class Wide(WordEmbed):
        dimensions = 768

    wide = build(embed=Wide(space="wide"))
    build().remember(asked("reset my router"), answer())
    assert wide.similar(asked("Reset my printer")) is None
    wide.remember(asked("reset my printer"), answer("wide"))
    assert wide.similar(asked("Reset my printer")) is not None
    assert wide.clear() == 2


@pytest.mark.parametrize("finish", ["length", "refusal", None])
def test_an_unfinished_answer_is_never_kept(build: Build, finish: Finish | None) -> None:
    cache = build()
    assert not cache.remember(asked("Tell me everything"), answer(finish=finish))
    assert cache.exact(asked("Tell me everything")) is None


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
