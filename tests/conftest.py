"""What every test may rely on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.reading import read_words_alone
from tests.statements import share_compiled

if TYPE_CHECKING:
    from tests.databases import PostgresServer

# No deadline: a slow machine is not a wrong answer. Where a build runs, the same examples every time.
settings.register_profile("local", deadline=None)
settings.register_profile("build", deadline=None, derandomize=True)
settings.load_profile("build" if os.environ.get("CI") else "local")

share_compiled()
read_words_alone()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One server for all files that a process runs: to make one takes as long as many of its tests."""
    from tests.databases import PostgresServer

    with PostgresServer() as server:
        yield server
