"""Sends and fetches batches as a person does, and looks into the books after it."""

import json
from typing import Any

from storage import Database
from storage.migrations import HOME
from tests.homes import Home
from tests.mcp_server.commands import homeward

QUESTIONS = ("Why is the sky blue?", "Why is grass green?", "Why is the sea salt?")


def prompts(home: Home, *lines: dict[str, Any]) -> str:
    file = home.places.data / "prompts.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return str(file)


def three(home: Home, **more: Any) -> str:
    lines = ({"id": f"q{n}", "prompt": text, **more} for n, text in enumerate(QUESTIONS))
    return prompts(home, *lines)


def send(home: Home, file: str, *options: str) -> dict[str, Any]:
    said = homeward(home, "batch", "send", file, "--json", *options)
    assert said.status == 0, said.err
    sent: dict[str, Any] = json.loads(said.out)
    return sent


def fetch(home: Home, *arguments: str) -> dict[str, dict[str, Any]]:
    said = homeward(home, "batch", "fetch", *arguments)
    assert said.status == 0, said.err
    lines = [json.loads(line) for line in said.out.splitlines()]
    return {line["id"]: line for line in lines}


def rows(home: Home, what: str) -> list[tuple[Any, ...]]:
    database = Database(home.places.home_database, HOME)
    try:
        return list(database.rows(what))
    finally:
        database.close()


def attempts(home: Home) -> list[tuple[Any, ...]]:
    return rows(home, "select outcome, held, cost, price_source from attempts order by at, id")


def held(home: Home) -> int:
    [(sum_held,)] = rows(home, "select coalesce(sum(held), 0) from spend where scope = 'all'")
    return int(sum_held)


def spent(home: Home) -> int:
    [(sum_spent,)] = rows(home, "select coalesce(sum(spent), 0) from spend where scope = 'all'")
    return int(sum_spent)


def audited(home: Home) -> list[dict[str, Any]]:
    text = home.places.audit.read_text() if home.places.audit.exists() else ""
    return [json.loads(line) for line in text.splitlines()]
