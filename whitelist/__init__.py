"""Decides what may leave: destinations, kinds of task, sensitive data; and writes down what did.

Importing it is cheap: what is heavy (httpx2, RE2, phonenumbers, tomlkit, idna) is imported by the
function that first needs it.
"""

from whitelist.audit import Audit, Entry
from whitelist.audit_chain import Verification
from whitelist.detector.detect import Detector, detect
from whitelist.detector.findings import KINDS, Finding, Findings, Tier
from whitelist.door import Door
from whitelist.editing import add, remove
from whitelist.errors import AuditError, Refused, Unusable, WhitelistError
from whitelist.hosts import Address
from whitelist.policy import FOR_CLOUD, Verdict, Whitelist, check, permit
from whitelist.proposals import Proposal, Proposals
from whitelist.resources import KEYS, ResourceType, canonical_name, resource_type
from whitelist.sqlite import SqliteProposals
from whitelist.whitelist_file import WhitelistFile, load

__all__ = [
    "FOR_CLOUD",
    "KEYS",
    "KINDS",
    "Address",
    "Audit",
    "AuditError",
    "Detector",
    "Door",
    "Entry",
    "Finding",
    "Findings",
    "Proposal",
    "Proposals",
    "Refused",
    "ResourceType",
    "SqliteProposals",
    "Tier",
    "Unusable",
    "Verdict",
    "Verification",
    "Whitelist",
    "WhitelistError",
    "WhitelistFile",
    "add",
    "canonical_name",
    "check",
    "detect",
    "load",
    "permit",
    "remove",
    "resource_type",
]
