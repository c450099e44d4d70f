"""Which models there are for a person."""

from datetime import UTC, datetime

import genai_prices
import pytest

from routing.catalogue import Override, Source, catalogue, shipped
from routing.providers.protocol import Offer
from routing.values import Model
from vocabulary import TaskKind

ROWS = [model for models in shipped().cloud.values() for model in models]


def ollama(*offers: Offer, host: str = "127.0.0.1:11434", local: bool = True) -> Source:
    return Source(provider="ollama", local=local, host=host, offers=offers)


def here(name: str, **known: float) -> Offer:
    return Offer(
        name=name,
        local=True,
        context=int(known["context"]) if "context" in known else None,
        parameters=known.get("parameters"),
    )


def anthropic(*names: str) -> Source:
    offers = tuple(Offer(name=name, local=False) for name in names)
    return Source(provider="anthropic", local=False, host="api.anthropic.com", offers=offers)


def silent(provider: str, *, local: bool = False) -> Source:
    return Source(provider=provider, local=local, host="somewhere.example", offers=None)


def ids(*sources: Source, said: tuple[Override, ...] = ()) -> list[str]:
    return [model.id for model in catalogue(sources, said)]


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.id)
def test_a_shipped_row_is_a_model_whose_context_and_price_are_known(model: Model) -> None:
    _, known = genai_prices.data_snapshot.get_snapshot().find_provider_model(
        model.name, None, model.provider, None
    )
    assert known.context_window == model.context
    assert known.get_prices(datetime(2026, 11, 20, tzinfo=UTC)).input_mtok is not None


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.id)
def test_a_shipped_row_has_sane_figures(model: Model) -> None:
    assert not model.local
    assert model.speed > 0
    for quality in (model.quality, *model.quality_by_task.values()):
        assert 0 < quality < 1


def test_a_local_server_has_what_it_offers_described_by_it_or_by_the_family() -> None:
    (small, unknown) = catalogue([ollama(here("llama3.2:3b", context=4096), here("mine"))])
    assert (small.id, small.local, small.host) == ("ollama/llama3.2:3b", True, "127.0.0.1:11434")
    assert (small.context, small.quality) == (4096, pytest.approx(0.7, abs=0.005))
    assert (unknown.quality, unknown.context) == (0.5, 8192)


def test_a_local_server_that_cannot_be_asked_has_nothing() -> None:
    assert ids(silent("ollama", local=True), said=(Override(id="ollama/x", quality=1.0),)) == []


def test_a_cloud_model_behind_a_local_server_is_a_cloud_model_with_that_clouds_host() -> None:
    away = Offer(name="gpt-oss:120b-cloud", local=False, remote_host="ollama.com")
    (model,) = catalogue([ollama(away)])
    assert (model.local, model.host) == (False, "ollama.com")


@pytest.mark.parametrize(
    "offer",
    [
        Offer(name="a:8b", local=False),
        Offer(name="a:8b", local=True, remote_host="ollama.com"),
    ],
    ids=["not said to be local", "contradicting itself"],
)
def test_a_model_is_local_only_if_everything_says_so(offer: Offer) -> None:
    assert not catalogue([ollama(offer)])[0].local


def test_models_of_a_server_elsewhere_are_all_there_but_none_is_local() -> None:
    (model,) = catalogue([ollama(here("llama3.1:8b"), host="gpu.example:11434", local=False)])
    assert (model.local, model.host) == (False, "gpu.example:11434")


@pytest.mark.parametrize(
    "name",
    ["nomic-embed-text", "all-minilm:l6-v2", "bge-m3", "text-embedding-qwen3", "llama-guard3:8b"],
)
def test_what_does_not_write_answers_is_no_candidate(name: str) -> None:
    assert ids(ollama(here(name))) == []


def test_a_cloud_that_could_not_be_asked_has_its_shipped_rows() -> None:
    found = catalogue([silent("openai")])
    assert [model.name for model in found] == [row.name for row in shipped().cloud["openai"]]
    assert {model.host for model in found} == {"somewhere.example"}


def test_a_cloud_that_answered_has_the_shipped_rows_it_offers_dated_ones_too() -> None:
    found = ids(anthropic("claude-haiku-5-5-20261001", "claude-opus-5-5", "claude-2"))
    assert found == ["anthropic/claude-haiku-5-5", "anthropic/claude-opus-5-5"]


def test_a_longer_name_is_another_model_not_a_dated_one() -> None:
    source = Source(
        provider="openai",
        local=False,
        host="api.openai.com",
        offers=(Offer(name="gpt-6-luna-audio", local=False),),
    )
    assert ids(source) == []


def test_a_listed_id_may_carry_googles_prefix() -> None:
    offers = (Offer(name="models/gemini-4-argon", local=False),)
    source = Source(provider="google", local=False, host="g.example", offers=offers)
    assert ids(source) == ["google/gemini-4-argon"]


def test_a_clouds_other_models_count_only_if_named_and_offered() -> None:
    named = (
        Override(id="anthropic/claude-2", quality=0.6),
        Override(id="anthropic/claude-0", quality=0.9),
    )
    found = catalogue([anthropic("claude-2", "claude-3-opus")], named)
    assert [(model.id, model.quality) for model in found] == [("anthropic/claude-2", 0.6)]


def test_a_model_named_at_a_cloud_nobody_could_ask_is_believed() -> None:
    named = (Override(id="elsewhere/llama-3.3-70b", context=9000),)
    (model,) = catalogue([silent("elsewhere")], named)
    assert (model.name, model.context, model.local) == ("llama-3.3-70b", 9000, False)
    assert model.quality > 0.9


def test_what_a_person_says_replaces_what_was_guessed() -> None:
    said = Override(id="ollama/codellama:7b", quality=0.9, context=2000, max_output=500, speed=5.0)
    (model,) = catalogue([ollama(here("codellama:7b"))], [said])
    assert (model.quality, model.context, model.max_output, model.speed) == (0.9, 2000, 500, 5.0)
    assert model.quality_for(TaskKind.CODE_GENERATION) == 0.9


def test_what_a_person_leaves_open_stays() -> None:
    plain, said = (
        catalogue([ollama(here("codellama:7b"))], overrides)[0]
        for overrides in ([], [Override(id="ollama/codellama:7b", max_output=500)])
    )
    assert (said.quality, said.quality_by_task, said.context, said.speed) == (
        plain.quality,
        plain.quality_by_task,
        plain.context,
        plain.speed,
    )


def test_a_model_offered_twice_is_there_once() -> None:
    assert ids(ollama(here("a:1b"), here("a:1b"))) == ["ollama/a:1b"]
