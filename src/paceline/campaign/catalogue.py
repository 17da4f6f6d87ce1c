"""The closed list of changes: a dialect that forgets one does not type-check, and a record of one can be read back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import assert_never

from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Document, Drain
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import campaign_id

AnyChange = Pause | Resume | Stop
"""Every change that there is."""

CATALOGUE: Mapping[str, type[AnyChange]] = MappingProxyType({made.kind: made for made in (Pause, Resume, Stop)})
"""Each kind of change and its class."""


def ends_dialing(kind: str) -> bool:
    """Return whether changes of this kind make a campaign dial no more; what is no kind does not."""
    return kind in CATALOGUE and CATALOGUE[kind].lane is Lane.STOPPING


class UnknownChangeError(PacelineError):
    """this is no record of a change"""

    code = "unknown-change"


def document_of(change: AnyChange) -> dict[str, str | None]:
    """Return the change as JSON, from which `change_of` makes it again."""
    instant = None if change.effective_at is None else change.effective_at.isoformat()
    plain: dict[str, str | None] = {"kind": change.kind, "campaign": change.campaign, "effective_at": instant}
    match change:
        case Pause() | Stop():
            return {**plain, "drain": change.drain.value}
        case Resume():
            return plain
        case _:
            assert_never(change)


def change_of(document: Document) -> AnyChange:
    """Return the change that `document_of` described.

    Raises:
        UnknownChangeError: when it describes none.
    """
    try:
        made = CATALOGUE[str(document["kind"])]
        campaign = campaign_id(str(document["campaign"]))
        written = document.get("effective_at")
        instant = None if written is None else datetime.fromisoformat(str(written))
        if made is Resume:
            return Resume(campaign=campaign, effective_at=instant)
        drain = Drain(str(document["drain"]))
        draining: type[Pause | Stop] = Pause if made is Pause else Stop
        return draining(campaign=campaign, effective_at=instant, drain=drain)
    except (KeyError, ValueError, PacelineError) as wrong:
        raise UnknownChangeError(f"this is no record of a change: {wrong}") from wrong
