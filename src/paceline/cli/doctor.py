"""`paceline doctor`: everything that a command needs is looked at, and what is wrong is told with what to do next.

| what was found | exit |
| --- | --- |
| nothing bad | 0 |
| something bad, and all of it comes from the credentials | 4 |
| anything else bad | 1 |
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output, settings_of
from paceline.cli.render import console_for, show_data
from paceline.primitives.checks import Blame, Check, Condition, blame_of, checks_document, skipped

LATER = (
    "database", "ledger", "changes", "workers", "zone_data", "law", "platform", "token", "scopes", "api", "time",
    "throttle", "up",
)  # fmt: skip
"""What cannot be looked at while the settings cannot be read."""
_STYLES = {Condition.OK: "green", Condition.WARNING: "yellow", Condition.BAD: "red", Condition.SKIPPED: "dim"}
_EXITS = {None: exits.DONE, Blame.CREDENTIALS: exits.NOT_AUTHORISED, Blame.OTHER: exits.ERROR}


def doctor(*, everywhere: Everywhere | None = None) -> int:
    """Look at settings, database, law, platform, token, scopes, clocks and throttle; change nothing.

    Exit code 0 when nothing is bad, 4 when the credentials are the cause, else 1.
    """
    everywhere = everywhere or Everywhere()
    checks = _looked(everywhere)
    blame = blame_of(checks)
    if everywhere.output is Output.TABLE:
        _show(checks)
    else:
        show_data(checks_document(checks), everywhere.output, names=[f"check/{one.check}" for one in checks])
    return _EXITS[blame]


def _looked(everywhere: Everywhere) -> Sequence[Check]:
    from paceline.bootstrap import diagnosis_of
    from paceline.settings import SettingsError
    from paceline.settings.told import wrong_settings

    try:
        settings = settings_of(everywhere)
    except SettingsError as wrong:
        return [*wrong_settings(wrong), *(skipped(name, "the settings cannot be read") for name in LATER)]
    return diagnosis_of(settings)


def _show(checks: Sequence[Check]) -> None:
    console = console_for(sys.stdout)
    widest = max(len(one.check) for one in checks)
    for one in checks:
        lines = one.found.splitlines() or [""]
        head = f"{one.state:<8} {one.check:<{widest}}  "
        told = [f"{head}{lines[0]}", *(f"{' ' * len(head)}{line.strip()}" for line in lines[1:])]
        console.print("\n".join(told), markup=False, highlight=False, style=_STYLES[one.state])
        for line in (one.hint or "").splitlines():
            console.print(f"{' ' * len(head)}-> {line}", markup=False, highlight=False)
    counted = {state: sum(one.state is state for one in checks) for state in Condition}
    summary = ", ".join(f"{number} {state}" for state, number in counted.items() if number)
    console.print(summary, markup=False, highlight=False, style="bold")
