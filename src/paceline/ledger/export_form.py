"""Forms of an export of the ledger; light to load, for commands that only name them."""

from __future__ import annotations

from enum import StrEnum


class Form(StrEnum):
    """Forms of an export: every row as a line of JSON, which can be verified, or every entry as CSV."""

    JSONL = "jsonl"
    CSV = "csv"
