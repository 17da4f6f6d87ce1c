"""The table `[approvals]` of a file of settings, judged to the last word: what is misread here protects nothing.

```toml
[approvals]
approvers = ["carol", "dave"]                                # everybody else than who asked, when not said
within_s = 86400
rules = [
  { kinds = ["lifecycle.resume"], campaigns = 10 },          # ten campaigns or more by one command
  { kinds = ["dialing.*", "pacing.*"] },                     # always
]
```
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from paceline.control.approving.policy import MEASURES, WITHIN, Policy, Rule, fault_of
from paceline.settings.failures import nearest
from paceline.settings.kinds import UnfitError, table

LONGEST_S = 30 * 86_400
"""The longest time that a change may wait for approval, in seconds."""
LARGEST = 1_000_000
"""The largest size that a rule may name."""
_LONGEST_NAME = 200


def policy_of(said: Mapping[str, Any]) -> Policy:
    """Return the policy that a table says.

    Raises:
        UnfitError: naming the field that is off, and why; its words complete the sentence that names the setting.
    """
    _only(said, ("rules", "approvers", "within_s"), "")
    rules = said.get("rules")
    if not isinstance(rules, list) or not rules:
        raise UnfitError("has no rules: rules must be a list of tables, at least one")
    within_s = said.get("within_s", round(WITHIN.total_seconds()))
    if not _is_whole(within_s, 1, LONGEST_S):
        raise UnfitError(f"has a fault: within_s must be a whole number of seconds from 1 to {LONGEST_S}")
    return Policy(
        rules=tuple(_rule_of(rule, f"rule {place}") for place, rule in enumerate(rules, start=1)),
        approvers=_texts(said.get("approvers"), "approvers", _is_name) if "approvers" in said else (),
        within=timedelta(seconds=within_s),
    )


def _rule_of(rule: object, place: str) -> Rule:
    if not isinstance(rule, dict):
        raise UnfitError(f'has a fault: {place} must be a table such as {{ kinds = ["lifecycle.resume"] }}')
    _only(rule, ("kinds", *MEASURES), f"{place}, ")
    kinds = _texts(rule.get("kinds"), f"{place}, kinds", lambda pattern: len(pattern) <= _LONGEST_NAME)
    for pattern in kinds:
        wrong = fault_of(pattern)
        if wrong is not None:
            raise UnfitError(f"has a fault: {place}, kinds: {pattern!r} {wrong}")
    sizes = {word: rule[word] for word in MEASURES if word in rule}
    for word, least in sizes.items():
        if not _is_whole(least, 1, LARGEST):
            raise UnfitError(f"has a fault: {place}, {word} must be a whole number from 1 to {LARGEST}")
    return Rule(kinds=kinds, at_least=sizes)


def _texts(said: object, place: str, holds: Callable[[str], bool]) -> tuple[str, ...]:
    if not isinstance(said, list) or not said or not all(isinstance(one, str) and holds(one) for one in said):
        raise UnfitError(f"has a fault: {place} must be a list of texts, at least one, none empty")
    return tuple(said)


def _only(said: Mapping[str, Any], known: tuple[str, ...], place: str) -> None:
    for key in said:
        if key not in known:
            advice = nearest(key, known) or f"there are {', '.join(known)}"
            raise UnfitError(f"has a fault: {place}{key} is unknown; {advice}")


def _is_name(name: str) -> bool:
    return 1 <= len(name) <= _LONGEST_NAME and name == name.strip() and name.isprintable()


def _is_whole(number: object, least: int, most: int) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and least <= number <= most


APPROVALS = table("a table with rules, each a table with kinds", check=policy_of)
"""The table of approvals."""
