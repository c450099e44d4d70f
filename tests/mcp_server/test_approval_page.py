"""The page where a person decides: over real HTTP, with everybody else knocking at it."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpx2
import pytest

from mcp_server.approval_page import MAX_WRONG, ApprovalPage, serve
from mcp_server.matters import Choice, Matter
from tests.homes import Home
from tests.mcp_server.asking import granted, question
from tests.mcp_server.commands import Terminal, homeward
from whitelist import AuditError

pytestmark = pytest.mark.anyio
FACT = "j•••@a•••.com <b>"


@dataclass
class Visit:
    """A page that is being served, what was decided on it, and a browser in front of it."""

    page: ApprovalPage
    address: str
    browser: httpx2.AsyncClient
    decided: list[str] = field(default_factory=list)
    said: list[str | None] = field(default_factory=list)

    @property
    def host(self) -> str:
        return self.address.removeprefix("http://").rstrip("/")

    @property
    def own(self) -> dict[str, str]:
        """The headers that a browser adds to a form of this very page."""
        return {"Origin": self.address.rstrip("/"), "Sec-Fetch-Site": "same-origin"}

    async def nonce(self) -> str:
        return nonce((await self.browser.get(self.address)).text)

    async def post(
        self, path: str, headers: Mapping[str, str] | None = None, **fields: str
    ) -> httpx2.Response:
        headers = self.own if headers is None else headers
        return await self.browser.post(self.address + path, data=fields, headers=headers)

    async def opened(self) -> str:
        """The nonce of the form for the decision, as the person gets it."""
        answer = await self.post("", nonce=await self.nonce(), token=self.page.token)
        assert answer.status_code == 200
        assert FACT.replace("<b>", "&lt;b&gt;") in answer.text
        return nonce(answer.text)


def nonce(html: str) -> str:
    found = re.search(r'name="nonce" value="([^"]+)"', html)
    assert found is not None
    return found[1]


def matter(decided: list[str], trouble: Exception | None = None) -> Matter:
    def decide(name: str) -> str:
        if trouble is not None:
            raise trouble
        decided.append(name)
        return f"It was {name}."

    return Matter(
        title="May this be sent?",
        facts=(("Such as", FACT),),
        choices=(
            Choice(name="local", label="Keep it local"),
            Choice(name="as_is", label="Send it", retype="api.openai.com"),
        ),
        decide=decide,
    )


@asynccontextmanager
async def visiting(
    *, patience: float = 60, trouble: Exception | None = None
) -> AsyncIterator[Visit]:
    """The page, served until the test is done with it."""
    decided: list[str] = []
    page = ApprovalPage(matter(decided, trouble))
    addresses: list[str] = []
    said: list[str | None] = []

    async def work() -> None:
        said.append(await serve(page, ready=addresses.append, patience=patience))

    async with anyio.create_task_group() as tasks, httpx2.AsyncClient(trust_env=False) as browser:
        tasks.start_soon(work)
        while not addresses:
            await anyio.lowlevel.checkpoint()
        visit = Visit(page, addresses[0], browser, decided, said)
        with anyio.fail_after(30):
            yield visit
        page.over.set()


async def test_a_person_with_the_code_sees_the_matter_and_decides(anyio_backend: str) -> None:
    async with visiting() as visit:
        first = await visit.browser.get(visit.address)
        assert visit.page.token not in first.text + visit.address
        assert "j•••" not in first.text
        await visit.post("decide", nonce=await visit.opened(), choice="local")
        await visit.page.over.wait()
    assert (visit.decided, visit.said) == (["local"], ["It was local."])


async def test_the_code_may_be_typed_in_any_usual_way() -> None:
    async with visiting() as visit:
        typed = f" {visit.page.token.upper().replace('-', ' ')} "
        assert (await visit.post("", nonce=await visit.nonce(), token=typed)).status_code == 200


async def test_what_must_be_typed_again_is_and_nothing_less_will_do() -> None:
    async with visiting() as visit:
        form = await visit.opened()
        for typed in ("", "openai.com", "yes"):
            answer = await visit.post("decide", nonce=form, choice="as_is", typed=typed)
            assert answer.status_code == 403
            assert "That was not the same; nothing was allowed." in answer.text
            form = nonce(answer.text)
        assert visit.decided == []
        answer = await visit.post("decide", nonce=form, choice="as_is", typed="api.openai.com ")
        assert (answer.status_code, visit.decided) == (200, ["as_is"])


async def test_every_answer_is_kept_nowhere_and_loads_nothing() -> None:
    async with visiting() as visit:
        answers = [
            await visit.browser.get(visit.address),
            await visit.browser.get(f"{visit.address}nothing"),
            await visit.post("", headers={}),
            await visit.post("", nonce=await visit.nonce(), token=visit.page.token),
        ]
        for answer in answers:
            assert answer.headers["cache-control"] == "no-store"
            policy = answer.headers["content-security-policy"]
            assert policy.startswith("default-src 'none';")
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert answer.headers["x-frame-options"] == "DENY"
            assert answer.headers["referrer-policy"] == "same-origin"
            assert "server" not in answer.headers
            assert not re.search(r"<script|src=|href=|@import|url\(", answer.text)


CROSS: dict[str, dict[str, str | None]] = {
    "another site": {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    "another port": {"Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": "same-site"},
    "no origin": {"Origin": None, "Sec-Fetch-Site": None},
    "an opaque origin": {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    "https of the same": {"Origin": "https://{host}"},
    "localhost": {"Origin": "http://localhost:{port}"},
    "right origin, wrong site": {"Sec-Fetch-Site": "cross-site"},
    "same site only": {"Sec-Fetch-Site": "same-site"},
    "a link": {"Sec-Fetch-Site": "none"},
    "a rebound name": {"Host": "evil.example:{port}", "Origin": "http://evil.example:{port}"},
    "no port": {"Host": "127.0.0.1"},
    "localhost as host": {"Host": "localhost:{port}"},
    "another loopback": {"Host": "127.0.0.2:{port}"},
}


@pytest.mark.parametrize("changed", CROSS.values(), ids=CROSS)
async def test_a_hostile_page_with_the_code_and_the_nonce_still_does_nothing(
    changed: dict[str, str | None],
) -> None:
    async with visiting() as visit:
        port = visit.host.split(":")[1]
        headers = dict(visit.own)
        for name, value in changed.items():
            headers.pop(name, None)
            if value is not None:
                headers[name] = value.format(host=visit.host, port=port)
        closed = await visit.post("", headers, nonce=await visit.nonce(), token=visit.page.token)
        assert (closed.status_code, closed.text) == (403, "Not from there.")
        form = await visit.opened()
        for _ in range(MAX_WRONG + 1):
            answer = await visit.post("decide", headers, nonce=form, choice="local")
            assert (answer.status_code, answer.text) == (403, "Not from there.")
        assert visit.decided == []
        assert not visit.page.over.is_set()  # nor can it end the page


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_link_from_elsewhere_does_not_open_the_page(site: str) -> None:
    async with visiting() as visit:
        answer = await visit.browser.get(visit.address, headers={"Sec-Fetch-Site": site})
        assert (answer.status_code, answer.text) == (403, "Not from there.")
        rebound = await visit.browser.get(visit.address, headers={"Host": "evil.example"})
        assert rebound.status_code == 403


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_nothing_but_a_form_changes_anything(method: str) -> None:
    async with visiting() as visit:
        form = await visit.opened()
        query = {"nonce": form, "choice": "local", "token": visit.page.token}
        for path in ("decide", ""):
            answer = await visit.browser.request(
                method, visit.address + path, params=query, headers=visit.own
            )
            assert "May this be sent?" not in answer.text
        assert visit.decided == []
        await visit.post("decide", nonce=form, choice="local")  # it was not used up either
        assert visit.decided == ["local"]


async def test_five_wrong_codes_end_it() -> None:
    async with visiting() as visit:
        for _ in range(MAX_WRONG):
            assert not visit.page.over.is_set()
            answer = await visit.post("", nonce=await visit.nonce(), token="2222-2222")
            assert answer.status_code == 403
        assert visit.page.over.is_set()
        assert "wrong too often" in answer.text
    assert (visit.decided, visit.said) == ([], [None])


@pytest.mark.parametrize("token", ["", "-", " ", "é", "x" * 20])
async def test_what_is_no_code_is_wrong(token: str) -> None:
    async with visiting() as visit:
        answer = await visit.post("", nonce=await visit.nonce(), token=token)
        assert (answer.status_code, "That is not the code." in answer.text) == (403, True)


async def test_a_form_is_good_once() -> None:
    async with visiting() as visit:
        first = await visit.nonce()
        assert (await visit.post("", nonce=first, token="wrong")).status_code == 403
        again = await visit.post("", nonce=first, token=visit.page.token)
        assert (again.status_code, "used before" in again.text) == (403, True)
        form = await visit.opened()
        both = []
        async with anyio.create_task_group() as tasks:

            async def decide() -> None:
                both.append((await visit.post("decide", nonce=form, choice="local")).status_code)

            tasks.start_soon(decide)
            tasks.start_soon(decide)
        assert sorted(both) == [200, 403]
    assert visit.decided == ["local"]


@pytest.mark.parametrize(
    "fields",
    [{}, {"nonce": ""}, {"nonce": "guessed"}, {"choice": "local"}, {"nonce": "x" * 5000}],
    ids=["nothing", "empty", "guessed", "none", "long"],
)
async def test_without_the_forms_nonce_nothing_is_decided(fields: dict[str, Any]) -> None:
    async with visiting() as visit:
        for _ in range(2):  # before and after the person has opened it
            answer = await visit.post("decide", **fields)
            assert answer.status_code == 403
            await visit.opened()
        assert visit.decided == []


@pytest.mark.parametrize("choice", ["", "send", "Keep it local", "as_is\n"])
async def test_what_is_no_choice_decides_nothing(choice: str) -> None:
    async with visiting() as visit:
        form = await visit.opened()
        answer = await visit.post("decide", nonce=form, choice=choice, typed="api.openai.com")
        assert "not one of the choices" in answer.text
        assert visit.decided == []


async def test_trouble_is_told_and_nothing_is_decided() -> None:
    async with visiting(trouble=AuditError("The disk is full.", fix="Free <some>.")) as visit:
        form = await visit.opened()
        answer = await visit.post("decide", nonce=form, choice="local")
        assert "The disk is full. Free &lt;some&gt;." in answer.text
        assert not visit.page.over.is_set()


async def test_nobody_comes_in_time() -> None:
    async with visiting(patience=0) as visit:
        with anyio.fail_after(10):
            while not visit.said:
                await anyio.lowlevel.checkpoint()
    assert visit.said == [None]


# --- from the command -----------------------------------------------------------------------


@pytest.mark.slow
async def test_a_decision_on_the_page_is_the_persons(home: Home) -> None:
    with Terminal(home, "approve", question(home), "--browser") as terminal:
        await anyio.to_thread.run_sync(terminal.until, "type this there: ")
        await anyio.to_thread.run_sync(terminal.until, "\n")
        seen = re.sub(r"\x1b\[[0-9;]*m", "", terminal.seen)
        found = re.search(r"Open (http://127\.0\.0\.1:\d+/) .*there: (\S+)", seen)
        assert found is not None
        address, token = found.groups()
        assert token not in address
        own = {"Origin": address.rstrip("/"), "Sec-Fetch-Site": "same-origin"}
        async with httpx2.AsyncClient(trust_env=False) as browser:
            first = await browser.get(address)
            fields = {"nonce": nonce(first.text), "token": token}
            second = await browser.post(address, data=fields, headers=own)
            for words in ("api.openai.com", "2 × e-mail address", "acme.pdf", "creative writing"):
                assert words in second.text
            fields = {"nonce": nonce(second.text), "choice": "redacted", "typed": ""}
            third = await browser.post(f"{address}decide", data=fields, headers=own)
            assert "Allowed once, within 15 minutes." in third.text
        assert await anyio.to_thread.run_sync(terminal.end) == 0
    assert [(grant.destination, grant.form) for grant in granted(home)] == [
        ("api.openai.com", "redacted")
    ]
    said = await anyio.to_thread.run_sync(lambda: homeward(home, "audit", "show", "--json"))
    assert '"reason": "by the person (page)"' in said.out


def test_a_page_needs_a_terminal_that_shows_its_code(home: Home) -> None:
    said = homeward(home, "approve", question(home), "--browser")
    assert said.status == 1
    assert "Only a person at a terminal" in said.err
    assert "http" not in said.everything


@pytest.mark.parametrize(("number", "says"), [(0, "Nothing waits"), (2, "2 things wait")])
def test_which_of_several_is_meant_must_be_said(home: Home, number: int, says: str) -> None:
    for each in range(number):
        question(home, fingerprint=str(each))
    said = homeward(home, "approve", "--browser")
    assert said.status == 1
    assert says in said.err
