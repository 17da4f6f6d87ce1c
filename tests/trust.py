"""The certificates that this machine trusts, read once: it takes longer than most tests."""

from __future__ import annotations

import ssl
from functools import cache
from typing import Any

import httpx2


@cache
def trusted() -> ssl.SSLContext:
    """Return what a client trusts that was told nothing else."""
    return httpx2.create_ssl_context(trust_env=False)


def http_client(**options: Any) -> httpx2.Client:
    """Return a client that knows no proxy, and trusts what others trust."""
    return httpx2.Client(**{"verify": trusted(), "trust_env": False, **options})
