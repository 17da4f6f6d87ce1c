"""The closed lists from which labels are taken: what stands in a database never makes a new series by itself.

Ids of campaigns, names of people, addresses and tenants are no labels at all.
"""

from __future__ import annotations

from collections.abc import Iterator

from paceline.campaign.catalogue import CATALOGUE
from paceline.campaign.ports import PlatformError
from paceline.control.outcome import WORDS
from paceline.control.recorder import SUPERSEDED
from paceline.control.settlement import INTERRUPTED
from paceline.control.stopwatch import STAGES
from paceline.telemetry.runbooks import rules

OTHER = "other"
"""The label of everything that is on no list: what a newer or an older version wrote."""
NONE = "none"
"""The label where there is none to tell."""

KINDS = frozenset(CATALOGUE)
OUTCOMES = frozenset(WORDS)
VERDICTS = frozenset({"achieved", "settling", "diverged", SUPERSEDED})
LATENCY_STAGES = ("total", "platform", *STAGES)
NOTES = frozenset(
    {
        "abandonment.period",
        "agenda.aside",
        "campaign.drift",
        "campaign.freeze",
        "campaign.unfreeze",
        "delivery.failed",
        "guard.approach",
        "guard.breach",
        "twin.drifted",
        "webhook.disabled",
    }
)


def among(word: object, known: frozenset[str]) -> str:
    """Return the word where it is on the list, else `other`, or `none` of None.

    >>> among("applied", OUTCOMES), among("<script>", OUTCOMES), among(None, OUTCOMES)
    ('applied', 'other', 'none')
    """
    if word is None:
        return NONE
    return str(word) if word in known else OTHER


def known_rules() -> frozenset[str]:
    """Return the ids of all rules of findings: each has a runbook."""
    return frozenset(rules())


def platform_codes() -> frozenset[str]:
    """Return the codes of all errors of the platform, and of what became of a process that ended."""
    return frozenset({*(made.code for made in _below(PlatformError)), INTERRUPTED})


def _below(made: type[PlatformError]) -> Iterator[type[PlatformError]]:
    yield made
    for below in made.__subclasses__():
        yield from _below(below)
