"""What a cloud gets to see, and what becomes of its reply: over the whole path and a real wire."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from mcp_server.wiring import App
from switchboard import NoCandidate, Request
from switchboard.asking import ConsentRequired
from tests.homes import HARD, Home
from tests.wire.scribe import Scribe
from vocabulary import Message, TaskKind
from whitelist import Refused
from whitelist.documents import Document
from whitelist.grants import Form

pytestmark = pytest.mark.anyio

EMAIL = "ada.lovelace@analytical-engines.co.uk"
IBAN = "DE89370400440532013000"
PRIVATE = Request(prompt=f"{HARD} Then write to {EMAIL} about it.", max_tokens=20)
SECRET = Request(prompt=f"{HARD} Pay {IBAN} for it.", max_tokens=20)


@contextmanager
def cloud_of(home: Home, *answer: str, rules: str = "") -> Iterator[Scribe]:
    """A cloud that is allowed, and writes down what it is sent."""
    with Scribe(lambda _: answer or ("Very ", "well.")) as cloud:
        home.anthropic(cloud.address, "a-key-for-tests")
        home.allow(cloud.address.removeprefix("http://"))
        with home.places.whitelist.open("a") as file:
            file.write(rules)
        yield cloud


async def asked(app: App, request: Request) -> ConsentRequired:
    with pytest.raises(ConsentRequired) as caught:
        await app.switchboard.answer(request)
    return caught.value


async def consented(app: App, request: Request, form: Form) -> None:
    app.grants.grant((await asked(app, request)).ask.id, form, channel="terminal")


async def test_without_a_local_model_the_person_is_asked_and_nothing_is_sent(home: Home) -> None:
    with cloud_of(home) as cloud:
        async with home.app() as app:
            error = await asked(app, PRIVATE)
            again = await asked(app, PRIVATE)
        assert cloud.heard == []
    assert error.ask.forms == ("as_is", "redacted")
    assert error.ask.counts == {"EMAIL": 1}
    assert EMAIL not in repr(error.ask)
    assert "1 × e-mail address" in error.what
    assert f"homeward approve {error.ask.id}" in error.fix
    assert again.ask.id == error.ask.id


async def test_with_a_local_model_nobody_is_asked_unless_a_cloud_is_wanted(full_home: Home) -> None:
    with cloud_of(full_home) as cloud:
        async with full_home.app() as app:
            assert (await app.switchboard.answer(PRIVATE)).local
            await asked(app, replace(PRIVATE, prefer="cloud"))
        assert cloud.heard == []


async def test_consent_to_redaction_sends_the_text_once_without_the_data(home: Home) -> None:
    with cloud_of(home, "I wrote to [[EMA", "IL_1]], and [[EMAIL_1]] said: a[") as cloud:
        pieces: list[str] = []

        async def on_text(piece: str) -> None:
            pieces.append(piece)

        async with home.app() as app:
            await consented(app, PRIVATE, "redacted")
            answer = await app.switchboard.answer(PRIVATE, on_text=on_text)
            await asked(app, PRIVATE)
            [_, line] = [entry for entry in app.audit.tail(9) if entry.decision == "sent"] * 2
        assert EMAIL not in cloud.everything
    [heard] = cloud.heard
    assert "[[EMAIL_1]]" in heard
    assert "copy its mark exactly" in heard
    assert answer.text == f"I wrote to {EMAIL}, and {EMAIL} said: a["
    assert "".join(pieces) == answer.text
    assert answer.decision.form == "redacted"
    assert (line.form, line.consent != "", line.counts) == ("redacted", True, {"EMAIL": 1})


async def test_consent_as_it_is_sends_the_text_once_as_it_is(home: Home) -> None:
    with cloud_of(home) as cloud:
        async with home.app() as app:
            await consented(app, PRIVATE, "as_is")
            answer = await app.switchboard.answer(PRIVATE)
            await asked(app, PRIVATE)
        assert [EMAIL in heard for heard in cloud.heard] == [True]
    assert answer.decision.form == "as_is"


async def test_consent_to_one_text_is_none_to_another(home: Home) -> None:
    with cloud_of(home) as cloud:
        async with home.app() as app:
            await consented(app, PRIVATE, "as_is")
            for other in (
                replace(PRIVATE, prompt=PRIVATE.prompt + " "),
                replace(PRIVATE, system="Be brief."),
                replace(PRIVATE, context="It is for me."),
                replace(PRIVATE, turns=(Message(role="assistant", text="Hello."),)),
            ):
                await asked(app, other)
        assert cloud.heard == []


async def test_tier_a_is_offered_redacted_only(home: Home) -> None:
    with cloud_of(home) as cloud:
        async with home.app() as app:
            assert (await asked(app, SECRET)).ask.forms == ("redacted",)
            await consented(app, SECRET, "redacted")
            await app.switchboard.answer(SECRET)
        assert IBAN not in cloud.everything
        assert "[[IBAN_1]]" in cloud.heard[0]


async def test_two_calls_at_once_share_no_consent(home: Home) -> None:
    with cloud_of(home) as cloud:
        async with home.app() as app:
            ask = (await asked(app, PRIVATE)).ask
            granted = app.grants.grant(ask.id, "as_is", channel="terminal")
            assert app.grants.spend(granted.id)  # as another call would between plan and sending
            await asked(app, PRIVATE)
        assert cloud.heard == []


async def test_where_the_person_says_so_tier_b_travels_redacted_unasked(home: Home) -> None:
    with cloud_of(home, rules='\n[sensitive]\nb = "redact"\n') as cloud:
        async with home.app() as app:
            answer = await app.switchboard.answer(PRIVATE)
            await asked(app, SECRET)
        assert EMAIL not in cloud.everything
    assert answer.decision.form == "redacted"


async def test_where_the_person_says_so_nobody_is_asked_and_nothing_travels(home: Home) -> None:
    with cloud_of(home, rules='\n[sensitive]\na = "local"\nb = "local"\n') as cloud:
        async with home.app() as app:
            with pytest.raises(NoCandidate, match="1 × e-mail address"):
                await app.switchboard.answer(PRIVATE)
        assert cloud.heard == []


@pytest.mark.parametrize(
    ("reply", "task"),
    [
        ("I wrote to [[EMAIL_2]].", None),
        ("I wrote to nobody.", TaskKind.TRANSLATION),
    ],
    ids=["a tag that was never given", "a translation that lost a tag"],
)
async def test_a_reply_that_is_no_longer_whole_is_tried_again_at_home(
    full_home: Home, reply: str, task: TaskKind | None
) -> None:
    rules = 'translation = true\n[sensitive]\nb = "redact"\n'
    full_home.settings('[routing]\nstrategy = "cost"\nmin_quality = 0.9\n')
    with cloud_of(full_home, reply, rules=rules):
        async with full_home.app() as app:
            answer = await app.switchboard.answer(replace(PRIVATE, task=task))
    assert answer.local
    assert [tried.outcome for tried in answer.decision.tried] == ["damaged", "ok"]
    assert answer.decision.form == "as_is"
    assert answer.cost > 0


async def test_a_damaged_reply_is_better_than_none_and_is_said_to_be_damaged(home: Home) -> None:
    with cloud_of(home, "To [[EMAIL_7]].", rules='\n[sensitive]\nb = "redact"\n'):
        async with home.app() as app:
            answer = await app.switchboard.answer(PRIVATE)
    assert answer.text == "To [[EMAIL_7]]."
    assert any("1 tags were altered" in notice for notice in answer.notices)


async def test_a_document_by_reference_stays_at_home_whatever_the_rules(full_home: Home) -> None:
    contract = Document(
        name="acme.txt", path=Path("/x/acme.txt"), text="We pay on Monday.", digest="", kind="text"
    )
    request = Request(prompt=HARD, documents=(contract,), max_tokens=20)
    with cloud_of(full_home, rules='\n[sensitive]\nb = "redact"\n') as cloud:
        async with full_home.app() as app:
            assert (await app.switchboard.answer(request)).local
            error = await asked(app, replace(request, prefer="cloud"))
            assert app.cache is not None
            assert [each.found.answer.local for each in app.cache.listed(limit=5)] == [True]
        assert cloud.heard == []
    assert error.ask.documents == ("acme.txt",)
    assert error.ask.forms == ("as_is",)


async def test_where_the_local_model_fails_the_person_is_asked(
    home: Home,
) -> None:
    with cloud_of(home) as cloud, Scribe() as broken:
        home.settings(f'[providers.llamacpp]\naddress = "{broken.address}/v1"\n')
        broken.answering = lambda _: ()
        async with home.app() as app:
            await asked(app, PRIVATE)
        assert broken.heard
        assert cloud.heard == []


async def test_with_a_model_for_names_that_is_not_there_every_text_counts_as_secret(
    full_home: Home,
) -> None:
    full_home.settings(
        '[privacy]\naudit_key = "file"\nnames = "gliner"\nnames_model = "/nowhere"\n'
    )
    with cloud_of(full_home) as cloud:
        async with full_home.app() as app:
            answer = await app.switchboard.answer(Request(prompt=HARD, max_tokens=20))
        assert cloud.heard == []
    assert answer.local
    assert any("could not be inspected in full" in e.reason for e in answer.decision.excluded)


async def test_a_no_is_not_asked_away(home: Home) -> None:
    with cloud_of(home) as cloud:
        async with home.app() as app:
            app.grants.refuse((await asked(app, PRIVATE)).ask.id, channel="terminal")
            with pytest.raises(Refused, match="The person keeps this text"):
                await app.switchboard.answer(PRIVATE)
            assert app.grants.pending() == []
        assert cloud.heard == []
