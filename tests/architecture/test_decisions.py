"""Decisions are numbered, listed, and say what they cost."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.tree import ROOT

FOLDER = ROOT / "docs" / "decisions"
HEADINGS = ["Context", "Options", "Choice", "Price paid"]


def records() -> list[Path]:
    return sorted(path for path in FOLDER.glob("*.md") if path.name not in {"index.md", "template.md"})


def headings(path: Path) -> list[str]:
    return re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_records_are_numbered_without_a_gap() -> None:
    numbers = [path.name.partition("-")[0] for path in records()]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_every_record_is_listed_in_the_index_in_order() -> None:
    listed = re.findall(r"\]\((\d{4}-[\w.-]+\.md)\)", (FOLDER / "index.md").read_text(encoding="utf-8"))
    assert listed == [path.name for path in records()]


def test_every_record_has_the_headings_of_the_template() -> None:
    assert headings(FOLDER / "template.md") == HEADINGS
    wrong = {path.name: headings(path) for path in records() if headings(path) != HEADINGS}
    assert wrong == {}
