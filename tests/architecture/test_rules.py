"""Every rule that a finding names is stated in words, and every rule that is stated is used."""

from __future__ import annotations

from tests.architecture.generated_rules import stated_rules, used_rules


def test_rules_that_are_used_are_those_that_are_stated() -> None:
    assert sorted(used_rules()) == sorted(stated_rules())
