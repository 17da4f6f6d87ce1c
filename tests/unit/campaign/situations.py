"""Campaigns and situations in one line, for tests of judgements."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from paceline.campaign.observed import Ability, Observed, Situation, State
from paceline.primitives.ids import CampaignId, Version

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
C1 = CampaignId("C1")


def seen(state: State = State.ACTIVE, **more: Any) -> Observed:
    return Observed(**{"campaign": C1, "state": state, "version": Version("1"), "at": NOW, "drained": True, **more})


def situation(observed: Observed | None = None, **more: Any) -> Situation:
    return Situation(**{"observed": observed or seen(), "abilities": frozenset(Ability), "now": NOW, **more})
