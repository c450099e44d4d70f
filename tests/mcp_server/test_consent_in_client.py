"""What a host may put to its person, and how little it can do by answering for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import pytest
from mcp.client import ClientRequestContext
from mcp.client.session import ElicitationFnT
from mcp.types import ElicitRequestParams, ElicitResult, Implementation

from tests.homes import HARD, Home
from tests.mcp_server.clients import ERAS, Mode, connected, facts, text
from tests.wire.scribe import Scribe

pytestmark = pytest.mark.anyio

EMAIL = "ada.lovelace@analytical-engines.co.uk"
IBAN = "DE89370400440532013000"
PRIVATE = f"{HARD} Then write to {EMAIL} about it."
SECRET = f"{HARD} Pay {IBAN} for it."


@pytest.fixture(params=ERAS)
def era(request: pytest.FixtureRequest) -> Mode:
    mode: Mode = request.param
    return mode


@contextmanager
def cloud_of(home: Home, *, listed: bool = True) -> Iterator[Scribe]:
    with Scribe() as cloud:
        home.anthropic(cloud.address, "a-key-for-tests")
        home.allow(*([cloud.address.removeprefix("http://")] if listed else []))
        yield cloud


class Person:
    """Answers each form with the same choice, and keeps what they were shown."""

    def __init__(self, choice: str, action: Any = "accept") -> None:
        self.choice = choice
        self.action = action
        self.shown: list[str] = []

    async def __call__(
        self, context: ClientRequestContext, params: ElicitRequestParams
    ) -> ElicitResult:
        self.shown.append(params.message)
        content = {"choice": self.choice} if self.action == "accept" else None
        return ElicitResult(action=self.action, content=content)


def answering(person: Person) -> ElicitationFnT:
    return person


async def test_the_person_is_asked_in_plain_words_and_the_text_goes_once_redacted(
    home: Home, monkeypatch: pytest.MonkeyPatch, era: Mode
) -> None:
    person = Person("send_redacted")
    with cloud_of(home) as cloud:
        async with connected(home, monkeypatch, era, answering=answering(person)) as client:
            told = facts(await client.call_tool("route_prompt", {"prompt": PRIVATE}))
        assert EMAIL not in cloud.everything
        assert len(cloud.heard) == 1
    assert (told["status"], told["where"]) == ("done", "cloud")
    assert "sent redacted" in told["why"]
    [shown] = person.shown
    assert "1 × e-mail address" in shown
    assert "a•••@a•••" in shown
    assert "(anthropic/" in shown
    assert EMAIL not in shown


@pytest.mark.parametrize(
    ("person", "status"),
    [
        (Person("keep_local"), "error"),
        (Person("", action="decline"), "error"),
        (Person("", action="cancel"), "consent_required"),
        (None, "consent_required"),
    ],
    ids=["keep it local", "decline", "close the form", "a host that cannot ask"],
)
async def test_without_a_yes_it_stays_here(
    home: Home, monkeypatch: pytest.MonkeyPatch, era: Mode, person: Person | None, status: str
) -> None:
    asking = None if person is None else answering(person)
    with cloud_of(home) as cloud:
        async with connected(home, monkeypatch, era, answering=asking) as client:
            result = await client.call_tool("route_prompt", {"prompt": PRIVATE})
        assert cloud.heard == []
    if status == "error":
        assert result.is_error
        assert "The person keeps this text" in text(result)
    else:
        assert facts(result)["status"] == status
        assert f"homeward approve {facts(result)['consent_id']}" in text(result)
        assert EMAIL not in text(result)


async def test_tier_a_is_never_put_to_the_person_inside_a_host(
    home: Home, monkeypatch: pytest.MonkeyPatch, era: Mode
) -> None:
    person = Person("send_redacted")
    with cloud_of(home) as cloud:
        async with connected(home, monkeypatch, era, answering=answering(person)) as client:
            told = facts(await client.call_tool("route_prompt", {"prompt": SECRET}))
        assert cloud.heard == []
    assert told["status"] == "consent_required"
    assert person.shown == []


async def test_a_person_may_want_no_questions_inside_hosts_at_all(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.settings('[privacy]\naudit_key = "file"\nask_in_client = false\n')
    person = Person("send_redacted")
    with cloud_of(home) as cloud:
        async with connected(home, monkeypatch, answering=answering(person)) as client:
            told = facts(await client.call_tool("route_prompt", {"prompt": PRIVATE}))
        assert cloud.heard == []
    assert told["status"] == "consent_required"
    assert person.shown == []


async def test_nobody_is_asked_about_what_needs_no_consent(
    full_home: Home, monkeypatch: pytest.MonkeyPatch, era: Mode
) -> None:
    person = Person("send_redacted")
    async with connected(full_home, monkeypatch, era, answering=answering(person)) as client:
        for prompt in (HARD, PRIVATE):
            facts(await client.call_tool("route_prompt", {"prompt": prompt, "max_tokens": 20}))
    assert person.shown == []


HOST = {"resource_type": "cloud_api", "reason": "To prove it.\nAllow it!"}


async def test_one_exact_host_of_a_provider_can_be_allowed_for_an_hour(
    home: Home, monkeypatch: pytest.MonkeyPatch, era: Mode
) -> None:
    person = Person("allow_for_one_hour")
    with cloud_of(home, listed=False) as cloud:
        host = cloud.address.removeprefix("http://")
        async with connected(home, monkeypatch, era, answering=answering(person)) as client:
            asked = {**HOST, "resource_name": host}
            told = facts(await client.call_tool("add_to_whitelist", asked))
            allowed = {"resource_type": "cloud_api", "resource_name": host}
            assert facts(await client.call_tool("check_allowed", allowed))["allowed"]
            facts(await client.call_tool("route_prompt", {"prompt": HARD, "max_tokens": 20}))
        assert len(cloud.heard) == 1
    assert told["status"] == "allowed_for_an_hour"
    assert host in person.shown[0]
    assert "'To prove it. Allow it!'" in person.shown[0]
    assert host not in home.places.whitelist.read_text()


WIDE = [
    ("cloud_api", ".example.com"),
    ("cloud_api", "evil.example.com"),
    ("domain", "example.com"),
    ("mcp_server", "memory"),
    ("task", "translation"),
]


@pytest.mark.parametrize(("kind", "name"), WIDE, ids=[f"{kind} {name}" for kind, name in WIDE])
async def test_nothing_wider_is_put_to_the_person_inside_a_host(
    home: Home, monkeypatch: pytest.MonkeyPatch, kind: str, name: str
) -> None:
    person = Person("allow_for_one_hour")
    asked = {"resource_type": kind, "resource_name": name, "reason": "please"}
    async with connected(home, monkeypatch, answering=answering(person)) as client:
        told = facts(await client.call_tool("add_to_whitelist", asked))
        allowed = {"resource_type": kind, "resource_name": name}
        assert not facts(await client.call_tool("check_allowed", allowed))["allowed"]
    assert told["status"] == "pending"
    assert person.shown == []


async def test_a_hostile_host_that_says_yes_to_everything_gains_the_narrow_effects_only(
    home: Home, monkeypatch: pytest.MonkeyPatch, era: Mode
) -> None:
    """Every tool with every argument, forms answered by itself, approvals raced."""
    yes = [Person(choice) for choice in ("send_redacted", "allow_for_one_hour")]

    async def hostile(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        person = yes["allow" in params.message.lower()]
        return await person(context, params)

    with cloud_of(home) as cloud:
        before = home.places.whitelist.read_text()
        prompts = [PRIVATE, SECRET, f"{PRIVATE} {IBAN}"]
        calls: list[tuple[str, dict[str, Any]]] = [
            ("route_prompt", {"prompt": prompt, "max_tokens": 20, **more})
            for prompt in prompts
            for more in (
                {},
                {"prefer": "cloud"},
                {"task": "code_review", "fresh": True},
                {"system": PRIVATE},
                {"context": SECRET, "min_quality": 1.0},
                {"max_cost_usd": 5.0},
            )
        ]
        calls += [
            ("add_to_whitelist", {"resource_type": k, "resource_name": n, "reason": "yes"})
            for k, n in WIDE
        ]
        async with connected(home, monkeypatch, era, answering=hostile) as client:

            async def call(name: str, arguments: dict[str, Any]) -> None:
                await client.call_tool(name, arguments)

            for _ in range(2):
                async with anyio.create_task_group() as racing:
                    for name, arguments in calls:
                        racing.start_soon(call, name, arguments)
        assert EMAIL not in cloud.everything
        assert IBAN not in cloud.everything
        assert home.places.whitelist.read_text() == before


async def test_what_an_assistant_says_of_itself_is_kept_without_secrets(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"resource_type": "domain", "resource_name": "example.org", "reason": f"Pay {IBAN} now"}
    async with connected(home, monkeypatch) as client:
        facts(await client.call_tool("add_to_whitelist", asked))
    async with home.app() as app:
        [proposal] = app.proposals.pending()
    assert proposal.reason == "Pay [[IBAN_1]] now"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("claude-ai", "mcp:claude-ai"),
        ("Visual Studio Code 1.104", "mcp:Visual Studio Code 1.104"),
        (f"mail {EMAIL} now", "mcp:mail … now"),
        (f"pay {IBAN}", "mcp:pay …"),
        ("card 4532 7189 0245 1067", "mcp:card …"),
    ],
)
async def test_a_hosts_name_is_kept_without_what_is_in_no_name(
    home: Home, monkeypatch: pytest.MonkeyPatch, name: str, kept: str
) -> None:
    asked = {"resource_type": "domain", "resource_name": "example.org", "reason": "to see"}
    info = Implementation(name=name, version="1")
    async with connected(home, monkeypatch, info=info) as client:
        facts(await client.call_tool("add_to_whitelist", asked))
    async with home.app() as app:
        [proposal] = app.proposals.pending()
    assert proposal.caller == kept
