"""Finds runbook pages by id: nothing that was asked for becomes a path, only what is on the shelf is read."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

RULES, ALERTS, OUTCOMES = "rules", "alerts", "outcomes"
SHELVES = (RULES, ALERTS, OUTCOMES)
"""Where pages lie; no id is on two of them."""
_ENDING = ".md"


def rules() -> tuple[str, ...]:
    """Return the ids of all rules that a finding may name."""
    return _ids(RULES)


def alerts() -> tuple[str, ...]:
    """Return the names of all alerts."""
    return _ids(ALERTS)


def outcomes() -> tuple[str, ...]:
    """Return the words of the outcomes, and of the verdicts that want somebody."""
    return _ids(OUTCOMES)


def page(name: str) -> str | None:
    """Return the page of an id, Markdown whose first line is its title; None when there is none.

    >>> page("lifecycle.transition").splitlines()[0]
    '# lifecycle.transition'
    >>> page("../rules/lifecycle.transition") is None
    True
    """
    shelf = _shelf_of(name)
    if shelf is None:
        return None
    return (files(__package__) / shelf / f"{name}{_ENDING}").read_text(encoding="utf-8")


def path_of(name: str) -> str | None:
    """Return where the service shows the page of an id, such as `/runbooks/outcomes/in_doubt`; None without one."""
    shelf = _shelf_of(name)
    return None if shelf is None else f"/runbooks/{shelf}/{name}"


def runbook_of_rule(rule: str) -> str:
    """Return where the service shows the page of a rule, whether or not this version has one.

    >>> runbook_of_rule("lifecycle.transition")
    '/runbooks/rules/lifecycle.transition'
    """
    return f"/runbooks/{RULES}/{rule}"


def runbook_of_alert(alert: str) -> str:
    """Return where the service shows the page of an alert."""
    return f"/runbooks/{ALERTS}/{alert}"


def runbook_of_outcome(word: str) -> str:
    """Return where the service shows the page of an outcome or verdict."""
    return f"/runbooks/{OUTCOMES}/{word}"


def _shelf_of(name: str) -> str | None:
    return next((shelf for shelf in SHELVES if name in _ids(shelf)), None)


@cache
def _ids(shelf: str) -> tuple[str, ...]:
    found = (files(__package__) / shelf).iterdir()
    return tuple(sorted(one.name.removesuffix(_ENDING) for one in found if one.name.endswith(_ENDING)))
