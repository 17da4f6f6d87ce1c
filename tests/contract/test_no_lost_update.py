"""Two operators and somebody outside edit the same campaigns at once, on views that may be old: no edit is lost.

The test keeps a log of its own, a maker and the settings for every revision, and holds every outcome against it.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from paceline.bootstrap import System
from paceline.campaign.catalogue import AnyChange
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.ports import WrongStateError
from paceline.control.order import OnConflict
from paceline.control.outcome import Applied, Outcome
from paceline.cxone.exchange import Request
from paceline.ledger.entry import Query
from paceline.primitives.canonical import canonical_json
from paceline.primitives.clock import MachineClock
from paceline.primitives.findings import Finding
from paceline.primitives.ids import CampaignId, TenantId
from paceline.storage.database import open_database
from tests.contract.emulated import Emulated
from tests.contract.systems import Office, revision

CAMPAIGNS = tuple(CampaignId(f"SHARED-{number}") for number in range(4))
FIRST = 1
OUTSIDE = "outside paceline"
KINDS: tuple[Callable[..., AnyChange], ...] = (Pause, Resume, Resume, Stop)
RULES = {
    "dialingMethod": "PREVIEW",
    "retrySettings": {"maxAttempts": 3, "intervalMinutes": [30]},
    "abandonmentRateThreshold": {"maxRate": 0.03, "coolDownSec": 60},
}


def chosen(*parts: object, of: int) -> int:
    """A number from 0 that looks like chance, and is the same at every run."""
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:4]) % of


@dataclass
class Log:
    """Who made which revision of what, and how the campaign looked then; what `run` came to."""

    made: dict[CampaignId, dict[int, tuple[str, dict[str, Any]]]]
    ended: list[tuple[str | None, Outcome]] = field(default_factory=list)
    problems: list[BaseException] = field(default_factory=list)

    def keep(self, campaign: CampaignId, number: int, maker: str, shown: dict[str, Any]) -> None:
        assert number not in self.made[campaign], f"revision {number} of {campaign} was made twice"
        self.made[campaign][number] = (maker, shown)

    def changed(self, campaign: CampaignId, name: str, number: int) -> bool:
        """Whether a revision gave the field another value."""
        made = self.made[campaign]
        return number > FIRST and made[number][1].get(name) != made[number - 1][1].get(name)


def operate(system: System, log: Log, *, edits: int, seed: object) -> None:
    """Change campaigns at random; every other time on the view that one has, which may be old."""
    views: dict[CampaignId, str] = {}
    for number in range(edits):
        campaign = CAMPAIGNS[chosen(seed, number, "campaign", of=len(CAMPAIGNS))]
        change = KINDS[chosen(seed, number, "kind", of=len(KINDS))](campaign=campaign)
        named = views.get(campaign) if chosen(seed, number, "view", of=2) else None
        outcome = system.run(change, if_revision=named, on_conflict=OnConflict.REPORT)
        log.ended.append((named, outcome))
        if isinstance(outcome.ending, Applied):
            assert outcome.after is not None
            maker = f"{system.actor.name} (entry {outcome.entry})"
            log.keep(campaign, revision(outcome.after), maker, dict(outcome.after.document))
        seen = outcome.after or outcome.before
        if seen is not None and chosen(seed, number, "look", of=3):
            views[campaign] = seen.version


def meddle(emulated: Emulated, log: Log, *, edits: int) -> None:
    """Change states and rules by plain requests that name no revision."""
    transport = emulated.transport("wide")
    for number in range(edits):
        campaign = CAMPAIGNS[chosen(number, "outside", of=len(CAMPAIGNS))]
        state = ("ACTIVE", "PAUSED", "STOPPED")[chosen(number, "state", of=3)]
        rules = {**RULES, "maxCallsPerAgent": 1 + number % 10}
        body = {"status": state} if chosen(number, "what", of=2) else {"dialingRules": rules}
        request = Request(
            operation="edit",
            method="PATCH",
            target=f"/api/v2/outbound/campaigns/{campaign}",
            headers={"Content-Type": "application/json"},
            body=json.dumps(body).encode(),
        )
        try:
            shown = json.loads(transport.send(request).body)
        except WrongStateError:
            continue
        log.keep(campaign, shown["revision"], OUTSIDE, shown)


def together(log: Log, *working: Callable[[], None]) -> None:
    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as problem:  # noqa: BLE001  # told in the thread that judges
            log.problems.append(problem)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in working]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if log.problems:
        raise log.problems[0]


def hold_conflict(log: Log, named: str | None, outcome: Outcome, finding: Finding) -> None:
    """A conflict names a field, both values, and whoever really made the difference."""
    campaign = outcome.change.campaign
    made = log.made[campaign]
    judged = int(named) if named is not None and named != str(revision(outcome.before)) else revision(outcome.before)
    told = f"{outcome.document()} {finding.message}"
    assert finding.field, told
    if finding.field == "revision":
        assert isinstance(finding.found, int), told
        assert finding.limit == judged, told
        assert made[finding.found][0] in named_in(finding), told
        return
    assert _figure(made[judged][1].get(finding.field)) == finding.limit, told
    later = [number for number in made if number > judged and log.changed(campaign, finding.field, number)]
    makers = {made[number][0] for number in later if _figure(made[number][1].get(finding.field)) == finding.found}
    assert makers & named_in(finding), (told, makers)


def named_in(finding: Finding) -> set[str]:
    """Who is named: one, or those who may have been it while not all of them know."""
    return set((finding.source or "").split(" or "))


def _figure(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float | bool) else canonical_json(value)


@pytest.fixture
def shared(emulated: Emulated) -> Log:
    log = Log(made={campaign: {} for campaign in CAMPAIGNS})
    for campaign in CAMPAIGNS:
        document = {"id": campaign, "status": "ACTIVE", "tenant": "wide", "revision": FIRST}
        emulated.control("POST", "/campaigns", document)
        shown = emulated.platform("wide").read(campaign)
        log.keep(campaign, FIRST, OUTSIDE, dict(shown.document))
    return log


def test_no_update_is_lost_and_every_conflict_says_truly_who_made_it(url: str, emulated: Emulated, shared: Log) -> None:
    edits = 200 if url.startswith("sqlite") else 40
    with open_database(url) as first, open_database(url) as second:
        office = Office(emulated, first, TenantId("wide"))
        systems = [
            office.system(name, platform=emulated.platform("wide"), database=database, clock=MachineClock())
            for name, database in (("ada", first), ("bob", second))
        ]
        together(
            shared,
            *(
                lambda system=system, seed=seed: operate(system, shared, edits=edits, seed=(system.actor.name, seed))
                for system in systems
                for seed in range(2)
            ),
            lambda: meddle(emulated, shared, edits=edits),
        )
        applied = [outcome for _, outcome in shared.ended if isinstance(outcome.ending, Applied)]
        kept = {entry.number: entry for entry in systems[0].book.entries(Query(limit=8 * edits))}
        for campaign, made in shared.made.items():
            assert sorted(made) == list(range(FIRST, emulated.shown(campaign)["revision"] + 1))
        for outcome in applied:
            assert revision(outcome.after) == revision(outcome.before) + 1
            assert outcome.entry is not None
            intent = kept[outcome.entry].intent
            assert intent is not None
            assert intent["judged"] == str(revision(outcome.before))
        conflicts = [(named, one) for named, one in shared.ended if one.word == "conflicted"]
        for named, outcome in conflicts:
            found = [finding for finding in outcome.findings if finding.rule == "change.conflict"]
            assert found
            for finding in found:
                hold_conflict(shared, named, outcome, finding)
        certain = [finding for _, one in conflicts for finding in one.findings if len(named_in(finding)) == 1]
        assert len(certain) > len(conflicts) / 2
        words = {outcome.word for _, outcome in shared.ended}
        assert words == {"applied", "unchanged", "refused", "conflicted"}
        assert len(shared.ended) == 4 * edits
        for _, outcome in shared.ended:
            assert outcome.entry is not None
            assert kept[outcome.entry].outcome == outcome.word
        assert (systems[0].recorder.unended(), systems[0].book.unfinished()) == ([], [])
        office.close()
