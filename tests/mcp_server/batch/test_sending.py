"""`homeward batch send`: prompts go by the same rules as any, and their money is held."""

import json
from datetime import UTC, datetime

import pytest

from ledger import Prices
from ledger.batches import SqliteBatches
from storage import Database
from storage.migrations import HOME
from tests.canaries import KINDS, planted
from tests.homes import Home
from tests.mcp_server.batch.conftest import TASKS
from tests.mcp_server.batch.doing import (
    QUESTIONS,
    attempts,
    audited,
    held,
    prompts,
    rows,
    send,
    spent,
    three,
)
from tests.mcp_server.commands import homeward
from tests.wire.batches import BatchServer
from tests.wire.ollama import Ollama
from vocabulary import Usage


def test_prompts_are_held_written_down_and_sent_at_once(cloud: Home, server: BatchServer) -> None:
    sent = send(cloud, three(cloud, system="Be brief.", max_tokens=50))
    assert [each["id"] for each in sent["prompts"]] == ["q0", "q1", "q2"]
    assert sent["left_out"] == []
    asked = list(server.newest.requests.values())
    assert [each["messages"][0]["content"] for each in asked] == list(QUESTIONS)
    assert all(each["system"] == "Be brief." and each["max_tokens"] == 50 for each in asked)
    assert held(cloud) == round(sent["worst_case_usd"] * 1_000_000) > 0
    assert [line["reason"] for line in audited(cloud)] == ["in a batch"] * 3
    assert {outcome for outcome, *_ in attempts(cloud)} == {"open"}


def test_what_is_held_is_the_worst_case_at_half_the_price(cloud: Home) -> None:
    [each] = send(cloud, prompts(cloud, {"id": "a", "prompt": QUESTIONS[0]}))["prompts"]
    provider, _, name = each["model"].partition("/")
    usage = Usage(output_tokens=2048)  # the default limit; what is read adds a little
    full = Prices().quote(provider, name, usage, datetime.now(UTC)).cost
    assert full / 2 < each["worst_case_usd"] * 1_000_000 < full / 2 * 1.1


def test_no_text_and_no_name_of_the_persons_is_kept_or_sent_as_an_id(
    cloud: Home, server: BatchServer
) -> None:
    send(cloud, prompts(cloud, {"id": "my-own-name", "prompt": QUESTIONS[0]}))
    assert "my-own-name" not in str(server.listening.requests[0].body)
    kept = cloud.places.home_database.read_bytes()
    wal = cloud.places.home_database.with_name(cloud.places.home_database.name + "-wal")
    kept += wal.read_bytes() if wal.exists() else b""
    assert b"sky blue" not in kept
    assert b"sky blue" not in cloud.places.audit.read_bytes()


def test_personal_data_stays_out_and_the_rest_goes(cloud: Home, server: BatchServer) -> None:
    canaries = [each for each in map(planted, range(len(KINDS))) if each.tier in "AB"]
    private = [{"id": f"p{n}", "prompt": each.sentence} for n, each in enumerate(canaries)]
    sent = send(cloud, prompts(cloud, {"id": "fine", "prompt": QUESTIONS[0]}, *private))
    assert [each["id"] for each in sent["prompts"]] == ["fine"]
    assert [each["id"] for each in sent["left_out"]] == [each["id"] for each in private]
    assert all(each["reason"] for each in sent["left_out"])
    [request] = server.listening.requests
    assert not any(each.seen_in(request.body.decode()) for each in canaries)


def test_what_is_no_prompt_stays_and_the_rest_goes(cloud: Home) -> None:
    file = prompts(cloud, {"id": "a", "prompt": "  "}, {"id": "b", "prompt": QUESTIONS[0]})
    sent = send(cloud, file)
    assert [each["id"] for each in sent["prompts"]] == ["b"]
    assert sent["left_out"][0]["reason"].startswith("The prompt is empty.")


def test_a_kind_of_task_that_may_not_leave_stays(cloud: Home, server: BatchServer) -> None:
    file = prompts(
        cloud, {"id": "a", "prompt": "Refactor this function.", "task": "code_generation"}
    )
    sent = send(cloud, file)
    assert sent["batch"] is None
    assert "code_generation" in sent["left_out"][0]["reason"]
    assert server.listening.requests == []
    assert attempts(cloud) == []


def test_a_host_that_is_not_allowed_gets_nothing(cloud: Home, server: BatchServer) -> None:
    cloud.allow()
    sent = send(cloud, three(cloud))
    assert sent["prompts"] == []
    assert len(sent["left_out"]) == 3
    assert server.listening.requests == []


def test_a_model_that_takes_no_batches_is_not_asked(cloud: Home, server: BatchServer) -> None:
    cloud.openai("http://127.0.0.1:9/v1")
    file = prompts(cloud, {"id": "a", "prompt": QUESTIONS[0], "model": "openai/gpt-6-luna"})
    sent = send(cloud, file)
    assert sent["prompts"] == []
    assert server.listening.requests == []


def test_what_does_not_fit_into_the_budget_stays(cloud: Home, server: BatchServer) -> None:
    cloud.settings("[budget]\nmonthly_usd = 0.003\n")
    sent = send(cloud, three(cloud, model="anthropic/claude-haiku-5-5", max_tokens=8000))
    went, stayed = len(sent["prompts"]), len(sent["left_out"])
    assert (went, stayed) == (1, 2)
    assert held(cloud) <= 3000
    assert len(server.newest.requests) == 1
    [batch] = json.loads(homeward(cloud, "batch", "status", "--json").out)
    assert batch["prompts"] == 1


def test_a_text_that_would_go_redacted_stays(cloud: Home, server: BatchServer) -> None:
    whitelist = cloud.places.whitelist
    whitelist.write_text(whitelist.read_text() + '[sensitive]\nb = "redact"\n')
    [canary] = [each for each in map(planted, range(len(KINDS))) if each.tier == "B"][:1]
    sent = send(cloud, prompts(cloud, {"id": "a", "prompt": canary.sentence}))
    assert sent["prompts"] == []
    assert "`homeward ask` can answer it." in sent["left_out"][0]["reason"]
    assert server.listening.requests == []


def test_models_that_take_no_batches_are_passed_over(
    cloud: Home, server: BatchServer, ollama_server: Ollama
) -> None:
    cloud.ollama(ollama_server)
    cloud.openai("http://127.0.0.1:9/v1")
    cloud.settings('[models."openai/gpt-6-luna"]\nquality = 0.99\n')
    cloud.allow("127.0.0.1:9", server.address.removeprefix("http://"), tasks=TASKS)
    sent = send(cloud, three(cloud))
    assert {each["model"].partition("/")[0] for each in sent["prompts"]} == {"anthropic"}


def test_a_dry_run_sends_and_holds_nothing(cloud: Home, server: BatchServer) -> None:
    sent = send(cloud, three(cloud), "--dry-run")
    assert len(sent["prompts"]) == 3
    assert sent["batch"] is None
    assert server.listening.requests == []
    assert attempts(cloud) == []
    said = homeward(cloud, "batch", "send", three(cloud), "--dry-run")
    assert "Nothing was sent. 3 prompts would go" in said.out


@pytest.mark.parametrize(
    ("status", "says"), [(400, "did not accept"), (401, "key"), (429, "too many"), (529, "load")]
)
def test_a_batch_that_was_not_taken_holds_nothing(
    cloud: Home, server: BatchServer, status: int, says: str
) -> None:
    server.refuses = status
    said = homeward(cloud, "batch", "send", three(cloud))
    assert said.status == 1
    assert says in said.err
    assert (held(cloud), spent(cloud)) == (0, 0)
    assert {outcome for outcome, *_ in attempts(cloud)} == {"error"}


def test_a_batch_of_which_nobody_knows_keeps_its_money(cloud: Home, server: BatchServer) -> None:
    server.drops = True
    said = homeward(cloud, "batch", "send", three(cloud))
    assert said.status == 1
    assert held(cloud) > 0
    assert {outcome for outcome, *_ in attempts(cloud)} == {"open"}
    assert "not known" in homeward(cloud, "batch", "status").out


def test_what_died_before_it_sent_anything_is_let_go(cloud: Home) -> None:
    send(cloud, three(cloud))
    database = Database(cloud.places.home_database, HOME)
    with database.transaction(durable=True) as db:
        db.execute("update batches set state = 'preparing', owner = 'h 999999999 1'")
    [batch] = SqliteBatches(database).all()
    database.close()
    homeward(cloud, "batch", "status")
    states = rows(cloud, "select state from batches")
    if states == [("failed",)]:  # where the dead can be told from the living
        assert held(cloud) == spent(cloud) == 0
    else:
        assert batch.owner == "h 999999999 1"
