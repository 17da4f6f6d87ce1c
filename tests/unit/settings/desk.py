"""A working folder and a home folder for one test, and the settings that are read there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from paceline.settings import Settings, SettingsError, read_settings

SECRET = "s3cret & more+=% ü"
REMOTE = {
    "PACELINE_API_URL": "https://api.example.com",
    "PACELINE_CLIENT_ID": "client-1",
    "PACELINE_CLIENT_SECRET": SECRET,
}


@dataclass(frozen=True)
class Desk:
    """Where settings are read; the home folder holds the data folder."""

    folder: Path
    home: Path

    @classmethod
    def at(cls, place: Path) -> Desk:
        desk = cls(folder=place / "working", home=place / "home")
        desk.folder.mkdir()
        desk.home.mkdir()
        return desk

    @property
    def data(self) -> Path:
        return self.home / ".local" / "share" / "paceline"

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def read(self, variables: Mapping[str, str] | None = None, **flags: str) -> Settings:
        environment = {"HOME": str(self.home), **(variables or {})}
        return read_settings(flags=flags, environment=environment, folder=self.folder)

    def refused(self, variables: Mapping[str, str] | None = None, **flags: str) -> SettingsError:
        with pytest.raises(SettingsError) as caught:
            self.read(variables, **flags)
        return caught.value
