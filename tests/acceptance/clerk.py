"""Where somebody types what a campaign is set to: an emulator of its own, with facts declared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from paceline.testing import RunningEmulator, running_emulator
from tests.acceptance.shift import Shift, shift_on

TENANTS = Path(__file__).with_name("settings.toml")
NOW = "2026-06-15T12:00:00Z"
EAST, WEST, NEW = "CMP-EAST", "CMP-WEST", "CMP-NEW"


@contextmanager
def settings_emulator() -> Iterator[RunningEmulator]:
    """Run the emulator that these stories share."""
    with running_emulator(TENANTS, now=NOW, speed=0.0, seed=7) as running:
        yield running


@contextmanager
def at_the_desk(
    emulator: RunningEmulator, folder: Path, patch: pytest.MonkeyPatch, captured: pytest.CaptureFixture[str]
) -> Iterator[Shift]:
    """Begin where everything is declared of the campaigns: they sell in Florida."""
    with shift_on(emulator, folder, patch, captured) as begun:
        begun.declare(EAST, WEST, NEW)
        yield begun


def rules_of(shown: dict[str, Any]) -> list[str]:
    """The rules of the findings that stand against a change."""
    return [one["rule"] for one in shown["findings"] if one["severity"] != "info"]
