"""Who has asked, by the names that limits are for and the audit log shows."""
