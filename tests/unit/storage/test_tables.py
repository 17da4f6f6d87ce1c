"""The one page of tables and the steps that make them say the same."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from paceline.storage import pacing_tables
from paceline.storage.database import open_database
from paceline.storage.migrations import LATEST
from paceline.storage.tables import METADATA


def test_steps_make_the_tables_of_the_page(tmp_path: Path) -> None:
    with open_database(f"sqlite:///{tmp_path / 'paceline.db'}") as database:
        differences = database.read(
            lambda connection: compare_metadata(MigrationContext.configure(connection), METADATA)
        )
    assert differences == []
    assert pacing_tables.CONTROL_ROLLOUTS.name in METADATA.tables


def test_latest_step_is_the_last_of_one_line() -> None:
    config = Config()
    config.set_main_option("script_location", "paceline.storage:migrations")
    config.set_main_option("path_separator", "newline")
    assert ScriptDirectory.from_config(config).get_heads() == [LATEST]
