"""What the stories begin with: a filled ledger, copied for each, and somebody who types."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from paceline.testing import RunningEmulator, running_emulator
from tests.acceptance.audited import Desk, fill
from tests.acceptance.shift import Shift, shift_on
from tests.contract.emulated import START, TENANTS


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a ledger; nobody writes into it."""
    folder = tmp_path_factory.mktemp("filled")
    fill(folder)
    return folder


@pytest.fixture
def desk(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    data = tmp_path / "data"
    shutil.copytree(filled, data)
    monkeypatch.chdir(tmp_path)
    for name in ("CXONE_CLIENT_ID", "CXONE_API_URL", "CXONE_CAMPAIGN_ID", "TARGET_CAMPAIGN_ID", "CAMPAIGN_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PACELINE_DATA_FOLDER", str(data))
    monkeypatch.setenv("PACELINE_TENANT", "acme")
    monkeypatch.setenv("PACELINE_ACTOR", "bob")
    return Desk(data, capsys)


@pytest.fixture(scope="session")
def standing_emulator() -> Iterator[RunningEmulator]:
    """An emulator whose clock stands still until it is moved."""
    with running_emulator(TENANTS, now=START, speed=0.0, seed=7) as running:
        yield running


@pytest.fixture
def shift(
    standing_emulator: RunningEmulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Shift]:
    with shift_on(standing_emulator, tmp_path, monkeypatch, capsys) as begun:
        yield begun
