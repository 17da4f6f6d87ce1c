"""One word for one thing, and no drawer without a name."""

from __future__ import annotations

import re

from tests.architecture.tree import (
    PACKAGE,
    ROOT,
    definitions,
    is_public,
    project_files,
    python_files,
    relative,
    text_of,
)

DRAWERS = frozenset({"base", "common", "core", "helper", "helpers", "manager", "managers", "misc", "util", "utils"})
"""Names that say nothing about what is inside."""

INSTEAD = {
    "lead": "contact",
    "job": "campaign",
    "slot": "window",
    "flush": "drain",
    "capability": "ability",
    "daemon": "worker",
    "dispatcher": "relay",
    "mismatch": "drift",
    "percent": "a rate, a fraction from 0 to 1",
    "manager": "the word for what it does",
    "helper": "the word for what it does",
    "utility": "the word for what it does",
}
"""Words that have another here, as parts of public names."""

PLATFORM_WORDS = PACKAGE / "emulator"
"""The platform's own words are not ours to choose."""


def words_of(name: str) -> list[str]:
    """Return the lower-case words of a snake_case or CamelCase name."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def test_no_module_is_named_like_a_drawer() -> None:
    named = {relative(path) for path in python_files() if DRAWERS & set(path.relative_to(ROOT).with_suffix("").parts)}
    assert named == set()


def test_public_names_use_the_words_of_the_glossary() -> None:
    wrong = []
    for path in python_files("src"):
        if path.is_relative_to(PLATFORM_WORDS):
            continue
        names = [
            path.stem,
            *(name for name, _, in_function in definitions(path) if is_public(name) and not in_function),
        ]
        for name in names:
            wrong += [
                f"{relative(path)} {name}: {word} -> {INSTEAD[word]}" for word in words_of(name) if word in INSTEAD
            ]
    assert wrong == []


def test_words_of_a_name_are_found_in_both_spellings() -> None:
    assert words_of("drain_timeout_s") == ["drain", "timeout", "s"]
    assert words_of("HTTPJobManager.run") == ["http", "job", "manager", "run"]


def test_nothing_is_left_for_later_in_the_text() -> None:
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
    named = [relative(path) for path in project_files() if marks.search(text_of(path) or "")]
    assert named == []
