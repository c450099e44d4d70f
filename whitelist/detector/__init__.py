"""Finds personal data and secrets in text."""

from whitelist.detector.findings import Finding, Findings, Tier

__all__ = ["Finding", "Findings", "Tier"]
