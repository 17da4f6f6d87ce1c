"""Blocks of settings in files: what is read, and what is refused before it is built or told."""

from __future__ import annotations

from pathlib import Path

import pytest

from paceline.cli.block_file import document_in
from paceline.cli.block_words import RULES, SCHEDULE, Block, named_by
from paceline.cli.words import UsageError

WINDOW = "timeWindows: [{{dayOfWeek: MONDAY, startTime: '09:00:00', endTime: {end}}}]"


def refusal(folder: Path, text: str, *, suffix: str = "yaml", block: Block = RULES) -> str:
    file = folder / f"block.{suffix}"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        named_by(block, (), file)
    assert len(refused.value.message) < 400
    return refused.value.message


def layers(count: int) -> str:
    """Each layer names the one before it nine times."""
    above = (f"a{layer}: &a{layer} [{', '.join([f'*a{layer - 1}'] * 9)}]" for layer in range(1, count))
    return "\n".join(["a0: &a0 [x, x, x, x, x, x, x, x, x]", *above, f"retrySettings: {{maxAttempts: *a{count - 1}}}"])


def test_yaml_that_grows_by_aliases_is_refused_by_its_first_one(tmp_path: Path) -> None:
    assert "line 2: an alias (*) is not taken" in refusal(tmp_path, layers(40))


def test_yaml_alias_and_merge_are_refused_however_small(tmp_path: Path) -> None:
    assert "an alias" in refusal(tmp_path, "retrySettings: &a {maxAttempts: 3}\nabandonmentRateThreshold: *a")
    assert "'<<' is not taken" in refusal(tmp_path, "retrySettings: {<<: {maxAttempts: 9}, maxAttempts: 3}")


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        ("yaml", "retrySettings: {maxAttempts: 3}\nretrySettings: {maxAttempts: 2}"),
        ("yaml", "retrySettings: {maxAttempts: 3, 'maxAttempts': 2}"),
        ("yaml", "timeWindows: [{dayOfWeek: MONDAY, dayOfWeek: SUNDAY}]"),
        ("json", '{"retrySettings": {"maxAttempts": 3, "maxAttempts": 2}}'),
    ],
)
def test_key_that_stands_twice_is_refused_and_named(tmp_path: Path, suffix: str, text: str) -> None:
    found = refusal(tmp_path, text, suffix=suffix)
    assert "stands twice" in found
    assert any(name in found for name in ("'retrySettings'", "'maxAttempts'", "'dayOfWeek'"))


@pytest.mark.parametrize("end", ["20:00:00", "20:00"])
def test_time_that_yaml_takes_for_a_number_is_refused_with_a_hint(tmp_path: Path, end: str) -> None:
    assert 'in YAML it wants quotes, such as "20:00:00"' in refusal(tmp_path, WINDOW.format(end=end), block=SCHEDULE)
    (tmp_path / "block.yaml").write_text(WINDOW.format(end=f"'{end}'"), encoding="utf-8")
    assert "windows" in named_by(SCHEDULE, (), tmp_path / "block.yaml")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("[[1, 2], [3]]", "a list"),
        ("{deep: [1]}", "a table"),
        ("true", "a truth value"),
        ("2026-01-01", "a date"),
        ("null", "nothing"),
        ("0.5", "'0.5'"),
        ("many", "'many'"),
    ],
)
def test_wrong_value_is_told_by_its_kind_unless_it_is_plain(tmp_path: Path, value: str, told: str) -> None:
    assert refusal(tmp_path, f"retrySettings: {{maxAttempts: {value}}}").endswith(f"must be a whole number, not {told}")
    assert refusal(tmp_path, f"dialingMethod: {value}").endswith(f"not {told}")


def test_number_of_any_length_is_refused_and_not_told(tmp_path: Path) -> None:
    for text in (f"maxCallsPerAgent: 0x{'f' * 100_000}", f"maxCallsPerAgent: {'9' * 4000}"):
        assert "must be a whole number of at most" in refusal(tmp_path, text)
    assert "a number of so many digits" in refusal(tmp_path, f"dialingMethod: 0x{'f' * 100_000}")


def test_nested_beyond_measure_and_no_table_are_refused(tmp_path: Path) -> None:
    assert "is not well formed" in refusal(tmp_path, "a: " + "[" * 20_000)
    assert "holds no block" in refusal(tmp_path, "- 1")
    assert "holds no block" in refusal(tmp_path, "")
    assert "a key is a word" in refusal(tmp_path, "? [a, b]\n: 1")


def test_plain_block_is_read_as_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "block.yaml"
    file.write_text("a: 1\nb: {c: [x, 2.5]}\n", encoding="utf-8")
    assert document_in(file) == {"a": 1, "b": {"c": ["x", 2.5]}}
