"""The whole path, over real model servers, a real cache and real books."""

import anyio
import pytest

from mcp_server.wiring import App
from switchboard import InvalidRequest, NoCandidate, Request
from switchboard.asking import ConsentRequired
from tests.homes import EASY, HARD, Home
from tests.wire.faulty import Faulty
from tests.wire.servers import Served
from vocabulary import Money, TaskKind

pytestmark = pytest.mark.anyio
EMAIL = "Write to ada.lovelace@analytical-engines.co.uk about it."


def rows(app: App, columns: str) -> list[tuple[object, ...]]:
    return app.database.rows(f"select {columns} from attempts order by at, number")  # noqa: S608


async def test_an_easy_prompt_is_answered_at_home_for_free(full_home: Home) -> None:
    async with full_home.app() as app:
        answer = await app.switchboard.answer(Request(prompt=EASY, max_tokens=20))
        assert (answer.local, answer.cost, answer.cached) == (True, Money(0), "no")
        assert answer.text
        assert answer.baseline > 0
        assert app.audit.tail(5) == []
        assert rows(app, "local, cost, outcome") == [(1, 0, "ok")]


async def test_a_hard_prompt_goes_to_the_allowed_cloud_and_is_paid(full_home: Home) -> None:
    async with full_home.app() as app:
        answer = await app.switchboard.answer(Request(prompt=HARD, max_tokens=20))
        assert not answer.local
        assert answer.provider == "anthropic"
        assert answer.cost > 0
        assert answer.cost == answer.decision.cost
        assert rows(app, "provider, cost, outcome") == [("anthropic", answer.cost, "ok")]
        assert app.database.rows("select held, spent from spend where scope = 'all'") == [
            (0, answer.cost)
        ]
        [line] = app.audit.tail(5)
        assert (line.request_id, line.decision) == (answer.request_id, "sent")


async def test_the_same_hard_prompt_stays_home_while_its_cloud_is_not_allowed(
    full_home: Home,
) -> None:
    full_home.allow()
    async with full_home.app() as app:
        answer = await app.switchboard.answer(Request(prompt=HARD, max_tokens=20))
        assert answer.local
        assert {entry.gate for entry in answer.decision.excluded} == {"whitelist"}
        assert "homeward whitelist add" in answer.decision.excluded[0].fix


async def test_personal_data_stays_home_wherever_it_stands_and_is_not_remembered(
    full_home: Home,
) -> None:
    async with full_home.app() as app:
        for request in (
            Request(prompt=f"{HARD} {EMAIL}", max_tokens=20),
            Request(prompt=HARD, context=EMAIL, max_tokens=20),
            Request(prompt=HARD, system=EMAIL, max_tokens=20),
        ):
            answer = await app.switchboard.answer(request)
            assert answer.local
            assert answer.decision.personal == {"EMAIL": 1}
        assert app.cache is not None
        assert app.cache.stats().entries == 0
        assert app.audit.tail(5) == []


async def test_personal_data_without_a_local_model_is_refused_not_sent(
    home: Home, tiny_server: Served
) -> None:
    home.anthropic(tiny_server.root, tiny_server.key)
    home.allow(tiny_server.root.removeprefix("http://"))
    async with home.app() as app:
        with pytest.raises(ConsentRequired, match="e-mail address"):
            await app.switchboard.answer(Request(prompt=f"{HARD} {EMAIL}"))
        assert rows(app, "id") == []


async def test_a_repeated_prompt_is_answered_from_the_cache_unless_fresh_is_asked_for(
    local_home: Home,
) -> None:
    async with local_home.app() as app:
        first = await app.switchboard.answer(Request(prompt=EASY, max_tokens=40))
        again = await app.switchboard.answer(Request(prompt=f"{EASY}  ", max_tokens=40))
        fresh = await app.switchboard.answer(Request(prompt=EASY, max_tokens=40, fresh=True))
        assert first.finish == "stop"
        assert (again.cached, again.text, again.cost) == ("exact", first.text, 0)
        assert fresh.cached == "no"
        assert rows(app, "cached") == [("no",), ("exact",), ("no",)]


async def test_the_same_question_in_other_words_is_a_semantic_hit(local_home: Home) -> None:
    async with local_home.app() as app:
        await app.switchboard.answer(Request(prompt="How large is the moon?", max_tokens=40))
        again = await app.switchboard.answer(Request(prompt="How big is the moon?", max_tokens=40))
        assert again.cached == "semantic"
        assert again.similarity is not None
        assert again.similarity > 0.95


@pytest.mark.parametrize(
    "changed",
    [
        Request(prompt=EASY, max_tokens=40, system="Answer in German."),
        Request(prompt=EASY, max_tokens=40, context="It is the year 1300."),
        Request(prompt=EASY, max_tokens=40, caller="someone else"),
        Request(prompt=EASY, max_tokens=40, prefer="local"),
        Request(prompt="What is the capital of Spain?", max_tokens=40),
    ],
    ids=["system", "context", "caller", "tier", "question"],
)
async def test_what_changes_an_answer_is_never_served_from_the_cache(
    local_home: Home, changed: Request
) -> None:
    async with local_home.app() as app:
        await app.switchboard.answer(Request(prompt=EASY, max_tokens=40))
        assert (await app.switchboard.answer(changed)).cached == "no"


async def test_a_failing_cloud_falls_back_to_the_local_model(
    local_home: Home, faulty: Faulty
) -> None:
    address = faulty.at("inside")
    local_home.openai(address)
    local_home.allow(address.split("//")[1].split("/")[0])
    steps: list[str] = []

    async def on_step(sentence: str) -> None:
        steps.append(sentence)

    async with local_home.app() as app:
        answer = await app.switchboard.answer(Request(prompt=HARD, max_tokens=20), on_step=on_step)
        assert answer.local
        assert [tried.outcome for tried in answer.decision.tried][-1] == "ok"
        assert answer.decision.tried[0].outcome == "error"
        assert answer.decision.tried[0].model.startswith("openai/")
        assert len(steps) == len(answer.decision.tried)
        assert app.ledger.left(app.budget).month == app.budget.monthly


async def test_an_exhausted_budget_keeps_the_prompt_home_and_says_so(full_home: Home) -> None:
    full_home.settings("[budget]\nmonthly_usd = 0.000001\n")
    async with full_home.app() as app:
        answer = await app.switchboard.answer(Request(prompt=HARD, max_tokens=20))
        assert answer.local
        gates = {e.gate for e in answer.decision.excluded if e.model.provider == "anthropic"}
        assert gates == {"budget"}


async def test_a_model_without_a_known_price_is_refused(full_home: Home) -> None:
    full_home.settings('[models."anthropic/claude-nobody-knows"]\nquality = 0.99\n')
    async with full_home.app() as app:
        decision = await app.switchboard.plan(Request(prompt=HARD))
        [entry] = [e for e in decision.excluded if "nobody" in e.model.name]
        assert entry.gate == "price"
        assert "[prices." in entry.fix


async def test_a_dry_run_calls_nobody_and_writes_nothing(full_home: Home) -> None:
    async with full_home.app() as app:
        decision = await app.switchboard.plan(Request(prompt=HARD))
        assert decision.considered[0].startswith("anthropic/")
        assert decision.estimate > 0
        assert rows(app, "id") == []
        assert app.audit.tail(1) == []


async def test_a_model_that_is_asked_for_is_the_only_one_tried(full_home: Home) -> None:
    async with full_home.app() as app:
        answer = await app.switchboard.answer(
            Request(prompt=HARD, model="anthropic/claude-haiku-5-5", max_tokens=20)
        )
        assert [tried.model for tried in answer.decision.tried] == ["anthropic/claude-haiku-5-5"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (Request(prompt="   "), "empty"),
        (Request(prompt="x" * 10_000_000), "10,000,000 characters"),
        (Request(prompt=EASY, prefer="cloud", max_cost=Money(0)), "contradict"),
        (Request(prompt=EASY, model="tyny"), "There is no model 'tyny'"),
    ],
    ids=["empty", "ten-megabytes", "contradiction", "unknown-model"],
)
async def test_an_unusable_request_is_refused_in_words(
    local_home: Home, wrong: Request, says: str
) -> None:
    async with local_home.app() as app:
        with pytest.raises(InvalidRequest, match=says) as refusal:
            await app.switchboard.answer(wrong)
        assert refusal.value.fix


async def test_preferring_a_cloud_that_is_forbidden_says_what_would_allow_it(
    full_home: Home,
) -> None:
    full_home.allow()
    async with full_home.app() as app:
        with pytest.raises(NoCandidate) as refusal:
            await app.switchboard.answer(Request(prompt=HARD, prefer="cloud"))
        assert "(whitelist)" in refusal.value.what
        assert "homeward whitelist add" in refusal.value.fix


async def test_without_any_model_the_error_says_how_to_get_one(home: Home) -> None:
    async with home.app() as app:
        with pytest.raises(NoCandidate, match="ollama pull"):
            await app.switchboard.answer(Request(prompt=EASY))


async def test_a_cancelled_call_is_settled_for_what_it_used(home: Home, faulty: Faulty) -> None:
    address = faulty.at("stalls")
    home.openai(address)
    home.allow(address.split("//")[1].split("/")[0])
    heard = anyio.Event()

    async def on_text(_: str) -> None:
        heard.set()

    async with home.app() as app:
        with anyio.fail_after(20):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(
                    lambda: app.switchboard.answer(
                        Request(prompt=HARD, max_tokens=20), on_text=on_text
                    )
                )
                await heard.wait()
                tasks.cancel_scope.cancel()
        [(outcome, cost, source)] = rows(app, "outcome, cost, price_source")
        assert outcome == "cancelled"
        assert cost > 0
        assert str(source).endswith("tokens estimated")
        [(held, spent)] = app.database.rows("select held, spent from spend where scope = 'all'")
        assert (held, spent) == (0, cost)


async def test_a_cloud_model_behind_the_local_ollama_is_a_cloud(local_home: Home) -> None:
    async with local_home.app() as app:
        decision = await app.switchboard.plan(Request(prompt=EASY))
        remote = [e for e in decision.excluded if e.model.provider == "ollama"]
        assert remote
        assert all(not e.model.local and e.gate == "whitelist" for e in remote)
        assert all(e.model.host == "ollama.com" for e in remote)


async def test_a_damaged_whitelist_closes_the_clouds_but_not_the_home(full_home: Home) -> None:
    full_home.places.whitelist.write_text("cloud_apis = 3\n", encoding="utf-8")
    async with full_home.app() as app:
        answer = await app.switchboard.answer(Request(prompt=HARD, max_tokens=20))
        assert answer.local
        assert "whitelist.toml, line 1" in answer.notices[0]
        with pytest.raises(NoCandidate, match=r"whitelist\.toml, line 1"):
            await app.switchboard.answer(Request(prompt=HARD, prefer="cloud"))


async def test_passing_half_of_the_budget_is_told_once(full_home: Home) -> None:
    full_home.settings("[budget]\nmonthly_usd = 0.0025\n[cache]\nenabled = false\n")
    async with full_home.app() as app:
        told = []
        for number in range(6):
            request = Request(
                prompt=f"{HARD} Case {number}.", max_tokens=12, model="anthropic/claude-opus-5-5"
            )
            try:
                told.append((await app.switchboard.answer(request)).notices)
            except NoCandidate:
                break
        marks = [notice for notices in told for notice in notices if "% of the monthly" in notice]
        assert len(marks) == len({mark[:4] for mark in marks})
        assert marks[0].startswith("50 % of the monthly budget is used; $0.00")


@pytest.mark.parametrize("claimed", ["reasoning_tasks", "code_review", "architecture_design"])
async def test_a_callers_word_for_the_kind_of_task_does_not_open_a_cloud(
    home: Home, tiny_server: Served, claimed: str
) -> None:
    home.anthropic(tiny_server.root, tiny_server.key)
    home.allow(tiny_server.root.removeprefix("http://"))
    async with home.app() as app:
        request = Request(
            prompt="Translate into French: the shop is closed on Tuesday.", task=TaskKind(claimed)
        )
        with pytest.raises(NoCandidate, match="translation stay local"):
            await app.switchboard.answer(request)
        assert app.audit.tail(1) == []
