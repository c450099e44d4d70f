"""A batch that meets trouble neither loses money nor hides it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ledger import Budget
from mcp_server.cli.batch_file import asked_in
from routing.errors import ProviderTimeout
from tests.homes import NOBODY, Home
from tests.mcp_server.batch.doing import (
    QUESTIONS,
    fetch,
    held,
    prompts,
    send,
    spent,
    three,
)
from tests.mcp_server.commands import homeward
from tests.wire.batches import BatchServer
from vocabulary import Money


def test_results_of_nobodys_prompts_are_passed_over(cloud: Home, server: BatchServer) -> None:
    send(cloud, three(cloud))
    server.finish()
    server.stray = ["somebody-elses", "msgbatch_0001"]
    assert fetch(cloud).keys() == {"q0", "q1", "q2"}
    assert spent(cloud) > 0


def test_of_two_results_for_one_prompt_the_first_counts(cloud: Home, server: BatchServer) -> None:
    send(cloud, three(cloud))
    server.finish()
    server.stray = [""]  # the id of the first prompt that is told about, as expired
    answers = fetch(cloud)
    assert [each["result"] for each in answers.values()].count("expired") == 1
    assert len(answers) == 3


def test_a_result_that_is_missing_keeps_its_money_held(cloud: Home, server: BatchServer) -> None:
    send(cloud, three(cloud))
    server.finish()
    server.omits = 1
    assert len(fetch(cloud)) == 2
    assert held(cloud) > 0
    [batch] = json.loads(homeward(cloud, "batch", "status", "--json").out)
    assert batch["state"] == "sent"


def test_a_batch_that_the_provider_has_forgotten_is_told_beside_the_others(
    cloud: Home, server: BatchServer
) -> None:
    send(cloud, three(cloud))
    server.batches.clear()
    [batch] = json.loads(homeward(cloud, "batch", "status", "--json").out)
    assert batch["progress"] is None
    assert batch["trouble"]


def test_without_a_key_a_batch_is_still_listed(cloud: Home) -> None:
    send(cloud, three(cloud))
    del cloud.environ["ANTHROPIC_API_KEY"]
    assert "anthropic has no key here any more." in homeward(cloud, "batch", "status").out


def test_where_nothing_can_be_written_down_nothing_is_sent(
    cloud: Home, server: BatchServer
) -> None:
    cloud.places.audit.mkdir()
    said = homeward(cloud, "batch", "send", three(cloud))
    assert said.status == 1
    assert server.listening.requests == []
    assert held(cloud) == spent(cloud) == 0


@pytest.mark.anyio
async def test_a_provider_that_says_nothing_may_have_taken_it(
    cloud: Home, server: BatchServer
) -> None:
    server.silent = True
    asked = list(asked_in(Path(three(cloud))))
    async with cloud.app() as app:
        impatient = replace(app.batching, answer_within_s=0.3)
        with pytest.raises(ProviderTimeout, match="did not answer"):
            await impatient.send(asked)
        [standing] = await impatient.standing()
    assert standing.batch.state == "sending"
    assert held(cloud) > 0


@pytest.mark.anyio
async def test_where_the_money_went_elsewhere_meanwhile_nothing_is_sent(
    cloud: Home, server: BatchServer
) -> None:
    asked = list(asked_in(Path(three(cloud))))
    async with cloud.app() as app:
        sent = await replace(app.batching, budget=Budget(monthly=Money(1))).send(asked)
    assert sent.batch is None
    assert len(sent.sorted.left_out) == 3
    assert server.listening.requests == []
    assert held(cloud) == 0


def test_what_is_said_to_a_person_names_what_went_and_what_stayed(
    cloud: Home, server: BatchServer
) -> None:
    assert "There are no batches." in homeward(cloud, "batch", "status").out
    file = prompts(cloud, {"id": "a", "prompt": QUESTIONS[0]}, {"id": "b", "prompt": " "})
    said = homeward(cloud, "batch", "send", file)
    assert "Sent 1 prompts as batch" in said.out
    assert "b stays: The prompt is empty." in said.out
    assert "in progress, 1 to go" in homeward(cloud, "batch", "status").out
    server.finish()
    assert "ended: `homeward batch fetch`" in homeward(cloud, "batch", "status").out
    fetch(cloud)
    assert "fetched" in homeward(cloud, "batch", "status").out
    server.refuses = 400
    homeward(cloud, "batch", "send", file)
    assert "not sent" in homeward(cloud, "batch", "status").out
    nothing = prompts(cloud, {"id": "b", "prompt": " "})
    assert "Nothing was sent." in homeward(cloud, "batch", "send", nothing).out


@pytest.mark.parametrize("command", ["fetch", "cancel"])
def test_a_provider_that_is_gone_is_no_reason_to_think_the_batch_is(
    cloud: Home, server: BatchServer, command: str
) -> None:
    batch = send(cloud, three(cloud))["batch"]
    server.finish()
    cloud.environ["ANTHROPIC_BASE_URL"] = NOBODY
    cloud.allow(NOBODY.removeprefix("http://"))
    said = homeward(cloud, "batch", command, batch[:12])
    assert said.status == 1
    assert "Nothing is lost: the provider keeps the batch." in said.err
    assert f"`homeward batch {command} {batch[:12]}` again" in said.err
    assert "another model" not in said.err


def test_results_that_break_off_can_be_fetched_again(cloud: Home, server: BatchServer) -> None:
    send(cloud, three(cloud))
    server.finish()
    server.break_results_after = 1
    said = homeward(cloud, "batch", "fetch")
    assert said.status == 1
    assert "Nothing is lost" in said.err
    server.break_results_after = None
    assert len(fetch(cloud)) == 3


def test_a_batch_that_breaks_off_while_it_is_sent_is_not_sent_again_lightly(
    cloud: Home, server: BatchServer
) -> None:
    server.drops = True
    said = homeward(cloud, "batch", "send", three(cloud))
    assert said.status == 1
    assert "sending it again may cost twice" in said.err
    assert "another model" not in said.err
    assert held(cloud) > 0


def test_a_file_without_a_prompt_is_told(cloud: Home) -> None:
    file = prompts(cloud)
    said = homeward(cloud, "batch", "send", file)
    assert said.status == 1
    assert f"{file} has no prompt in it." in said.err
