"""The options that say where settings are read from; every command that reads settings has them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:  # pydantic loads only when settings are read, the law only where it is asked
    from paceline.compliance.rulebook import Rulebook
    from paceline.settings import Settings


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """Where settings are read from."""

    profile: Annotated[str | None, Parameter(name=["--profile", "-p"])] = None
    """Table `[profiles.NAME]` of the file of settings that counts over its top-level keys."""
    config: Path | None = None
    """File of settings; `paceline.toml` in the working folder without."""
    env_file: Path | None = None
    """File of lines KEY=VALUE that stand behind the environment."""


class Output(StrEnum):
    """In which form data goes to standard output."""

    TABLE = "table"
    JSON = "json"
    YAML = "yaml"
    NAME = "name"


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Everywhere(Configured):
    """Options of every command that shows data."""

    output: Annotated[Output, Parameter(name=["--output", "-o"])] = Output.TABLE
    """Form of the data on standard output."""


def settings_of(configured: Configured | None, said: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of this process in its working folder; `said` is what other options said.

    Raises:
        SettingsError: naming the setting, and where its value came from.
    """
    from paceline.settings import read_settings

    where = configured or Configured()
    named = {"profile": where.profile, "config": where.config, "env_file": where.env_file}
    flags = {name: str(told) for name, told in named.items() if told is not None}
    return read_settings(flags={**flags, **(said or {})}, environment=os.environ, folder=Path.cwd())


def rulebook_of(configured: Configured | None, extra: Sequence[Path] = ()) -> Rulebook:
    """Return the law that decisions are made by here: what paceline brings, and the operator's own files of rules.

    Args:
        configured: where the setting `law_files` is read from; no platform has to be named there.
        extra: files that stand beside both, for this one question.

    Raises:
        SettingsError: naming the setting, and where its value came from.
        RuleFileError: naming the file, the rule and the field.
    """
    from paceline.compliance.shelf import the_rulebook

    standing = settings_of(configured).law_files
    known = {path.resolve() for path in standing}
    return the_rulebook((*standing, *(path for path in extra if path.resolve() not in known)))
