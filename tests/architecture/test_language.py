"""The text speaks of the product: it names no machine, no folder of one, and no address of a package index."""

from __future__ import annotations

import re

from tests.architecture.tree import project_files, relative, text_of

FOLDERS = ("home", "root", "tmp", "work", "Users", "var/folders")
MACHINE = re.compile(r"(?<![\w.*{}~-])/(?:" + "|".join(FOLDERS) + r")/[\w.-]+")
"""An absolute path that only one machine has; a path below another name is none."""

EXCEPTIONS: dict[str, str] = {}
"""File to reason, where such a path must stand. Each is still needed, or a test fails."""


def paths_of_one_machine() -> dict[str, list[str]]:
    found = {relative(path): MACHINE.findall(text_of(path) or "") for path in project_files()}
    return {name: paths for name, paths in found.items() if paths}


def test_no_text_names_a_path_of_one_machine() -> None:
    assert {name: paths for name, paths in paths_of_one_machine().items() if name not in EXCEPTIONS} == {}


def test_every_exception_is_still_needed_and_has_a_reason() -> None:
    assert set(EXCEPTIONS) <= set(paths_of_one_machine())
    assert all(reason.strip() for reason in EXCEPTIONS.values())


def test_the_pattern_sees_paths_and_leaves_routes_alone() -> None:
    slash = "/"
    assert MACHINE.search(f"see {slash}home{slash}someone")
    assert MACHINE.search(f'"{slash}tmp{slash}paceline.sqlite3"')
    assert not MACHINE.search("GET /api/v2/campaigns and $HOME/tmp/x and build/work/x")
