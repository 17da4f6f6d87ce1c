"""The connection of a fuzzer: one for all its requests, which looks for no proxy before each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy

import requests


@contextmanager
def session() -> Iterator[requests.Session]:
    """Yield what sends requests: as each was alone, without headers of its own and without cookies of earlier ones."""
    with requests.Session() as sending:
        sending.trust_env = False
        sending.headers.clear()
        sending.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        yield sending
