"""`paceline runbook`: what to do about the rule of a finding, an alert or an outcome, without a browser."""

from __future__ import annotations

import sys
from difflib import get_close_matches

from paceline.cli import exits
from paceline.cli.render import console_for
from paceline.cli.words import UsageError


def runbook(name: str | None = None, /) -> int:
    """Print what to do about a finding, an alert or an outcome: what it means, how to see it, what helps, whom to tell.

    For a finding: paceline runbook lifecycle.locked

    Parameters
    ----------
    name
        The rule in brackets behind a finding, the name of an alert, or the word of an outcome; without, all are listed.
    """
    from paceline.telemetry import runbooks

    if name is None:
        for title, names in (
            ("Outcomes", runbooks.outcomes()),
            ("Alerts", runbooks.alerts()),
            ("Rules", runbooks.rules()),
        ):
            print(f"{title}:")
            for one in names:
                print(f"  {one}")
        return exits.DONE
    text = runbooks.page(name)
    if text is None:
        known = [*runbooks.outcomes(), *runbooks.alerts(), *runbooks.rules()]
        # A word of a name is what somebody remembers of it.
        near = [one for one in known if len(name) > 2 and name.lower() in one.lower()][:3]
        near = near or get_close_matches(name, known, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "`paceline runbook` lists them"
        raise UsageError(f"there is no runbook for {name[:80]!r}", hint=hint)
    _show(text)
    return exits.DONE


def _show(text: str) -> None:
    """Print a page, formatted where a person watches."""
    if not sys.stdout.isatty():
        print(text, end="")
        return
    from rich.markdown import Markdown

    console_for(sys.stdout).print(Markdown(text))
