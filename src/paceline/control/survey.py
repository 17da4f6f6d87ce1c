"""Gathers the situation that a change is judged in: the campaign, who else is at it, how many are active, the limits.

How many campaigns may be active at once holds under concurrency without a lock: a resumption's own entry is its claim.
Whoever resumes counts the resumptions that were opened before its own and have not ended, then what the platform shows
as active; of two that compete for the last place, the one whose entry is the younger counts the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from paceline.campaign.catalogue import AnyChange, SettingsChange, ends_dialing
from paceline.campaign.change import Lane
from paceline.campaign.judgement import at_stake
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Ability, Drain, LiveCalls, Observed, Situation, Stage, State, Unfinished
from paceline.campaign.ports import Platform
from paceline.campaign.schedule.changes import SetSchedule
from paceline.campaign.weights.changes import SetWeights
from paceline.control.agenda.agenda import begun_by_workers
from paceline.control.allowance import Allowance
from paceline.control.facts.law import Law
from paceline.control.freezes import Freezes
from paceline.control.kept import Opened, Unended
from paceline.control.projecting import Projecting
from paceline.control.recorder import Recorder
from paceline.control.weighing.weighing import Weighing
from paceline.primitives.ids import CampaignId, EntryId


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claimed:
    """Which campaigns are active, or about to be, and how many beside that show no id."""

    named: frozenset[CampaignId | None]
    strangers: int = 0

    def beside(self, campaign: CampaignId) -> int:
        """Return how many there are beside one."""
        return len(self.named - {None, campaign}) + self.strangers


_NOBODY = _Claimed(named=frozenset())


class Survey:
    """Looks at the platform and at the ledger for a change that is to be judged."""

    def __init__(
        self,
        platform: Platform,
        recorder: Recorder,
        freezes: Freezes,
        *,
        law: Law,
        allowance: Allowance,
        projecting: Projecting,
        weighing: Weighing,
        active_limit: Callable[[], int | None] = lambda: None,
    ) -> None:
        """Ask these; `active_limit` tells how many campaigns may be active at once, None where nobody declared it."""
        self._law = law
        self._allowance = allowance
        self._projecting = projecting
        self._weighing = weighing
        self._platform = platform
        self._freezes = freezes
        self._recorder = recorder
        self._active_limit = active_limit

    def situation(
        self, change: AnyChange, opened: Opened, *, others: Iterable[Unended], seen: Observed | None
    ) -> Situation:
        """Return the situation as it is now.

        Args:
            change: what is to be judged; its reads travel in its lane.
            opened: its own entry.
            others: entries of the same campaign that have not ended.
            seen: the campaign, when it was read a moment ago for many changes at once.

        Raises:
            PlatformError: it cannot be looked at.
            LedgerUnavailableError: nobody can tell who else is at it.
        """
        observed = seen
        if observed is None or observed.part is not change.part:
            observed = self._platform.read(change.campaign, part=change.part, lane=change.lane)
        active, limit = self._active(change, opened, observed)
        situation = Situation(
            observed=observed,
            abilities=self._platform.abilities,
            now=observed.at,
            active=active,
            active_limit=limit,
            unfinished=tuple(_unfinished(other) for other in others),
            live=self._live(change, observed),
            frozen=None if change.lane is Lane.STOPPING else self._freezes.of(change.campaign),
        )
        return self._before_the_law(change, situation)

    def _before_the_law(self, change: AnyChange, situation: Situation) -> Situation:
        """Return the situation with what the law needs to know, where it has a say."""
        if not isinstance(change, SettingsChange):
            return situation
        rulebook, circumstances = self._law.rulebook, self._law.circumstances(change.campaign)
        observed = situation.observed
        situation = replace(situation, rulebook=rulebook, circumstances=circumstances)
        if isinstance(change, SetWeights):
            situation = replace(situation, evidence=self._weighing.evidence(change, situation))
        if isinstance(change, SetSchedule) or not change.loosens(observed):
            return situation
        measured = self._allowance.measured(observed, circumstances, rulebook, lane=change.lane)
        situation = replace(situation, measured=measured)
        stake = at_stake(change, observed)
        if stake is None:
            return situation
        forecast = self._projecting.forecast(situation, stake.pacing, rules=stake.rules, lane=change.lane)
        return replace(situation, forecast=forecast)

    def looked_at(self, campaign: CampaignId) -> Situation:
        """Return the situation of a campaign that nobody is about to change.

        Raises:
            PlatformError: it cannot be looked at.
            LedgerUnavailableError: nobody can tell who is at it.
        """
        observed = self._platform.read(campaign)
        self._recorder.saw([observed])
        return self.around([observed], counts_calls=True)[0]

    def around(
        self, seen: Sequence[Observed], *, counts_calls: bool = False, counts_active: bool = True
    ) -> list[Situation]:
        """Return the situation of each of these campaigns, as it was just seen; nobody is about to change them.

        Args:
            seen: the campaigns.
            counts_calls: whether the platform is asked for the calls of one that drains.
            counts_active: whether it is asked how many are active, which only a resumption has to know.

        Raises:
            PlatformError: it cannot be asked how many are active, or how many calls there are.
            LedgerUnavailableError: nobody can tell who is at them.
        """
        others = self._recorder.unended(campaigns=[one.campaign for one in seen])
        rests = counts_active and any(one.state is not State.ACTIVE for one in seen)
        claimed, limit = self._claimed(Lane.READING) if rests else (_NOBODY, None)
        frozen = self._freezes.frozen()
        return [
            Situation(
                observed=one,
                abilities=self._platform.abilities,
                now=one.at,
                active=None if limit is None or one.state is State.ACTIVE else claimed.beside(one.campaign),
                active_limit=None if one.state is State.ACTIVE else limit,
                unfinished=tuple(_unfinished(other) for other in others if other.campaign == one.campaign),
                live=self._calls_of(one) if counts_calls else None,
                frozen=frozen.get(one.campaign),
            )
            for one in seen
        ]

    def foreseen(self, change: AnyChange, seen: Observed) -> Situation:
        """Return the situation in which a change would be judged now, by what was just seen of its campaign.

        Raises:
            PlatformError: it cannot be asked what was measured.
            LedgerUnavailableError: nobody can tell what was declared, or who is at it.
        """
        return self._before_the_law(change, self.around([seen])[0])

    def _calls_of(self, observed: Observed) -> LiveCalls | None:
        counts = observed.drained is False and Ability.LIVE_CALLS in self._platform.abilities
        return self._platform.live(observed.campaign) if counts else None

    def _active(self, change: AnyChange, opened: Opened, observed: Observed) -> tuple[int | None, int | None]:
        if not isinstance(change, Resume) or observed.state is State.ACTIVE:
            return None, None
        return self._counted(change.campaign, change.lane, opened.entry)

    def _counted(
        self, campaign: CampaignId, lane: Lane, before: EntryId | None = None
    ) -> tuple[int | None, int | None]:
        """Return how many other campaigns are active or about to be, by entries older than `before`, and the limit."""
        claimed, limit = self._claimed(lane, before)
        return (None, None) if limit is None else (claimed.beside(campaign), limit)

    def _claimed(self, lane: Lane, before: EntryId | None = None) -> tuple[_Claimed, int | None]:
        limit = self._active_limit()
        if limit is None:
            return _NOBODY, None
        # First those on their way, then those who have arrived: nobody is missed who goes from one to the other.
        coming = {other.campaign for other in self._coming() if before is None or other.entry < before}
        shown = list(self._platform.list(state=State.ACTIVE, lane=lane))
        named = {one.campaign for one in shown if one.campaign is not None}
        strangers = sum(one.campaign is None for one in shown)
        return _Claimed(named=frozenset(coming | named), strangers=strangers), limit

    def _coming(self) -> list[Unended]:
        """Return the resumptions that are on their way; one that waits for its hour is not, until a worker has it."""
        coming = [other for other in self._recorder.unended(kind=Resume.kind) if self._is_coming(other)]
        if all(other.stage is not Stage.WAITING for other in coming):
            return coming
        begun = begun_by_workers(self._recorder)
        return [other for other in coming if other.stage is not Stage.WAITING or other.entry in begun]

    def _is_coming(self, other: Unended) -> bool:
        """Return whether a resumption may yet make its campaign active; what a dead process sent has shown by now."""
        if other.stage is Stage.OPEN:
            return not self._recorder.owner.is_dead(other.owner)
        return other.stage in {Stage.IN_DOUBT, Stage.WAITING}

    def _live(self, change: AnyChange, observed: Observed) -> LiveCalls | None:
        if not isinstance(change, Pause | Stop) or change.drain is not Drain.DROP or observed.state is not State.ACTIVE:
            return None
        if Ability.LIVE_CALLS not in self._platform.abilities:
            return None
        return self._platform.live(change.campaign, lane=change.lane)


def _unfinished(other: Unended) -> Unfinished:
    return Unfinished(
        entry=other.entry, kind=other.kind, by=other.actor, stage=other.stage, stops=ends_dialing(other.kind)
    )
