"""What the suites run against: the emulator for the platform's port, SQLite and PostgreSQL for the database's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from paceline.ledger.book import Book
from paceline.primitives.clock import ManualClock
from paceline.primitives.ids import TenantId
from paceline.storage.database import Database, open_database
from paceline.testing import RunningEmulator, running_emulator
from tests.contract.emulated import START, TENANTS, Emulated
from tests.contract.killing import Killer
from tests.contract.scenes import TENANTS as CROWD
from tests.contract.scenes import WALL_NS
from tests.contract.systems import Another, Office
from tests.databases import KINDS, PostgresServer, tables


@pytest.fixture(scope="session")
def emulator() -> Iterator[RunningEmulator]:
    with running_emulator(TENANTS, now=START, speed=0.0, seed=1) as running:
        yield running


@pytest.fixture
def emulated(emulator: RunningEmulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulated]:
    """The shared emulator as its tenants file has it, reached without a proxy that this machine may have."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    reached = Emulated(emulator)
    yield reached
    reached.close()


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with its tables, to be copied."""
    file = tmp_path_factory.mktemp("opened") / "paceline.db"
    file.write_bytes(tables())
    return file


@pytest.fixture(scope="session")
def another(opened: Path) -> Another:
    """For a test of many examples: each has a SQLite database of its own, with its tables, and nothing in them."""

    @contextmanager
    def fresh() -> Iterator[Database]:
        with TemporaryDirectory() as folder:
            file = shutil.copyfile(opened, Path(folder) / "paceline.db")
            with open_database(f"sqlite:///{file}") as database:
                yield database

    return fresh


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An address: of an empty database, or, for a test that is given it open, of one with tables, which saves time."""
    to_be_opened = "database" in request.fixturenames
    if request.param == "sqlite":
        file = tmp_path / "paceline.db"
        if to_be_opened:
            shutil.copyfile(request.getfixturevalue("opened"), file)
        yield f"sqlite:///{file}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    if to_be_opened:
        with server.lent_database() as address:
            yield address
    else:
        yield server.new_database()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with open_database(url) as ready:
        yield ready


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(wall_ns=1_795_000_000_000_000_000)


@pytest.fixture
def book(database: Database, clock: ManualClock) -> Book:
    return Book(database, tenant=TenantId("acme"), clock=clock)


@pytest.fixture
def office(emulated: Emulated, database: Database) -> Iterator[Office]:
    """Systems on the emulator and each database; the chain of the ledger is whole when the test is over."""
    work = Office(emulated, database, TenantId("acme"))
    yield work
    work.close()


@pytest.fixture
def desk(emulated: Emulated, opened: Path, tmp_path: Path) -> Iterator[Office]:
    """The same on SQLite alone, for what cannot differ by the database."""
    shutil.copyfile(opened, tmp_path / "paceline.db")
    with open_database(f"sqlite:///{tmp_path / 'paceline.db'}") as database:
        work = Office(emulated, database, TenantId("acme"))
        yield work
        work.close()


@pytest.fixture(scope="session")
def killer() -> Iterator[Killer]:
    """What has processes killed in the middle of something; warm once for all suites."""
    with Killer() as ready:
        yield ready


@pytest.fixture(scope="session")
def crowded() -> Iterator[Emulated]:
    """An emulator with a campaign for every scene, in each state."""
    with running_emulator(CROWD, now=START, speed=0.0, seed=7) as running:
        reached = Emulated(running, clock=ManualClock(wall_ns=WALL_NS))
        yield reached
        reached.close()


@pytest.fixture(scope="session", params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Database]]:
    """One database for all scenes, each with a ledger of its own."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('killed') / 'paceline.db'}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.new_database()
    with open_database(url) as database:
        yield url, database
