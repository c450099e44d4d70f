"""Decides what may leave: destinations, kinds of task, sensitive data; and writes down what did.

Importing it is cheap: what is heavy (httpx2, RE2, phonenumbers, tomlkit, idna) is imported by the
function that first needs it.
"""

from whitelist.audit import Audit, Entry
from whitelist.audit_chain import Heads, Verification
from whitelist.audit_key import AuditKey, FileKey, KeyringKey
from whitelist.delivery import can_deliver, deliver
from whitelist.detector.detect import Detector, detect
from whitelist.detector.findings import KINDS, Finding, Findings, Tier
from whitelist.documents import Document, Limits, read_document
from whitelist.door import Door
from whitelist.editing import add, add_folder, remove, remove_folder
from whitelist.errors import AuditError, DocumentError, NoKeyring, Refused, Unusable, WhitelistError
from whitelist.grants import Ask, Channel, Form, Grant, Grants
from whitelist.handling import Handling, Rule
from whitelist.hosts import Address
from whitelist.policy import FOR_CLOUD, Verdict, Whitelist, check, permit
from whitelist.proposals import Proposal, Proposals
from whitelist.resources import KEYS, ResourceType, canonical_name, resource_type
from whitelist.sqlite import SqliteGrants, SqliteHeads, SqliteProposals
from whitelist.system_keyring import SystemKeyring
from whitelist.whitelist_file import WhitelistFile, load

__all__ = [
    "FOR_CLOUD",
    "KEYS",
    "KINDS",
    "Address",
    "Ask",
    "Audit",
    "AuditError",
    "AuditKey",
    "Channel",
    "Detector",
    "Document",
    "DocumentError",
    "Door",
    "Entry",
    "FileKey",
    "Finding",
    "Findings",
    "Form",
    "Grant",
    "Grants",
    "Handling",
    "Heads",
    "KeyringKey",
    "Limits",
    "NoKeyring",
    "Proposal",
    "Proposals",
    "Refused",
    "ResourceType",
    "Rule",
    "SqliteGrants",
    "SqliteHeads",
    "SqliteProposals",
    "SystemKeyring",
    "Tier",
    "Unusable",
    "Verdict",
    "Verification",
    "Whitelist",
    "WhitelistError",
    "WhitelistFile",
    "add",
    "add_folder",
    "can_deliver",
    "canonical_name",
    "check",
    "deliver",
    "detect",
    "load",
    "permit",
    "read_document",
    "remove",
    "remove_folder",
    "resource_type",
]
