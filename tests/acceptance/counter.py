"""Where somebody types commands to a platform that answers: an emulator, and a data folder that is empty at first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from paceline.cli.main import main
from paceline.testing import RunningEmulator
from tests.contract.emulated import SECRET, Emulated

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@dataclass
class Counter:
    """The platform behind it, the working folder, and what came out last."""

    emulated: Emulated
    folder: Path
    captured: pytest.CaptureFixture[str]
    err: str = ""

    def type(self, *words: str, code: int = 0) -> str:
        """Run a command that has to end with this code, and return what it printed as data."""
        self.captured.readouterr()
        ended = main(list(words))
        out, self.err = self.captured.readouterr()
        assert (ended, words) == (code, words), self.err + out
        return out

    def data_of(self, *words: str, code: int = 0) -> Any:
        return json.loads(self.type(*words, "-o", "json", code=code))

    def says(self, text: str) -> Path:
        """Write the file of campaigns."""
        file = self.folder / "campaigns.toml"
        file.write_text(text, encoding="utf-8")
        return file

    def entries(self, *words: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.data_of("audit", "list", *words)["items"]
        return found

    def asked(self) -> int:
        """How many requests have reached the campaigns."""
        return len(self.emulated.entries(path="/api/v2/*"))


@contextmanager
def counter_at(
    emulator: RunningEmulator, folder: Path, patch: pytest.MonkeyPatch, captured: pytest.CaptureFixture[str]
) -> Iterator[Counter]:
    """Open a counter whose commands reach this emulator, whatever this machine has set."""
    for name in (*PROXIES, *(name.lower() for name in PROXIES)):
        patch.delenv(name, raising=False)
    patch.chdir(folder)
    for name, value in {
        "PACELINE_API_URL": emulator.url,
        "PACELINE_CLIENT_ID": "all",
        "PACELINE_CLIENT_SECRET": SECRET,
        "PACELINE_DATA_FOLDER": str(folder / "data"),
        "PACELINE_TENANT": "acme",
        "PACELINE_ACTOR": "ada",
    }.items():
        patch.setenv(name, value)
    (folder / "data").mkdir(mode=0o700)
    with closing(Emulated(emulator)) as reached:
        yield Counter(reached, folder, captured)
