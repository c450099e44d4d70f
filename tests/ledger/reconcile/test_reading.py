"""A provider's file becomes sums by day and model; what cannot be read in one way is an error."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ledger.reconcile import Figures, UnreadableExport, read_export
from ledger.reconcile import reading as module
from ledger.reconcile.formats import formats
from tests.ledger.reconcile import exports
from vocabulary import Money

TENTH = date(2026, 11, 10)
Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def writing(text: str | bytes) -> Path:
        path = tmp_path / "export.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return writing


def read(path: Path) -> dict[tuple[date, str], Figures]:
    return {(each.day, each.model): each.figures for each in read_export(path).charged}


@pytest.mark.parametrize(("title", "text"), exports.EVERY.items(), ids=exports.EVERY)
def test_every_format_is_known_by_its_header_and_nothing_in_it_is_unread(
    write: Write, title: str, text: str
) -> None:
    export = read_export(write(text))
    assert (export.title, export.unread) == (title, ())


def test_there_is_an_example_of_every_format() -> None:
    assert {each.title for each in formats()} == exports.EVERY.keys()


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        pytest.param(
            exports.ANTHROPIC_USAGE,
            {
                (TENTH, "claude-haiku-5-5"): Figures(input=1100, cached=30, output=500),
                (date(2026, 11, 11), "claude-opus-5-5"): Figures(input=7, output=3),
            },
            id="tokens of every kind are read tokens",
        ),
        pytest.param(
            exports.ANTHROPIC_COST,
            {(TENTH, "claude-haiku-5-5"): Figures(cost=Money(220_000))},
            id="a model by the name people read",
        ),
        pytest.param(
            exports.OPENAI_USAGE,
            {(TENTH, "gpt-5-mini"): Figures(requests=10, input=59_200, cached=5760, output=10_646)},
            id="a day without use is no line",
        ),
        pytest.param(
            exports.OPENAI_COST,
            {
                (TENTH, "gpt-5-mini"): Figures(cost=Money(503_836)),
                (TENTH, "web-search-tool-calls"): Figures(cost=Money(20_000)),
            },
            id="items of a bill",
        ),
        pytest.param(
            exports.OPENAI_COST_2024,
            {(TENTH, "gpt-5-mini"): Figures(cost=Money(125_000))},
            id="cents of before are not read as dollars",
        ),
        pytest.param(exports.OPENAI_EMPTY, {}, id="nothing used"),
        pytest.param(
            exports.OPENROUTER_CALLS,
            {
                (TENTH, "deepseek-deepseek-v4-1-flash"): Figures(
                    requests=2, input=10_399, cached=12, output=138, cost=Money(12_300)
                )
            },
            id="a line is a call",
        ),
        pytest.param(
            exports.OPENROUTER_DAYS,
            {
                (TENTH, "deepseek-deepseek-v4-1-flash"): Figures(
                    requests=4115, input=70_965_665, output=3_009_973, cost=Money(430_070_000)
                )
            },
            id="quoted numbers",
        ),
        pytest.param(
            exports.OPENROUTER_ACTIVITY,
            {
                (TENTH, "openai-gpt-5-mini"): Figures(
                    requests=5, input=50, output=125, cost=Money(15_000)
                )
            },
            id="named as the API names them",
        ),
    ],
)
def test_lines_are_added_up_by_day_and_model(
    write: Write, text: str, sums: dict[tuple[date, str], Figures]
) -> None:
    assert read(write(text)) == sums


def test_days_without_a_figure_still_count_as_covered(write: Write) -> None:
    export = read_export(write(exports.OPENAI_COST))
    assert (export.first, export.last) == (date(2026, 11, 9), TENTH)


def test_calls_of_less_than_a_micro_dollar_add_up(write: Write) -> None:
    header, call = (
        exports.OPENROUTER_CALLS.splitlines()[0],
        exports.OPENROUTER_CALLS.splitlines()[2],
    )
    ((_, figures),) = read(write("\n".join([header, *[call] * 25]))).items()
    assert (figures.requests, figures.cost) == (25, 2)  # 25 calls of a tenth of a micro-dollar


DAYS = "date,slug,usage,requests\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"\ufeff{DAYS}2026-11-10,m,1234.5,7\n", id="byte order mark"),
        pytest.param(
            "\n\nsep=;\n" + DAYS.replace(",", ";") + "2026-11-10;m;1.234,5;7\n", id="Excel"
        ),
        pytest.param(DAYS.replace(",", ";") + "2026-11-10;m;1234.5;7\n", id="semicolons"),
        pytest.param(DAYS.replace(",", "\t") + "2026-11-10\tm\t1234.5\t7.0\n", id="tabs"),
        pytest.param(f'{DAYS}2026-11-10,m,"$1,234.50",7\n', id="dollar sign and thousands"),
        pytest.param('"DATE","Slug","USAGE", requests\r\n2026-11-10,m,1.2345e+03,7\r\n', id="CRLF"),
        pytest.param(f"{DAYS},,,\n\n2026-11-10,m,1234.5,7\n,,,\n", id="empty lines"),
        pytest.param((DAYS + "2026-11-10,m,1234.5,7\n").encode("utf-16"), id="UTF-16"),
        pytest.param(f"{DAYS}2026-11-10T23:59:59Z,m,1234.5,7\n", id="a moment in UTC"),
        pytest.param(f"{DAYS}2026-11-11T00:30:00+01:00,m,1234.5,7\n", id="a moment elsewhere"),
        pytest.param(f"{DAYS}1794268800,m,1234.5,7\n", id="Unix seconds"),
        pytest.param(f"{DAYS}2026-11-10,m,1200,7\n2026-11-10,M-20260101,34.5,0\n", id="one family"),
    ],
)
def test_the_same_figures_are_read_however_they_are_written(
    write: Write, text: str | bytes
) -> None:
    assert read(write(text)) == {(TENTH, "m"): Figures(requests=7, cost=Money(1_234_500_000))}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (f"{DAYS}2026-11-10,m,1,1\nyesterday,m,1,1\n", 3, "“yesterday” is no day"),
        (f"{DAYS}1970-01-01,m,1,1\n", 2, "is no day"),
        (f"{DAYS}9999999999,m,1,1\n", 2, "is no day"),
        (f"{DAYS}{'2' * 100},m,1,1\n", 2, "is no day"),
        (f"{DAYS}2026-11-10,m,NaN,1\n", 2, "“NaN” is no amount"),
        (f"{DAYS}2026-11-10,m,Infinity,1\n", 2, "is no amount"),
        (f"{DAYS}2026-11-10,m,1e99,1\n", 2, "more than any bill"),
        (f"{DAYS}2026-11-10,m,{'9' * 100},1\n", 2, "is no amount"),
        (f"{DAYS}2026-11-10,m,=1+1,1\n", 2, "“=1+1” is no amount"),
        (f"{DAYS}2026-11-10,m,1 EUR,1\n", 2, "is no amount"),
        (f'{DAYS}2026-11-10,m,"0,19",1\n', 2, "“0,19” is no amount"),
        (f"{DAYS}2026-11-10,m,1,1.5\n", 2, "“1.5” is no count"),
        (f"{DAYS}2026-11-10,m,1,-1\n", 2, "“-1” is no count"),
        (f"{DAYS}2026-11-10,m,1\n", 2, "3 cells, and the header has 4"),
        (f"{DAYS}2026-11-10,m,1,1,1\n", 2, "5 cells"),
        (f"{DAYS}2026-11-10,\x1b[31mm,\x1b[31m,1\n", 2, "“?[31m” is no amount"),
        (f'{DAYS}2026-11-10,"a\nb",1,1\n2026-11-10,m,x,1\n', 4, "“x” is no amount"),
        (f'{DAYS}2026-11-10,"m,1,1\n', 2, "no line of CSV"),
        (DAYS.encode() + b"2026-11-10,m\xff,1,1\n", 2, "name of the model"),
        (f"{DAYS}2026-11-10,{'m' * 300},1,1\n", 2, "name of the model"),
        (DAYS + "x" * 1_000_001, 2, "longer than any line"),
        ("date,date,slug,usage,requests\n", 1, "date is there twice"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(
    write: Write, text: str | bytes, line: int, words: str
) -> None:
    with pytest.raises(UnreadableExport) as raised:
        read_export(write(text))
    assert raised.value.line == line
    assert f"export.csv, line {line}: " in raised.value.what
    assert raised.value.fix
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("0.5,usd", "0.5,eur", "It is in “eur”"),
        ("1794355200,2026-11-10T00:00:00,", "1794873600,2026-11-10T00:00:00,", "one UTC day"),
        ("1794268800,1794355200", "1794268800,1794268800", "one UTC day"),
        ("1794268800,1794355200", "1794272400,1794358800", "one UTC day"),
    ],
    ids=["euros", "a week", "no time at all", "a day of another zone"],
)
def test_what_is_not_dollars_of_one_day_is_refused(
    write: Write, old: str, new: str, words: str
) -> None:
    assert old in exports.OPENAI_COST
    with pytest.raises(UnreadableExport, match=words) as raised:
        read_export(write(exports.OPENAI_COST.replace(old, new)))
    assert raised.value.line in {3, 4}


@pytest.mark.parametrize(
    "text", ["", "\n\n", '"date,slug', "a,b,c\n1,2,3\n", "{}", "\x00\x00", b"PK\x03\x04\xff\xfe"]
)
def test_a_file_of_another_kind_is_refused_with_the_kinds_there_are(
    write: Write, text: str | bytes
) -> None:
    with pytest.raises(UnreadableExport, match="Known are: Anthropic Console, usage; "):
        read_export(write(text))


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableExport, match="is no file"):
        read_export(tmp_path)
    with pytest.raises(UnreadableExport, match="cannot be read: No such file"):
        read_export(tmp_path / "missing.csv")


def test_a_column_nobody_knows_is_named_for_it_may_matter(write: Write) -> None:
    text = exports.ANTHROPIC_USAGE.replace(",speed\n", ",usage_input_tokens_magic\n")
    assert read_export(write(text)).unread == ("usage_input_tokens_magic",)


def test_more_models_than_any_bill_has_are_refused_before_memory_is_full(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_KEYS", 3)
    lines = "".join(f"2026-11-10,m{letter},1,1\n" for letter in "abcd")
    with pytest.raises(UnreadableExport, match="more models and days") as raised:
        read_export(write(DAYS + lines))
    assert raised.value.line == 5
