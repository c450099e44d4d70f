"""A price table that was fetched is used while it is whole, and never otherwise."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from ledger import Prices, UnknownPrice
from ledger.errors import UnusablePrices
from ledger.refreshed import Refreshed, installed, providers_in, read, remove, write
from tests.ledger.publishing import published
from vocabulary import Usage

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
USAGE = Usage(input_tokens=1000, output_tokens=1000)
DEARER = published(claude_opus_5_5={"input_mtok": 5, "output_mtok": 30})


def table(data: bytes = DEARER, *, over: str | None = None) -> Refreshed:
    return Refreshed(on=date(2026, 11, 21), over=over or installed(), data=data)


def prices_at(path: Path) -> Prices:
    return Prices(fetched=partial(read, path))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "prices.json"


def test_what_was_fetched_is_what_is_read(file: Path) -> None:
    assert read(file) is None
    write(file, table())
    assert read(file) == table()
    if sys.platform != "win32":
        assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_quotes_are_the_fetched_tables_and_say_so(file: Path) -> None:
    write(file, table())
    prices = prices_at(file)
    quote = prices.quote("anthropic", "claude-opus-5-5", USAGE, AT)
    assert (quote.cost, quote.source) == (35_000, "genai-prices 2026-11-21 refreshed")
    assert prices.notice == ""


def test_the_installed_table_as_published_gives_the_same_prices(file: Path) -> None:
    write(file, table(published()))
    ours, theirs = prices_at(file), Prices()
    for model in ("claude-opus-5-5", "claude-haiku-5-5", "claude-opus-4-6"):
        for batch in (False, True):
            cost = ours.quote("anthropic", model, USAGE, AT, batch=batch).cost
            assert cost == theirs.quote("anthropic", model, USAGE, AT, batch=batch).cost
    listing, installed_one = (
        each.listing("google", "gemini-4-argon", AT) for each in (ours, theirs)
    )
    assert listing is not None
    assert installed_one is not None
    assert listing.changes == installed_one.changes


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda raw: raw[:-1], id="cut off"),
        pytest.param(lambda raw: raw + b" ", id="longer"),
        pytest.param(lambda raw: raw.replace(b"1", b"2", 1), id="another day"),
        pytest.param(lambda raw: raw[:500] + b"x" + raw[501:], id="one byte"),
        pytest.param(lambda raw: b"", id="empty"),
        pytest.param(lambda raw: b"[]\n[]", id="no header"),
        pytest.param(lambda raw: b"\x00" * 2000, id="zeros"),
        pytest.param(lambda raw: b"[" * 2000, id="nested"),
    ],
)
def test_a_damaged_table_is_set_aside_with_a_word_and_nothing_becomes_free(
    file: Path, spoil: Callable[[bytes], bytes]
) -> None:
    write(file, table())
    file.write_bytes(spoil(file.read_bytes()))
    prices = prices_at(file)
    quote = prices.quote("anthropic", "claude-opus-5-5", USAGE, AT)
    assert (quote.cost, quote.source) == (24_000, f"genai-prices {installed()}")
    assert "damaged" in prices.notice
    assert "homeward prices refresh" in prices.notice


def test_a_table_fetched_beside_another_version_is_set_aside_with_a_word(file: Path) -> None:
    write(file, table(over="0.2.2"))
    prices = prices_at(file)
    assert prices.quote("anthropic", "claude-opus-5-5", USAGE, AT).cost == 24_000
    assert "may be newer" in prices.notice


def _raw(**price: object) -> bytes:
    model = {"id": "m", "match": {"equals": "m"}, "prices": price}
    return json.dumps([{"id": "p", "name": "P", "api_pattern": "p", "models": [model]}]).encode()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<html>not found</html>", id="a page"),
        pytest.param(b"{}", id="no list"),
        pytest.param(b"[]", id="an empty list"),
        pytest.param(b"[1]", id="numbers"),
        pytest.param(b"[" * 100_000, id="nested"),
        pytest.param(_raw(input_mtok=-1), id="a price below zero"),
        pytest.param(_raw(input_mtok="NaN"), id="a price that is none"),
        pytest.param(_raw(input_mtok="Infinity"), id="a price without end"),
        pytest.param(_raw(input_mtok={"base": 1, "tiers": [{"start": 5, "price": -1}]}), id="tier"),
        pytest.param(_raw(input_mtok={"base": 1, "tiers": [{"start": -5, "price": 1}]}), id="-5"),
        pytest.param(
            _raw(input_mtok={"base": 1, "tiers": [{"start": 9, "price": p} for p in (1, 2)]}),
            id="two tiers from the same length",
        ),
        pytest.param(
            _raw(input_mtok={"base": 1, "tiers": [{"start": 0.5, "price": 1}]}), id="half a token"
        ),
        pytest.param(_raw(input_mtok=1e-12), id="next to nothing"),
        pytest.param(_raw(input_mtok=100_001), id="more than any model"),
        pytest.param(_raw(input_mtok={"base": "1e99999999", "tiers": []}), id="beyond counting"),
        pytest.param(
            b'[{"id":"p","name":"P","api_pattern":"p","models":[{"id":"m","match":'
            b'{"equals":"m"},"prices":{"input_mtok":1e99999999}}]}]',
            id="overflow",
        ),
        pytest.param(_raw(input_mtok="free"), id="a word"),
        pytest.param(b'[{"id": "p"}]', id="no name"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
    ],
)
def test_what_is_no_price_table_is_refused(data: bytes) -> None:
    with pytest.raises(UnusablePrices, match="no price table"):
        providers_in(data)


def test_a_whole_file_with_an_unreadable_table_is_set_aside_too(file: Path) -> None:
    write(file, table(_raw(input_mtok=-1)))
    prices = prices_at(file)
    assert prices.quote("anthropic", "claude-opus-5-5", USAGE, AT).cost == 24_000
    assert "no price table" in prices.notice


def test_a_price_of_zero_in_a_table_is_not_known_rather_than_free(file: Path) -> None:
    write(file, table(published(claude_opus_5_5={"input_mtok": 0, "output_mtok": 0})))
    with pytest.raises(UnknownPrice):
        prices_at(file).quote("anthropic", "claude-opus-5-5", USAGE, AT)


@pytest.mark.parametrize(
    "price",
    [
        {"base": 0, "tiers": [{"start": 10, "price": 1}]},
        {"base": 1, "tiers": [{"start": 10, "price": 0}]},
        {"base": 0, "tiers": []},
    ],
    ids=["base", "tier", "no tier"],
)
def test_a_step_of_zero_makes_a_price_unknown_rather_than_free(
    file: Path, price: dict[str, object]
) -> None:
    free = {"input_mtok": price, "output_mtok": price}
    write(file, table(published(claude_opus_5_5=free)))
    with pytest.raises(UnknownPrice):
        prices_at(file).quote("anthropic", "claude-opus-5-5", USAGE, AT)


def test_the_dearest_table_that_is_believed_can_be_billed(file: Path) -> None:
    write(file, table(published(claude_opus_5_5={"input_mtok": 100_000, "output_mtok": 100_000})))
    most = Usage(input_tokens=2**31 - 1, output_tokens=2**31 - 1)
    cost = prices_at(file).quote("anthropic", "claude-opus-5-5", most, AT).cost
    assert cost == 2 * (2**31 - 1) * 100_000


def test_a_pattern_that_is_none_makes_a_price_unknown(file: Path) -> None:
    raw = json.loads(_raw(input_mtok=1, output_mtok=1))
    raw[0]["models"][0]["match"] = {"regex": "("}
    write(file, table(json.dumps(raw).encode()))
    with pytest.raises(UnknownPrice):
        prices_at(file).quote("p", "m", USAGE, AT)


def test_an_older_table_stays_where_a_new_one_cannot_be_written(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(file, table())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UnusablePrices, match="No space left"):
        write(file, table(published()))
    monkeypatch.undo()
    assert read(file) == table()
    assert list(file.parent.iterdir()) == [file]


def test_removing_the_table_goes_back_to_the_installed_one(file: Path) -> None:
    assert not remove(file)
    write(file, table())
    assert remove(file)
    assert prices_at(file).quote("anthropic", "claude-opus-5-5", USAGE, AT).cost == 24_000


def test_a_folder_in_its_place_is_told_in_a_sentence(file: Path) -> None:
    file.mkdir()
    with pytest.raises(UnusablePrices, match="cannot be read"):
        read(file)
    with pytest.raises(UnusablePrices, match="cannot be removed"):
        remove(file)
