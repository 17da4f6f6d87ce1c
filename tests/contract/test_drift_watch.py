"""Drift is watched for by workers, where the campaign wants it, and told once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from paceline.campaign.blocks import Tuning
from paceline.campaign.observed import Ability, Observed, State
from paceline.campaign.statistics import LivePicture, Statistics, Tally
from paceline.control.drift_watch import DriftWatch, drift_since
from paceline.ledger.book import Book
from paceline.ledger.entry import Actor, Query
from paceline.primitives.ids import CampaignId, EntryId, Version
from paceline.storage.database import Database
from paceline.twin.kept import DRIFTED, By, Twins
from paceline.twin.ladder import Certified
from paceline.twin.model import instant_of
from tests.unit.twin.fitted_twin import DAYS, TRUTH, fitted
from tests.unit.twin.known_campaign import FIRST_DAY, OPENS, half_hours

ADA = Actor(name="ada", known_by="test")
LAST = (FIRST_DAY + DAYS - 1) * 48 + OPENS + 2 * int(TRUTH.hours)
"""The half-hour at which the twin's days end; fitting is for a test, not for who only reads this file."""
END = instant_of(LAST) + timedelta(days=4)


def measured(*, answers: float) -> Statistics:
    """Return the days after those of the twin, half-hours told as their first minute, with so much of the answers."""
    days = half_hours(TRUTH, DAYS + 3, 3)
    later = days.start >= LAST
    minutes = tuple(
        (
            instant_of(int(start)),
            Tally(
                dials=int(dials),
                connects=int(answered * answers),
                abandons=int(abandoned * answers),
                machines=round(machines * (dials - answered * answers) / max(dials - answered, 1)),
                talk_s=int(talk * answers),
                wrap_s=int(wrap * answers),
                staffed_s=int(staffed),
            ),
        )
        for start, dials, answered, abandoned, machines, talk, wrap, staffed in zip(
            *(
                getattr(days, name)[later].tolist()
                for name in ("start", "dials", "answered", "abandoned", "machines", "talk_s", "wrap_s", "staffed_s")
            ),
            strict=True,
        )
    )
    total = sum((one for _, one in minutes), Tally())
    assert fitted().days[-1].end == LAST
    return Statistics(campaign=fitted().campaign, at=END, tally=total, live=LivePicture(), minutes=minutes)


@dataclass
class Tells:
    """A second implementation of what is asked of the platform here: it tells what it was given, and counts."""

    statistics: Statistics
    protection: bool = True
    asked: int = 0
    abilities: frozenset[Ability] = frozenset({Ability.STATISTICS})

    def read(self, campaign: CampaignId) -> Observed:
        tuning = Tuning(enabled=True, trigger="manual", drift_protection=self.protection)
        return Observed(campaign=campaign, state=State.ACTIVE, version=Version("1"), at=END, tuning=tuning)

    def measured(self, _campaign: CampaignId, **_asked: object) -> Statistics:
        self.asked += 1
        return self.statistics


@dataclass
class At:
    """The platform's time."""

    at: datetime = END

    def now(self) -> datetime:
        return self.at


def watch(tells: Tells, twins: Twins) -> DriftWatch:
    """Return a watch over these."""
    platform: Any = tells
    return DriftWatch(platform, lambda: twins, actor=ADA)


@pytest.fixture
def twins(database: Database, book: Book) -> Twins:
    found = Twins(database, book)
    passed = replace(fitted(), standing=replace(fitted().standing, passed=True))
    found.keep(passed, By(actor=ADA))
    return found


def test_answers_that_fall_are_told_once_by_any_number_of_workers(twins: Twins, book: Book) -> None:
    tells, time = Tells(measured(answers=0.7)), At()
    one, other = watch(tells, twins), watch(tells, twins)
    assert (one.run(time), other.run(time)) == (1, 0)  # type: ignore[arg-type]  # all that is asked of it is now
    found = twins.of(fitted().campaign)
    assert found is not None
    assert found.drifted is not None
    assert (found.drifted.quantity, found.drifted.toward) == ("answers", "fewer")
    assert [entry.kind for entry in book.entries(Query(campaign=fitted().campaign))].count(DRIFTED) == 1


def test_drift_holds_the_experiment_names_the_way_back_and_is_told_once(database: Database, book: Book) -> None:
    told: list[str] = []
    held: list[CampaignId] = []
    twins = Twins(database, book, tell=lambda _connection, _row, kind: told.append(kind))
    twins.keep(replace(fitted(), standing=replace(fitted().standing, passed=True)), By(actor=ADA))

    def hold(campaign: CampaignId, why: str) -> EntryId | None:
        assert why.startswith("people answer less often than the data say")
        held.append(campaign)
        return EntryId(5) if len(held) == 1 else None

    platform: Any = Tells(measured(answers=0.7))
    for _ in range(2):
        one = DriftWatch(
            platform, lambda: twins, actor=ADA, hold=hold, certified=lambda _: Certified(entry=EntryId(3), at=END)
        )
        one.run(At())  # type: ignore[arg-type]  # all that is asked of it is now
    assert (told, held) == ([DRIFTED], [fitted().campaign])
    noted = book.entries(Query(campaign=fitted().campaign, kind=DRIFTED))[0].rows[0].document["details"]
    assert isinstance(noted, dict)
    assert (noted["way_back"], noted["experiment_held"]) == ("paceline changes undo 3", 5)
    step = noted["step"]
    assert isinstance(step, dict)
    assert (step["rung"], step["weights_refused"], step["rollback"]) == ("freeze", True, 3)


def test_days_as_before_are_no_drift_and_are_looked_at_once_an_hour(twins: Twins) -> None:
    assert drift_since(fitted(), measured(answers=1.0)) is None
    tells, time = Tells(measured(answers=1.0)), At()
    one = watch(tells, twins)
    for after in (0, 20, 59, 60, 61):
        time.at = END + timedelta(minutes=after)
        assert one.run(time) == 0  # type: ignore[arg-type]  # all that is asked of it is now
    assert tells.asked == 2


def test_campaign_without_protection_is_left_alone(twins: Twins) -> None:
    tells = Tells(measured(answers=0.7), protection=False)
    assert watch(tells, twins).run(At()) == 0  # type: ignore[arg-type]  # all that is asked of it is now
    assert tells.asked == 0
