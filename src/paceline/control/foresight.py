"""What would become of a change if it were ordered now: judged by the same rules, recorded nowhere, and nothing sent.

Rules:
* It is what a person is shown before he confirms. What is ordered then is judged anew: the campaign may have moved on.
* Of many resumptions, those before take their places under the limit of active campaigns first.
* What is typed is judged again and again: a look at the campaign counts for a few seconds.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Lane, Rulebook
from paceline.campaign.judgement import judged
from paceline.campaign.lifecycle.changes import Resume
from paceline.campaign.observed import LiveCalls, Observed, Part, Situation
from paceline.campaign.ports import Platform
from paceline.control.recorder import Recorder
from paceline.control.survey import Survey
from paceline.control.told import as_it_is, stands_against
from paceline.primitives.clock import Clock
from paceline.primitives.findings import Findings
from paceline.primitives.ids import CampaignId

COUNTS_S = 5.0
"""So long a look counts while somebody types, in seconds."""
KEPT = 1_000
"""So many looks are kept at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What would become of a change.

    Attributes:
        already_so: whether nothing would be sent, for the campaign is so already.
        findings: all that would be found now.
    """

    change: AnyChange
    situation: Situation
    already_so: bool
    findings: Findings

    @property
    def may(self) -> bool:
        """Whether it would be sent."""
        return not self.already_so and not stands_against(self.findings)


class Foresight:
    """Judges changes that nobody has ordered; serves all threads."""

    def __init__(
        self, platform: Platform, recorder: Recorder, survey: Survey, *, rules: Rulebook, clock: Clock
    ) -> None:
        """Judge by these rules, what this survey finds."""
        self._platform = platform
        self._recorder = recorder
        self._survey = survey
        self._rules = rules
        self._clock = clock
        self._lock = threading.Lock()
        self._looks: OrderedDict[tuple[CampaignId, Part], tuple[int, Observed]] = OrderedDict()

    def of_settings(self, change: AnyChange) -> Foreseen:
        """Return what would become of a change of settings.

        Raises:
            PlatformError: its campaign cannot be looked at.
            LedgerUnavailableError: nobody can tell what was declared, or who is at it.
        """
        return self.of_look(change, self.seen(change.campaign, change.part))

    def of_look(self, change: AnyChange, seen: Observed) -> Foreseen:
        """Return what would become of a change of settings, by a look at its campaign of a moment ago.

        Raises:
            PlatformError: what was measured of its campaign cannot be asked.
            LedgerUnavailableError: nobody can tell what was declared, or who is at it.
        """
        sound = change.validate(self._rules)
        if sound.refused:
            return Foreseen(change=change, situation=self._survey.around([seen])[0], already_so=False, findings=sound)
        return self._judged(change, self._survey.foreseen(change, seen))

    def of_many(
        self,
        make: Callable[[CampaignId], AnyChange],
        seen: Sequence[Observed],
        calls: Callable[[CampaignId], LiveCalls | None] = lambda _campaign: None,
    ) -> list[Foreseen]:
        """Return what would become of one change of the lifecycle for each of these campaigns, as they were just seen.

        Raises:
            PlatformError: it cannot be asked how many are active.
            LedgerUnavailableError: nobody can tell who is at them.
        """
        found, resumed = [], 0
        changes = {one.campaign: make(one.campaign) for one in seen}
        resumes = any(isinstance(change, Resume) for change in changes.values())
        for around in self._survey.around(seen, counts_active=resumes):
            change = changes[around.observed.campaign]
            situation = replace(around, live=calls(change.campaign))
            if isinstance(change, Resume) and situation.active is not None:
                situation = replace(situation, active=situation.active + resumed)
            one = self._judged(change, situation)
            resumed += one.may
            found.append(one)
        return found

    def seen(self, campaign: CampaignId, part: Part, *, lane: Lane = Lane.READING) -> Observed:
        """Return a campaign as it was seen a moment ago, or is now; the look is kept.

        Raises:
            PlatformError: it cannot be looked at.
            LedgerUnavailableError: the look cannot be kept.
        """
        key, now = (campaign, part), self._clock.running_ns()
        with self._lock:
            kept = self._looks.get(key)
        if kept is not None and now - kept[0] <= COUNTS_S * 1e9:
            return kept[1]
        seen = self._platform.read(campaign, part=part, lane=lane)
        self._recorder.saw([seen])
        with self._lock:
            self._looks[key] = (now, seen)
            self._looks.move_to_end(key)
            while len(self._looks) > KEPT:
                self._looks.popitem(last=False)
        return seen

    def _judged(self, change: AnyChange, situation: Situation) -> Foreseen:
        is_so = change.already_so(situation.observed)
        found = change.validate(self._rules) + judged(change, situation)
        findings = as_it_is(change, situation) if is_so else found
        return Foreseen(change=change, situation=situation, already_so=is_so, findings=findings)
