"""The port fits a platform that is quite another: skills that only start and stop, and have no revision."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Achieved, Diverged, Lane
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Ability, Document, LiveCalls, Observed, Part, State
from paceline.campaign.ports import (
    Counted,
    Meter,
    NotFoundError,
    Platform,
    Prepared,
    Receipt,
    RevisionConflictError,
    UnavailableError,
)
from paceline.campaign.simulations import PlatformSimulation, PlatformWebhook, SimulationStarted
from paceline.campaign.statistics import Statistics
from paceline.primitives.ids import CampaignId, Version
from tests.unit.campaign.situations import C1, NOW, situation

SKILLS_OF = {"C1": ("101", "102")}


@dataclass
class Skills:
    """A platform of skills in memory: a campaign is a group of them; who writes compares what it read before."""

    running: dict[str, bool] = field(default_factory=lambda: {"101": True, "102": True})
    calls: list[str] = field(default_factory=list)
    dialect: str = "skills"
    abilities: frozenset[Ability] = frozenset({Ability.RESUME, Ability.STOP, Ability.FINISH_CALLS})

    def read(self, campaign: CampaignId, *, part: Part = Part.CAMPAIGN, lane: Lane = Lane.READING) -> Observed:
        del lane, part
        if campaign not in SKILLS_OF:
            raise NotFoundError(operation=f"read {campaign}", status=404)
        shown = {skill: self.running[skill] for skill in SKILLS_OF[campaign]}
        digest = sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()
        state = State.ACTIVE if any(shown.values()) else State.STOPPED
        return Observed(campaign=campaign, state=state, version=Version(digest), at=NOW, document={"isRunning": shown})

    def list(self, *, state: State | None = None, lane: Lane = Lane.READING) -> Iterator[Observed]:
        seen = (self.read(CampaignId(name), lane=lane) for name in SKILLS_OF)
        return (one for one in seen if state is None or one.state is state)

    def time(self, *, lane: Lane = Lane.READING) -> datetime:
        del lane
        return datetime(2026, 6, 15, 12, tzinfo=UTC)

    def counted(self, campaign: CampaignId, *, since: datetime | None = None, lane: Lane = Lane.READING) -> Counted:
        raise NotImplementedError

    def live(self, campaign: CampaignId, *, lane: Lane = Lane.READING) -> LiveCalls:
        del lane
        raise UnavailableError("skills do not tell", operation=f"count the calls of {campaign}")

    def statistics(
        self, *, since: datetime | None = None, by_minute: bool = False, lane: Lane = Lane.READING
    ) -> tuple[Statistics, ...]:
        del since, by_minute, lane
        return ()

    def measured(
        self,
        campaign: CampaignId,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        by_minute: bool = False,
        lane: Lane = Lane.READING,
    ) -> Statistics:
        del since, until, by_minute, lane
        raise UnavailableError("skills do not tell", operation=f"read the statistics of {campaign}")

    def simulate(
        self, campaign: CampaignId, *, duration_s: int, idempotency_key: str, lane: Lane = Lane.CHANGING
    ) -> SimulationStarted:
        del duration_s, idempotency_key, lane
        raise UnavailableError("skills do not simulate", operation=f"simulate campaign {campaign}")

    def simulation(self, simulation: str, *, lane: Lane = Lane.READING) -> PlatformSimulation:
        del lane
        raise UnavailableError("skills do not simulate", operation=f"read simulation {simulation}")

    def tell_tuned(self, url: str, *, name: str, lane: Lane = Lane.CHANGING) -> PlatformWebhook:
        del url, name, lane
        raise UnavailableError("skills tell nobody", operation="register a webhook")

    def block(self, observed: Observed, aspect: str) -> Document | None:
        del observed, aspect
        return None  # skills show no block of settings

    def prepare(self, change: AnyChange, version: Version | None) -> Prepared:
        verb = "start" if isinstance(change, Resume) else "stop"
        calls = [f"POST /skills/{skill}/{verb}" for skill in SKILLS_OF[change.campaign]]
        request = {"calls": calls, "judged_on": version}
        return Prepared(dialect=self.dialect, campaign=change.campaign, request=request)

    def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
        del idempotency_key
        judged_on, calls = prepared.request["judged_on"], prepared.request["calls"]
        if judged_on not in {None, self.read(prepared.campaign).version}:
            raise RevisionConflictError(operation="apply")
        assert isinstance(calls, list)
        for call in calls:
            _, _, skill, verb = str(call).split("/")
            self.running[skill] = verb == "start"
            self.calls.append(str(call))
        return Receipt(status=202, observed=self.read(prepared.campaign, lane=lane))

    @contextmanager
    def metered(self) -> Iterator[Meter]:
        meter, before = Meter(), len(self.calls)
        yield meter
        meter.requests = len(self.calls) - before

    @contextmanager
    def last_look(self, look: Callable[[], None]) -> Iterator[None]:
        look()
        yield


@pytest.fixture
def skills() -> Skills:
    return Skills()


def test_skills_are_a_platform(skills: Skills) -> None:
    spoken: Platform = skills
    assert [one.campaign for one in spoken.list(state=State.ACTIVE)] == ["C1"]


def test_stop_of_a_campaign_is_many_requests_in_one_preparation(skills: Skills) -> None:
    stop = Stop(campaign=C1)
    assert not stop.guard(situation(skills.read(C1), abilities=skills.abilities)).refused
    kept = json.loads(json.dumps(skills.prepare(stop, skills.read(C1).version).document()))
    with skills.metered() as meter:
        receipt = skills.apply(Prepared.of(kept), idempotency_key="unused")
    assert receipt.observed is not None
    assert stop.verify(receipt.observed) == Achieved()
    assert meter.requests == 2


def test_pause_is_refused_before_it_is_tried(skills: Skills) -> None:
    found = Pause(campaign=C1).guard(situation(skills.read(C1), abilities=skills.abilities))
    assert found.rules == ("lifecycle.unsupported",)


def test_digest_stands_for_the_version_that_is_not_there(skills: Skills) -> None:
    prepared = skills.prepare(Stop(campaign=C1), skills.read(C1).version)
    skills.running["101"] = False
    with pytest.raises(RevisionConflictError):
        skills.apply(prepared, idempotency_key="unused")


def test_effect_that_is_still_coming_is_seen_by_reading(skills: Skills) -> None:
    resume = Resume(campaign=C1)
    stopped = replace(skills.read(C1), state=State.STOPPED)
    assert isinstance(resume.verify(stopped), Diverged)
