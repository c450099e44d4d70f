"""What this room remembers, in the database that every process of this user shares."""

from whitelist.sqlite.grants import SqliteGrants
from whitelist.sqlite.heads import SqliteHeads
from whitelist.sqlite.proposals import SqliteProposals

__all__ = ["SqliteGrants", "SqliteHeads", "SqliteProposals"]
