"""What was seen of campaigns whose schedules the law judges, and what of it breaks from a date on; for who looks often.

A schedule is in no list: a look at one campaign costs two requests, so nobody looks without being asked to.

Rules:
* Campaigns are looked at when somebody asks for it, so many at a time; whoever reads a schedule anyway tells it here.
* What was seen counts for `COUNTS`; it is judged after that too, and said to be old.
* Judging asks the platform nothing. A campaign is judged once for a date, what was seen of it, and what was declared.
* Three campaigns in a row that cannot be read end a look: the platform is away, and the others stay as they are.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from paceline.campaign.observed import Circumstances, Observed, Part, State
from paceline.campaign.ports import Platform
from paceline.control.facts.law import Law
from paceline.control.law.ahead import Judged, judged_from
from paceline.control.law.breaking import unknown_in
from paceline.control.recorder import Recorder
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId

COUNTS = timedelta(hours=1)
"""So long a look counts, by the platform's clock."""
AT_ONCE = 50
"""So many campaigns are looked at when somebody asks once, two requests each."""
_IN_A_ROW = 3
_JUDGED_KEPT = 5_000
_Key = tuple[CampaignId, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How campaigns stand from a date on, as far as somebody looked.

    Attributes:
        first: the date.
        judged: those that were judged, each with when it was seen.
        waiting: those that were seen, and are not judged yet; judging them costs no request.
        never: those that nobody looked at.
        old: those whose look counts no more; they are judged all the same.
        unreadable: those that could not be read, or not whole, with the reason.
        looking: how many are being looked at now, and how many that is of; None while nobody looks.
    """

    first: date
    judged: Mapping[CampaignId, tuple[Judged, datetime]]
    waiting: tuple[CampaignId, ...]
    never: tuple[CampaignId, ...]
    old: tuple[CampaignId, ...]
    unreadable: Mapping[CampaignId, str]
    looking: tuple[int, int] | None

    @property
    def breaking(self) -> tuple[Judged, ...]:
        """Those that break the law, from the date on or later, in the order of their ids."""
        return tuple(one for _, (one, _) in sorted(self.judged.items()) if one.breaks)

    @property
    def without_settings(self) -> tuple[CampaignId, ...]:
        """Those that have neither a schedule nor dialing rules, so that nothing of them was judged."""
        return tuple(name for name, (one, _) in sorted(self.judged.items()) if not one.has)

    @property
    def wanted(self) -> tuple[CampaignId, ...]:
        """Those that are worth a look, those that nobody looked at first."""
        return (*self.never, *self.old)

    @property
    def seen_since(self) -> datetime | None:
        """When the oldest look of those that are judged was."""
        return min((at for _, at in self.judged.values()), default=None)


@dataclass(slots=True)
class _Seen:
    observed: dict[CampaignId, Observed] = field(default_factory=dict)
    failed: dict[CampaignId, str] = field(default_factory=dict)
    judged: OrderedDict[_Key, tuple[Observed, Circumstances, Judged]] = field(default_factory=OrderedDict)
    looking: tuple[int, int] | None = None


class LawLooks:
    """Looks at campaigns when it is asked to, and judges what it saw; serves all threads of a process."""

    def __init__(self, platform: Platform, law: Law, recorder: Recorder) -> None:
        """Ask this platform, judge by this law, and have what was read kept."""
        self._platform = platform
        self._law = law
        self._recorder = recorder
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._memory = _Seen()

    def saw(self, observed: Observed) -> None:
        """Hear of a campaign that somebody read with its schedule."""
        if observed.part is not Part.SCHEDULE:
            return
        with self._lock:
            self._memory.observed[observed.campaign] = observed
            self._memory.failed.pop(observed.campaign, None)

    def look(self, campaigns: Sequence[CampaignId], *, at_once: int = AT_ONCE) -> int:
        """Look at these campaigns, the first of them when they are too many, and return how many were seen.

        Raises:
            LedgerUnavailableError: what was read cannot be kept.
        """
        with self._turn:
            wanted, failures, seen = campaigns[:at_once], 0, 0
            try:
                for number, campaign in enumerate(wanted):
                    self._memory.looking = (number, len(wanted))
                    failures = 0 if self._looked_at(campaign) else failures + 1
                    seen += failures == 0
                    if failures == _IN_A_ROW:
                        break
            finally:
                self._memory.looking = None
            return seen

    def judge(self, campaigns: Iterable[CampaignId], first: date) -> None:
        """Judge those of these campaigns that were seen, from a date on; no request is made.

        Raises:
            LedgerUnavailableError: what was declared cannot be read now.
        """
        known = self._circumstances(campaigns)
        for campaign, (observed, circumstances) in known.items():
            if self._judged(campaign, first, observed, circumstances) is None:
                made = judged_from(observed, circumstances, self._law.rulebook, first)
                with self._lock:
                    self._memory.judged[campaign, first] = (observed, circumstances, made)
                    while len(self._memory.judged) > _JUDGED_KEPT:
                        self._memory.judged.popitem(last=False)

    def standing(self, shown: Mapping[CampaignId, Observed], first: date, *, now: datetime) -> Standing:
        """Return how campaigns stand that are not archived, as the list shows them.

        Args:
            shown: the campaigns of the list.
            first: from which date on they are judged.
            now: by the platform's clock, by which looks are old.

        Raises:
            LedgerUnavailableError: what was declared cannot be read now.
        """
        live = sorted(campaign for campaign, one in shown.items() if one.state is not State.ARCHIVED)
        known = self._circumstances(live)
        judged: dict[CampaignId, tuple[Judged, datetime]] = {}
        waiting: list[CampaignId] = []
        unreadable = {campaign: why for campaign, why in self._memory.failed.items() if campaign in shown}
        for campaign, (observed, circumstances) in known.items():
            found = self._judged(campaign, first, observed, circumstances)
            if found is None:
                waiting.append(campaign)
            else:
                judged[campaign] = (found, observed.at)
            if why := unknown_in(observed):
                unreadable[campaign] = "; ".join(why)
        return Standing(
            first=first,
            judged=judged,
            waiting=tuple(waiting),
            never=tuple(one for one in live if one not in known),
            old=tuple(one for one, (observed, _) in known.items() if abs(now - observed.at) > COUNTS),
            unreadable=unreadable,
            looking=self._memory.looking,
        )

    def _looked_at(self, campaign: CampaignId) -> bool:
        try:
            observed = self._platform.read(campaign, part=Part.SCHEDULE)
        except PacelineError as failed:
            with self._lock:
                self._memory.failed[campaign] = failed.message
            return False
        self._recorder.saw([observed])
        self.saw(observed)
        return True

    def _circumstances(self, campaigns: Iterable[CampaignId]) -> dict[CampaignId, tuple[Observed, Circumstances]]:
        """Return those of the campaigns that were seen, each with what was declared of it by now."""
        with self._lock:
            seen = {one: self._memory.observed[one] for one in campaigns if one in self._memory.observed}
        declared = self._law.circumstances_of_all(seen) if seen else {}
        return {campaign: (observed, declared[campaign]) for campaign, observed in seen.items()}

    def _judged(
        self, campaign: CampaignId, first: date, observed: Observed, circumstances: Circumstances
    ) -> Judged | None:
        with self._lock:
            kept = self._memory.judged.get((campaign, first))
        if kept is None or kept[0] is not observed or kept[1] != circumstances:
            return None
        return kept[2]
