"""The rules: deny by default, the reason and the way out in every refusal."""

from dataclasses import replace

import pytest

from vocabulary import TaskKind
from whitelist import FOR_CLOUD, KINDS, Finding, Findings, Unusable, Whitelist, check, permit
from whitelist.grants import Form, Grant
from whitelist.handling import Handling

LISTED = Whitelist(
    cloud_apis=("api.anthropic.com", "openai.com", ".mistral.ai", "api.example.net:8443"),
    domains=("github.com",),
    mcp_servers=("memory",),
)
CLEAN = Findings(version="1")


def found(*kinds: str) -> Findings:
    items = [
        Finding(kind=kind, tier=KINDS[kind].tier, start=i, end=i + 1)
        for i, kind in enumerate(kinds)
    ]
    return Findings(items=tuple(items), version="1")


def test_a_clean_text_of_an_allowed_kind_may_go_to_a_listed_host() -> None:
    verdict = permit(CLEAN, TaskKind.CODE_REVIEW, "api.anthropic.com", LISTED)
    assert verdict.allowed
    assert verdict.rule == "cloud_apis has api.anthropic.com"


@pytest.mark.parametrize("task", list(TaskKind))
def test_by_default_only_the_three_kinds_of_document_002_may_leave(task: TaskKind) -> None:
    may = permit(CLEAN, task, "api.anthropic.com", LISTED).allowed
    assert may is (task in ("reasoning_tasks", "code_review", "architecture_design"))


@pytest.mark.parametrize("host", ["api.anthropic.com", "github.com", "127.0.0.1:11434", ""])
def test_an_empty_whitelist_lets_nothing_out(host: str) -> None:
    assert not permit(CLEAN, TaskKind.CODE_REVIEW, host, Whitelist()).allowed


EVERYTHING = Whitelist(
    cloud_apis=("api.anthropic.com",), allowed_for_cloud=dict.fromkeys(TaskKind, True)
)
STRICT = replace(EVERYTHING, handling=Handling(a="local", b="local", c="local"))
REDACTING = replace(EVERYTHING, handling=Handling(b="redact"))
NOT_INSPECTED = Findings(complete=False, failure="it was too long")


def grant(form: Form, destination: str = "api.anthropic.com") -> Grant:
    return Grant(id="g", ask_id="a", destination=destination, form=form, expires=0)


@pytest.mark.parametrize(
    ("findings", "whitelist", "rule", "ask"),
    [
        (found("SECRET"), EVERYTHING, "tier A is asked for", ("redacted",)),
        (found("EMAIL", "CARD"), EVERYTHING, "tier A is asked for", ("redacted",)),
        (found("EMAIL"), EVERYTHING, "tier B is asked for", ("redacted", "as_is")),
        (found("PERSON", "PHONE"), EVERYTHING, "tier B is asked for", ("redacted", "as_is")),
        (NOT_INSPECTED, EVERYTHING, "detection incomplete", ()),
        (found("SECRET"), STRICT, "tier A stays local", ()),
        (found("EMAIL"), STRICT, "tier B stays local", ()),
        (found("ZIP"), STRICT, "tier C stays local", ()),
        (found("SECRET"), REDACTING, "tier A is asked for", ("redacted",)),
    ],
    ids=[
        "secret",
        "card and e-mail",
        "e-mail",
        "phone and name",
        "not inspected",
        "strict: secret",
        "strict: e-mail",
        "strict: postal code",
        "redacting: secret",
    ],
)
def test_personal_data_stays_home_unless_the_person_is_asked(
    findings: Findings, whitelist: Whitelist, rule: str, ask: tuple[Form, ...]
) -> None:
    verdict = permit(findings, TaskKind.CODE_REVIEW, "api.anthropic.com", whitelist)
    assert not verdict.allowed
    assert (verdict.rule, verdict.ask) == (rule, ask)
    assert "local model" in verdict.fix


@pytest.mark.parametrize(
    ("findings", "grants", "form"),
    [
        (found("EMAIL"), [grant("as_is")], "as_is"),
        (found("EMAIL"), [grant("redacted")], "redacted"),
        (found("SECRET"), [grant("redacted")], "redacted"),
        (found("SECRET"), [grant("as_is")], None),
        (found("SECRET", "EMAIL"), [grant("as_is")], None),
        (found("EMAIL"), [grant("as_is", "api.openai.com")], None),
        (found("EMAIL"), [grant("as_is", "api.anthropic.com:8443")], None),
        (NOT_INSPECTED, [grant("as_is"), grant("redacted")], None),
    ],
    ids=[
        "as it is",
        "redacted",
        "tier A redacted",
        "tier A never as it is",
        "nor beside tier B",
        "to another host",
        "to another port",
        "never what was not inspected",
    ],
)
def test_consent_opens_one_destination_in_one_form(
    findings: Findings, grants: list[Grant], form: Form | None
) -> None:
    verdict = permit(findings, TaskKind.CODE_REVIEW, "api.anthropic.com", EVERYTHING, grants=grants)
    assert (verdict.form if verdict.allowed else None) == form
    assert verdict.grant == (grants[0] if form else None)


def test_consent_opens_nothing_that_the_rules_keep_local() -> None:
    for form in ("as_is", "redacted"):
        verdict = permit(
            found("EMAIL"), TaskKind.CODE_REVIEW, "api.anthropic.com", STRICT, grants=[grant(form)]
        )
        assert not verdict.allowed


@pytest.mark.parametrize(
    ("host", "task"),
    [("api.openai.com", TaskKind.CODE_REVIEW), ("api.anthropic.com", TaskKind.TRANSLATION)],
    ids=["a host that is not listed", "a kind of task that is not allowed"],
)
def test_consent_to_a_text_is_no_consent_to_a_host_or_a_task(host: str, task: TaskKind) -> None:
    one_host = Whitelist(cloud_apis=("api.anthropic.com",))
    verdict = permit(found("EMAIL"), task, host, one_host, grants=[grant("as_is", host)])
    assert not verdict.allowed
    assert verdict.ask == ()


def test_where_the_person_says_so_tier_b_travels_redacted_without_a_question() -> None:
    verdict = permit(found("EMAIL"), TaskKind.CODE_REVIEW, "api.anthropic.com", REDACTING)
    assert (verdict.allowed, verdict.form, verdict.grant) == (True, "redacted", None)


@pytest.mark.parametrize(
    ("findings", "ask"),
    [
        (CLEAN, ("as_is",)),
        (found("EMAIL"), ("redacted", "as_is")),
        (found("IBAN"), ("redacted",)),
    ],
    ids=["nothing found", "e-mail", "IBAN"],
)
def test_a_document_by_reference_never_travels_unasked(
    findings: Findings, ask: tuple[Form, ...]
) -> None:
    verdict = permit(
        findings, TaskKind.CODE_REVIEW, "api.anthropic.com", REDACTING, by_reference=True
    )
    assert not verdict.allowed
    assert verdict.ask == ask


def test_signals_alone_keep_nothing_home() -> None:
    verdict = permit(found("PERSON", "ZIP"), TaskKind.CODE_REVIEW, "api.anthropic.com", LISTED)
    assert verdict.allowed


def test_the_reason_names_kinds_and_numbers_only() -> None:
    verdict = permit(
        found("EMAIL", "EMAIL", "SECRET", "PERSON"),
        TaskKind.CODE_REVIEW,
        "api.anthropic.com",
        LISTED,
    )
    assert verdict.reason == "The text holds 1 × password or key, 2 × e-mail address."


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("api.openai.com", "`openai.com` is listed, but means only that host; `.openai.com`"),
        ("mistral.ai", "`.mistral.ai` is listed, but means only the hosts under mistral.ai"),
        ("api.mistral.ai:8443", "not with port 8443"),
        ("api.example.net", "`api.example.net:8443` is listed, but not with port 443"),
        ("api.anthropic.com.evil.io", "is not on the whitelist"),
        ("evilopenai.com", "is not on the whitelist"),
    ],
)
def test_a_near_miss_is_explained(host: str, says: str) -> None:
    verdict = permit(CLEAN, TaskKind.CODE_REVIEW, host, LISTED)
    assert not verdict.allowed
    assert verdict.rule == f"cloud_apis has no entry for {host}"
    assert says in verdict.reason
    assert verdict.fix == f"Run `homeward whitelist add cloud_api {host}`."


@pytest.mark.parametrize("host", ["user:pw@api.anthropic.com", "1.2.3.4", "api.anthropic.com/x"])
def test_a_host_that_cannot_be_read_is_refused_without_repeating_a_password(host: str) -> None:
    verdict = permit(CLEAN, TaskKind.CODE_REVIEW, host, LISTED)
    assert verdict.rule == "unusable host"
    assert "pw" not in verdict.reason


@pytest.mark.parametrize(
    ("kind", "name", "allowed"),
    [
        ("cloud_api", "api.anthropic.com", True),
        ("cloud_apis", "API.Anthropic.com", True),
        ("cloud_api", "anthropic", True),
        ("cloud_api", "Anthropic", True),
        ("api", "https://api.anthropic.com/v1/messages", True),
        ("cloud_api", "mixtral.mistral.ai", True),
        ("cloud_api", ".mistral.ai", True),
        ("cloud_api", ".anthropic.com", False),
        ("cloud_api", "openai", False),
        ("cloud_api", "http://api.anthropic.com", False),
        ("domain", "github.com", True),
        ("domains", "https://github.com/openai", True),
        ("domain", "api.anthropic.com", False),
        ("mcp_server", "memory", True),
        ("mcp_servers", "git", False),
        ("mcp_server", "bad name\n", False),
        ("task", "code_review", True),
        ("allowed_for_cloud", "Code Review", True),
        ("tasks", "translation", False),
        ("task", "world domination", False),
    ],
)
def test_whether_a_resource_is_allowed_can_be_asked(kind: str, name: str, allowed: bool) -> None:
    aliases = {"anthropic": "api.anthropic.com", "openai": "api.openai.com"}
    verdict = check(kind, name, LISTED, aliases=aliases)
    assert verdict.allowed is allowed
    assert verdict.rule
    assert allowed or verdict.fix


def test_a_refusal_of_a_provider_names_its_host() -> None:
    verdict = check("cloud_api", "openai", LISTED, aliases={"openai": "api.openai.com"})
    assert verdict.fix == "Run `homeward whitelist add cloud_api api.openai.com`."


def test_an_unknown_type_of_resource_is_an_error_that_lists_those_there_are() -> None:
    with pytest.raises(Unusable, match="cloud_api, domain, mcp_server, task"):
        check("planet", "earth", LISTED)


def test_the_default_kinds_cover_every_kind_there_is() -> None:
    assert set(FOR_CLOUD) == set(TaskKind)
