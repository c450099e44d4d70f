"""What may leave: a small deny-by-default table, and pure functions that decide by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vocabulary import TaskKind
from whitelist import hosts
from whitelist.detector.findings import Findings
from whitelist.disclosure import disclosure
from whitelist.errors import Unusable
from whitelist.grants import Form, Grant
from whitelist.handling import Handling
from whitelist.plain import one_line
from whitelist.resources import KEYS, ResourceType, canonical_name, resource_type, task_kind

FOR_CLOUD: Mapping[TaskKind, bool] = {
    kind: kind in (TaskKind.REASONING_TASKS, TaskKind.CODE_REVIEW, TaskKind.ARCHITECTURE_DESIGN)
    for kind in TaskKind
}
"""Which kinds of task may go to a cloud where whitelist.toml does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whitelist:
    """What a person has allowed; every entry in its canonical spelling. By default, no host.

    `folders` are opened to Homeward: documents in them may be read. `handling` says what happens
    to sensitive data that would leave.
    """

    cloud_apis: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    mcp_servers: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    allowed_for_cloud: Mapping[TaskKind, bool] = field(default_factory=lambda: dict(FOR_CLOUD))
    handling: Handling = Handling()

    def entries(self, kind: ResourceType) -> tuple[str, ...]:
        """The entries of one type; of tasks, those that are allowed."""
        if kind == "task":
            return tuple(k.value for k, allowed in self.allowed_for_cloud.items() if allowed)
        lists = {"cloud_api": self.cloud_apis, "domain": self.domains}
        return lists.get(kind, self.mcp_servers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A decision: the `rule` that made it in a few words, the reason, and the way out of a no.

    `form` is how the text may travel, and `grant` the consent that this uses up. Where it may not,
    `ask` has the forms that the person could allow; empty where there is nothing to ask.
    """

    allowed: bool
    rule: str
    reason: str
    fix: str = ""
    form: Form = "as_is"
    ask: tuple[Form, ...] = ()
    grant: Grant | None = None


def permit(
    findings: Findings,
    task: TaskKind,
    destination_host: str,
    whitelist: Whitelist,
    *,
    by_reference: bool = False,
    grants: Sequence[Grant] = (),
) -> Verdict:
    """Whether, and in which form, a text may go to a cloud at `destination_host` (`host[:port]`).

    `findings` are those of everything that would be sent: prompt, system, context, earlier turns,
    documents; `by_reference` says that there are documents. `grants` are what the person allowed
    for exactly this text. What nobody can allow is said first, what the person can be asked last.
    """
    listed = _host_verdict("cloud_api", destination_host, whitelist)
    told = disclosure(
        findings,
        whitelist.handling,
        _name(destination_host),
        by_reference=by_reference,
        grants=grants,
    )
    verdict = Verdict(
        allowed=told.form is not None,
        rule=told.rule or listed.rule,
        reason=told.reason or listed.reason,
        fix=told.fix,
        form=told.form or "as_is",
        ask=told.ask,
        grant=told.grant,
    )
    if not verdict.allowed and not verdict.ask:
        return verdict
    refusal = _kept_for_task(task, whitelist) or (None if listed.allowed else listed)
    return refusal or verdict


def check(
    type_word: str,
    resource_name: str,
    whitelist: Whitelist,
    *,
    aliases: Mapping[str, str] | None = None,
) -> Verdict:
    """Whether a cloud API, a domain, a MCP server or a kind of task is allowed, and by which rule.

    `aliases` gives the host that a provider's name stands for (`anthropic`: `api.anthropic.com`).

    Raises:
        Unusable: there is no such type of resource.
    """
    kind = resource_type(type_word)
    try:
        if kind == "task":
            return _task_verdict(task_kind(resource_name), whitelist)
        if kind == "mcp_server":
            return _server_verdict(canonical_name(kind, resource_name), whitelist)
    except Unusable as error:
        return Verdict(allowed=False, rule="unusable name", reason=error.what, fix=error.fix)
    name = (aliases or {}).get(resource_name.lower(), resource_name)
    return _host_verdict(kind, name, whitelist)


def _name(destination_host: str) -> str:
    """The destination as a grant names it; one that cannot be read matches no grant."""
    try:
        return hosts.destination(destination_host).name
    except Unusable:
        return ""


def _kept_for_task(task: TaskKind, whitelist: Whitelist) -> Verdict | None:
    verdict = _task_verdict(task, whitelist)
    return None if verdict.allowed else verdict


def _task_verdict(task: TaskKind, whitelist: Whitelist) -> Verdict:
    if whitelist.allowed_for_cloud.get(task, False):
        return Verdict(
            allowed=True,
            rule=f"allowed_for_cloud has {task} = true",
            reason=f"Tasks of the kind {task} may go to a cloud.",
        )
    return Verdict(
        allowed=False,
        rule=f"allowed_for_cloud has {task} = false",
        reason=f"Tasks of the kind {task} stay local.",
        fix=f"Use a local model, or run `homeward whitelist add task {task}`.",
    )


def _server_verdict(name: str, whitelist: Whitelist) -> Verdict:
    if name in whitelist.mcp_servers:
        return Verdict(
            allowed=True,
            rule=f"mcp_servers has {name}",
            reason=f"The MCP server {name} is on the whitelist.",
        )
    return Verdict(
        allowed=False,
        rule=f"mcp_servers has no entry for {name}",
        reason=f"The MCP server {name} is not on the whitelist.",
        fix=f"Run `homeward whitelist add mcp_server {name}`.",
    )


def _host_verdict(kind: ResourceType, name: str, whitelist: Whitelist) -> Verdict:
    """`name` is a host, a host with its port, a URL, or an entry such as `.suffix` itself."""
    entries = whitelist.entries(kind)
    try:
        if name.startswith("."):
            return _entry_verdict(kind, hosts.canonical(name), entries)
        address = hosts.parse(name) if "://" in name else hosts.destination(name)
    except Unusable as error:
        shown = one_line(name, limit=80) if "@" not in name else "It"
        return Verdict(
            allowed=False, rule="unusable host", reason=f"{shown}: {error.what}", fix=error.fix
        )
    entry = next((entry for entry in entries if hosts.matches(address, entry)), None)
    if entry is None:
        return _not_listed(kind, address, entries)
    return _listed(kind, address.name, entry)


def _entry_verdict(kind: ResourceType, name: str, entries: tuple[str, ...]) -> Verdict:
    if name in entries:
        return _listed(kind, name, name)
    return Verdict(
        allowed=False,
        rule=f"{KEYS[kind]} has no entry {name}",
        reason=f"{name} is not on the whitelist.",
        fix=f"Run `homeward whitelist add {kind} {name}`.",
    )


def _listed(kind: ResourceType, name: str, entry: str) -> Verdict:
    return Verdict(
        allowed=True, rule=f"{KEYS[kind]} has {entry}", reason=f"{name} is on the whitelist."
    )


def _not_listed(kind: ResourceType, address: hosts.Address, entries: tuple[str, ...]) -> Verdict:
    name = address.name
    near = _near_miss(address, entries)
    return Verdict(
        allowed=False,
        rule=f"{KEYS[kind]} has no entry for {name}",
        reason=f"{name} is not on the whitelist.{near and ' '}{near}",
        fix=f"Run `homeward whitelist add {kind} {name}`.",
    )


def _near_miss(address: hosts.Address, entries: tuple[str, ...]) -> str:
    """The entry that someone may have thought would do, and what it means instead."""
    for entry in entries:
        host = entry.partition(":")[0]
        if entry == f".{address.host}":
            return f"`{entry}` is listed, but means only the hosts under {address.host}."
        if address.host == host or (entry.startswith(".") and address.host.endswith(entry)):
            return f"`{entry}` is listed, but not with port {address.port}."
        if address.host.endswith(f".{host}"):
            return f"`{entry}` is listed, but means only that host; `.{host}` means those under it."
    return ""
