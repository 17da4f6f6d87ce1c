"""A service on the emulator: on SQLite alone for what cannot differ by the database, on both for what can."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from paceline.primitives.ids import TenantId
from paceline.storage.database import open_database
from paceline.testing import RunningEmulator
from tests.contract.conftest import (  # noqa: F401  # fixtures are found by their names here
    database,
    desk,
    emulated,
    emulator,
    office,
    opened,
    url,
)
from tests.contract.emulated import Emulated
from tests.contract.systems import Office
from tests.service.served import Served, serving


@pytest.fixture
def served(desk: Office) -> Iterator[Served]:  # noqa: F811  # the fixture of that name
    """A service on SQLite."""
    with serving(desk.system()) as running:
        yield running


@pytest.fixture
def everywhere(office: Office) -> Iterator[Served]:  # noqa: F811  # the fixture of that name
    """A service on SQLite, and one on PostgreSQL."""
    with serving(office.system()) as running:
        yield running


@pytest.fixture(scope="module")
def lasting(
    emulator: RunningEmulator,  # noqa: F811  # the fixture of that name
    opened: Path,  # noqa: F811  # the fixture of that name
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Office]:
    """An office on SQLite for all tests of a module, for those to which it is the same what was done before."""
    with pytest.MonkeyPatch.context() as patched:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            patched.delenv(name, raising=False)
        file = tmp_path_factory.mktemp("lasting") / "paceline.db"
        shutil.copyfile(opened, file)
        reached = Emulated(emulator)
        with open_database(f"sqlite:///{file}") as ready:
            work = Office(reached, ready, TenantId("acme"))
            yield work
            work.close()
        reached.close()


@pytest.fixture(scope="module")
def standing(lasting: Office) -> Iterator[Served]:
    """A service in that office."""
    with serving(lasting.system()) as running:
        yield running
