"""What is kept with a change that waits: the campaign as it was when the change was asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from paceline.campaign.lifecycle.checks import FARTHEST, timely
from paceline.campaign.observed import Observed
from paceline.primitives.canonical import canonical_json
from paceline.primitives.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The campaign as it was when a change was asked for that waits; `state` in the platform's own sense of it."""

    version: str
    state: str

    @classmethod
    def on(cls, observed: Observed) -> Self:
        """Return it for a campaign as it was seen."""
        return cls(version=observed.version, state=observed.state.value)

    @classmethod
    def of(cls, payload: str) -> Self | None:
        """Return what `payload` wrote; None where nothing was written."""
        told = json.loads(payload)
        if not isinstance(told, Mapping) or "planned_on" not in told:
            return None
        return cls(version=str(told["planned_on"]["version"]), state=str(told["planned_on"]["state"]))

    def payload(self) -> str:
        """Return it as the work of the agenda keeps it."""
        return canonical_json({"planned_on": {"version": self.version, "state": self.state}})


def not_too_far(due: datetime, now: datetime) -> Finding | None:
    """Return the finding that refuses an instant beyond any bound; `now` is ours where the platform tells none."""
    return timely(due, now) if due > now + FARTHEST else None
