"""Every figure of a quote follows from a price list that was valid at that moment."""

import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import genai_prices
import pytest
from genai_prices.data import providers

from ledger import Price, Prices, Quote, UnknownPrice
from ledger.rates import Rates
from vocabulary import Money, Usage

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
MILLION = 1_000_000


def test_the_quote_names_the_version_of_the_price_table() -> None:
    quote = Prices().quote("anthropic", "claude-opus-5-5", Usage(input_tokens=MILLION), AT)
    assert quote == Quote(cost=Money(4 * MILLION), source="genai-prices 0.2.3")


@pytest.mark.parametrize(
    ("at", "dollars"),
    [
        pytest.param(datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC), 12, id="the second before"),
        pytest.param(datetime(2026, 12, 1, tzinfo=UTC), 24, id="the day itself"),
        pytest.param(
            datetime(2026, 12, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))),
            12,
            id="already the first in Berlin, not yet in UTC",
        ),
    ],
)
def test_a_price_that_changes_on_a_known_day_changes_on_that_day(
    at: datetime, dollars: int
) -> None:
    usage = Usage(input_tokens=MILLION, output_tokens=MILLION)
    assert Prices().quote("google", "gemini-4-argon", usage, at).cost == dollars * MILLION


def test_off_peak_hours_are_cheaper() -> None:
    usage = Usage(input_tokens=MILLION)
    prices = Prices()
    peak = prices.quote("deepseek", "deepseek-flash", usage, AT.replace(hour=7))
    quiet = prices.quote("deepseek", "deepseek-flash", usage, AT.replace(hour=12))
    assert (peak.cost, quiet.cost) == (300_000, 150_000)


@pytest.mark.parametrize(
    ("usage", "micro_dollars"),
    [
        pytest.param(Usage(input_tokens=100_000), 10_000, id="up to the step"),
        pytest.param(Usage(input_tokens=100_001), 50_001, id="one token above it, for all tokens"),
        pytest.param(Usage(input_tokens=1000, cached_tokens=1000), 10, id="read from the cache"),
        pytest.param(Usage(input_tokens=8, cache_write_tokens=8), 1, id="written to the cache"),
        pytest.param(Usage(output_tokens=1), 1, id="half a micro-dollar is one, not none"),
        pytest.param(Usage(), 0, id="nothing costs nothing"),
        pytest.param(
            Usage(input_tokens=10, cached_tokens=1000), 10, id="cached tokens counted beside input"
        ),
    ],
)
def test_tokens_are_priced_by_length_of_input_and_by_cache(
    usage: Usage, micro_dollars: int
) -> None:
    assert Prices().quote("anthropic", "claude-haiku-5-5", usage, AT).cost == micro_dollars


def test_our_arithmetic_is_the_price_tables_own_for_every_model_in_it() -> None:
    prices = Prices()
    usages = (
        Usage(
            input_tokens=1234,
            output_tokens=567,
            cached_tokens=100,
            cache_write_tokens=10,
            reasoning_tokens=3,
        ),
        Usage(input_tokens=300_001, output_tokens=7000),
    )
    compared = 0
    for provider in providers:
        for model in provider.models:
            for usage in usages:
                try:
                    ours = prices.quote(provider.id, model.id, usage, AT).cost
                except UnknownPrice:
                    continue
                theirs = genai_prices.calc_price(
                    genai_prices.Usage(
                        input_tokens=usage.input_tokens,
                        output_tokens=usage.output_tokens,
                        cache_read_tokens=usage.cached_tokens,
                        cache_write_tokens=usage.cache_write_tokens,
                        output_reasoning_tokens=usage.reasoning_tokens,
                    ),
                    model.id,
                    provider_id=provider.id,
                    genai_request_timestamp=AT,
                ).total_price
                assert ours == math.ceil(theirs * MILLION), (provider.id, model.id)
                compared += 1
    assert compared > 4000


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        pytest.param("openai", "gpt-nobody-heard-of", id="a model nobody lists"),
        pytest.param("ollama", "llama3.2:3b", id="a provider nobody lists"),
        pytest.param("my-openai-proxy", "gpt-6.1-sol", id="a name that only contains a provider's"),
        pytest.param("litellm", "openai/gpt-6.1-sol", id="a name with a meaning to the table"),
        pytest.param("cerebras", "qwen-3-coder-480b", id="a model listed without a price"),
        pytest.param("openai", "text-embedding-3-small", id="a model without an output price"),
        pytest.param("openai", "", id="no name"),
    ],
)
def test_an_unknown_price_is_refused_with_the_way_to_give_one(provider: str, model: str) -> None:
    prices = Prices()
    assert not prices.known(provider, model)
    with pytest.raises(UnknownPrice) as refused:
        prices.quote(provider, model, Usage(input_tokens=10, output_tokens=10), AT)
    assert refused.value.what == (
        f"The price of {provider}/{model} is not known, and is not taken to be zero."
    )
    assert f'[prices."{provider}/{model}"]' in refused.value.fix
    assert "input_usd_per_million and output_usd_per_million" in refused.value.fix


def test_a_model_its_provider_names_free_is_free() -> None:
    model = "agentica-org/deepcoder-14b-preview:free"
    quote = Prices().quote("openrouter", model, Usage(input_tokens=9, output_tokens=9), AT)
    assert quote == Quote(cost=Money(0), source="genai-prices 0.2.3")


def test_a_persons_own_price_wins_over_the_table() -> None:
    prices = Prices(
        {
            "openai/gpt-6.1-sol": Price(
                input_per_million=Money(7 * MILLION),
                output_per_million=Money(9 * MILLION),
                cached_per_million=Money(MILLION),
            ),
            "cellar/Qwen-Local": Price(input_per_million=Money(0), output_per_million=Money(0)),
        }
    )
    usage = Usage(input_tokens=3, output_tokens=2, cached_tokens=1)
    assert prices.quote("openai", "gpt-6.1-sol", usage, AT) == Quote(
        cost=Money(2 * 7 + 1 * 1 + 2 * 9), source="homeward.toml"
    )
    assert prices.quote("cellar", "qwen-local", usage, AT).cost == 0
    assert prices.known("cellar", "qwen-local")


def test_a_provider_may_be_listed_under_another_name_or_not_at_all() -> None:
    prices = Prices(listed_as={"gemini": "google", "groq": None})
    assert prices.known("gemini", "gemini-4-argon")
    assert not prices.known("groq", "openai/gpt-oss-20b")
    assert Prices().known("groq", "openai/gpt-oss-20b")


def test_reasoning_and_requests_with_prices_of_their_own_are_billed_by_them() -> None:
    rates = Rates(
        input=((-1, Decimal(1)),),
        output=((-1, Decimal(2)),),
        reasoning=((-1, Decimal(5)),),
        request=Decimal(12_000),
    )
    usage = Usage(input_tokens=1, output_tokens=10, reasoning_tokens=4)
    assert rates.cost(usage) == 12_000 + 1 + 6 * 2 + 4 * 5


def test_threads_that_ask_first_at_once_get_the_same_answer() -> None:
    prices = Prices()
    with ThreadPoolExecutor(8) as pool:
        quotes = pool.map(
            lambda _: prices.quote("openai", "gpt-6.1-sol", Usage(input_tokens=1000), AT),
            range(32),
        )
    assert set(quotes) == {Quote(cost=Money(2000), source="genai-prices 0.2.3")}


def test_the_table_is_not_read_until_it_is_asked_about() -> None:
    code = (
        "import sys, ledger; ledger.Prices();"
        "print([m for m in ('genai_prices', 'pydantic', 'httpx2') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


# --- prompt caches and batches ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("usage", "batch", "micro_dollars"),
    [
        pytest.param(Usage(input_tokens=1000, cache_write_tokens=1000), False, 5000, id="5 m"),
        pytest.param(
            Usage(input_tokens=1000, cache_write_tokens=1000, cache_write_1h_tokens=1000),
            False,
            8000,
            id="an hour",
        ),
        pytest.param(
            Usage(input_tokens=1000, cache_write_tokens=1000, cache_write_1h_tokens=400),
            False,
            600 * 5 + 400 * 8,
            id="some of each",
        ),
        pytest.param(
            Usage(input_tokens=1000, cache_write_tokens=10, cache_write_1h_tokens=1000),
            False,
            990 * 4 + 10 * 8,
            id="never more for an hour than were written at all",
        ),
        pytest.param(Usage(input_tokens=1000, output_tokens=1000), True, 12_000, id="a batch"),
        pytest.param(Usage(input_tokens=1000, cached_tokens=1000), True, 100, id="read in a batch"),
    ],
)
def test_writes_for_an_hour_and_batches_have_prices_of_their_own(
    usage: Usage, batch: bool, micro_dollars: int
) -> None:
    quote = Prices().quote("anthropic", "claude-opus-5-5", usage, AT, batch=batch)
    assert quote.cost == micro_dollars


def test_our_batches_and_hours_are_the_price_tables_own_for_every_model_in_it() -> None:
    prices, compared = Prices(), 0
    usage = Usage(
        input_tokens=150_000,
        output_tokens=567,
        cached_tokens=100,
        cache_write_tokens=30,
        cache_write_1h_tokens=20,
    )
    for provider in providers:
        for model in provider.models:
            try:
                ours = prices.quote(provider.id, model.id, usage, AT, batch=True).cost
            except UnknownPrice:
                continue
            theirs = genai_prices.calc_price(
                genai_prices.Usage(
                    input_tokens=150_000,
                    output_tokens=567,
                    cache_read_tokens=100,
                    cache_write_tokens=30,
                    cache_write_1h_tokens=20,
                ),
                model.id,
                provider_id=provider.id,
                genai_request_timestamp=AT,
                price_context={"processing": "batch"},
            ).total_price
            assert ours == math.ceil(theirs * MILLION), (provider.id, model.id)
            compared += 1
    assert compared > 2000


def test_a_batch_never_costs_more_than_its_calls_would() -> None:
    prices = Prices()
    usage = Usage(input_tokens=5000, output_tokens=500, cached_tokens=50, cache_write_tokens=50)
    for provider in providers:
        for model in provider.models:
            try:
                alone = prices.quote(provider.id, model.id, usage, AT).cost
            except UnknownPrice:
                continue
            assert prices.quote(provider.id, model.id, usage, AT, batch=True).cost <= alone


def test_a_person_can_price_batches_and_writes_too() -> None:
    full = Price(
        input_per_million=Money(8 * MILLION),
        output_per_million=Money(40 * MILLION),
        cached_per_million=Money(MILLION),
        cache_write_per_million=Money(10 * MILLION),
        cache_write_1h_per_million=Money(16 * MILLION),
        batch_input_per_million=Money(4 * MILLION),
        batch_output_per_million=Money(20 * MILLION),
    )
    prices = Prices({"mine/model": full})
    usage = Usage(
        input_tokens=100,
        output_tokens=10,
        cached_tokens=10,
        cache_write_tokens=20,
        cache_write_1h_tokens=5,
    )
    kept = 10 * 1 + 15 * 10 + 5 * 16
    assert prices.quote("mine", "model", usage, AT).cost == 70 * 8 + kept + 10 * 40
    assert prices.quote("mine", "model", usage, AT, batch=True).cost == 70 * 4 + kept + 10 * 20


# --- what is not known --------------------------------------------------------------------------


def test_a_person_may_have_unknown_prices_guessed_from_the_dearest_and_is_told() -> None:
    usage = Usage(input_tokens=MILLION, output_tokens=MILLION)
    quote = Prices(unknown="estimate").quote("anthropic", "claude-nobody-knows", usage, AT)
    assert quote == Quote(
        cost=Money((15 + 75) * MILLION),
        source="estimate: dearest of anthropic (genai-prices 0.2.3)",
        estimated=True,
    )


@pytest.mark.parametrize("provider", ["anthropic", "openai", "google", "mistral", "groq"])
def test_no_model_of_a_provider_costs_more_than_a_guess(provider: str) -> None:
    prices = Prices(unknown="estimate")
    usage = Usage(
        input_tokens=300_000,
        output_tokens=1000,
        cached_tokens=1000,
        cache_write_tokens=5000,
        cache_write_1h_tokens=500,
    )
    guess = prices.quote(provider, "nobody-knows-this", usage, AT)
    assert guess.estimated
    [models] = [each.models for each in providers if each.id == provider]
    quotes = [prices.quote(provider, model.id, usage, AT) for model in models]
    assert len(quotes) > 5
    assert max(quote.cost for quote in quotes) <= guess.cost


def test_what_is_known_is_never_guessed() -> None:
    asked = ("anthropic", "claude-opus-5-5", Usage(input_tokens=1000), AT)
    assert Prices(unknown="estimate").quote(*asked) == Prices().quote(*asked)


@pytest.mark.parametrize("provider", ["ollama", "unlisted"])
def test_without_any_known_price_of_its_provider_a_model_is_refused_all_the_same(
    provider: str,
) -> None:
    prices = Prices(unknown="estimate", listed_as={"unlisted": None})
    with pytest.raises(UnknownPrice):
        prices.quote(provider, "model", Usage(input_tokens=1), AT)
    assert prices.listing(provider, "model", AT) is None


def test_a_guess_does_not_make_a_price_known() -> None:
    prices = Prices(unknown="estimate")
    assert not prices.known("anthropic", "claude-nobody-knows")
    listing = prices.listing("anthropic", "claude-nobody-knows", AT)
    assert listing is not None
    assert listing.estimated


# --- what a person is shown ---------------------------------------------------------------------


def test_a_listing_tells_the_days_on_which_the_price_will_change() -> None:
    listing = Prices().listing("google", "gemini-4-argon", AT)
    assert listing is not None
    assert [day for day, _ in listing.changes] == [date(2026, 12, 1)]
    [(_, then)] = listing.changes
    million = Usage(input_tokens=MILLION, output_tokens=MILLION)
    assert (listing.rates.cost(million), then.cost(million)) == (12 * MILLION, 24 * MILLION)
    later = Prices().listing("google", "gemini-4-argon", AT.replace(month=12))
    assert later is not None
    assert later.changes == ()


def test_a_listing_tells_that_a_price_depends_on_the_hour() -> None:
    listing = Prices().listing("deepseek", "deepseek-flash", AT)
    assert listing is not None
    assert listing.hourly
    assert listing.changes == ()


def test_a_listing_of_a_persons_own_price_says_so() -> None:
    own = Price(input_per_million=Money(1), output_per_million=Money(2))
    listing = Prices({"google/gemini-4-argon": own}).listing("google", "gemini-4-argon", AT)
    assert listing is not None
    assert (listing.source, listing.changes, listing.hourly) == ("homeward.toml", (), False)


def test_a_price_list_tells_where_its_prices_rise() -> None:
    listing = Prices().listing("anthropic", "claude-haiku-5-5", AT)
    assert listing is not None
    assert listing.rates.thresholds == (100_000,)
    usage = Usage(input_tokens=100_001)
    assert listing.rates.at(100_001).cost(usage) == listing.rates.cost(usage) == 50_001
