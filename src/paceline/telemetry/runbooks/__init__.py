"""What to do when something is found, alarms or ends otherwise than wanted: a page for each id, kept with the code.

The pages lie beside this module as Markdown: `rules/` by the rule of a finding, `alerts/` by the name of an alert,
`outcomes/` by the word of an outcome or verdict. Read first: `reading`.
"""

from paceline.telemetry.runbooks.reading import (
    alerts,
    outcomes,
    page,
    path_of,
    rules,
    runbook_of_alert,
    runbook_of_outcome,
    runbook_of_rule,
)

__all__ = [
    "alerts",
    "outcomes",
    "page",
    "path_of",
    "rules",
    "runbook_of_alert",
    "runbook_of_outcome",
    "runbook_of_rule",
]
