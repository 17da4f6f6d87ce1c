"""The records that are kept of changes on their way: what has not ended, an entry of ours, a request that was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from paceline.campaign.observed import Stage
from paceline.campaign.ports import Prepared
from paceline.ledger.entry import instant_text
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, EntryId, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Unended:
    """An entry that has not come to its end; `owner` is who was at it when it was opened."""

    entry: EntryId
    campaign: CampaignId
    kind: str
    actor: str
    owner: str
    stage: Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An entry of ours, of a change that `stops` a campaign, or `resumes` it, or neither.

    `mark` is what no other ledger has, `others` stood open on the campaign before it, `tries` is how many intents were
    kept before: each has a number, and its key.
    """

    entry: EntryId
    mark: str
    others: tuple[Unended, ...]
    stops: bool
    resumes: bool
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request that is on disk and may have been sent: its key, the judged version, and the platform's time then."""

    prepared: Prepared
    key: str
    judged: Version
    judged_at: datetime

    def document(self) -> dict[str, Json]:
        """Return it as the intent row keeps it; `Prepared.of` reads its own part."""
        judged: dict[str, Json] = {"judged": self.judged, "judged_at": instant_text(self.judged_at)}
        return {**self.prepared.document(), "key": self.key, **judged}


def unended_of(values: tuple[int, str, str, str, str, str]) -> Unended:
    """Return what these columns say: entry, campaign, kind, actor, owner, stage."""
    entry, campaign, kind, actor, owner, stage = values
    return Unended(
        entry=EntryId(entry),
        campaign=CampaignId(campaign),
        kind=kind,
        actor=actor,
        owner=owner,
        stage=Stage(stage),
    )
