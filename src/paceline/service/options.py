"""How the service behaves: what its entrance was told, as one record."""

from __future__ import annotations

from dataclasses import dataclass

BODY_LIMIT = 1_048_576
"""Bytes that a request's body may have: 1 MiB."""
LIST_LIMIT = 8_388_608
"""Bytes that a contact list may have: 8 MiB, some 200,000 rows with a name, a number and a region."""
LISTS = frozenset({"/lists/check", "/v1/lists:check"})
"""Where contact lists are sent to; they tell whoever sends too much how much it may be."""
LIST_READ = 8 * LIST_LIMIT
"""Bytes of a body that are read there at all: whoever sends more is told before all of it has come, and cut off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the service behaves.

    Attributes:
        behind_tls: whether people reach it by https only; cookies are then for https alone, and browsers are told so.
        open_metrics: whether `/metrics` needs no key.
        requests_per_minute: how many requests one caller may make in any minute, at least 1.
        attempts_per_minute: how many wrong keys one address may show in any minute, at least 1.
        streams: how many event streams may be open at once, at least 1.
        poll_s: how often the ledger is looked at for news while a stream is open, seconds.
        look_s: how often campaigns are looked at for the pages, seconds; 0 looks only when somebody asks.
    """

    behind_tls: bool = False
    open_metrics: bool = True
    requests_per_minute: int = 1200
    attempts_per_minute: int = 20
    streams: int = 500
    poll_s: float = 0.5
    look_s: float = 5.0
