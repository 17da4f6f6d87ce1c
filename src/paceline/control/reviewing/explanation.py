"""Why a campaign is, or is not, dialing, and what may be done to it now, by the same rules that judge changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Rulebook
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import LiveCalls, Observed, Situation, Stage, State, document_of
from paceline.control.reviewing.settings_explained import SettingsExplained
from paceline.control.told import stands_against
from paceline.ledger.entry import Entry
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.findings import Findings

_LATE = "agenda.late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Possible:
    """A change, and whether it may be made now; the findings say why not, or what is to be known first."""

    change: AnyChange
    may: bool
    already_so: bool
    findings: Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What is known of a campaign now.

    Attributes:
        dialing: whether it places new calls, as far as its state, its hours and its agents tell.
        why: reasons, in words, the most important first.
        possible: every change of its lifecycle, judged.
        last: the last change that was made or tried through this ledger.
        settings: what is to be said of its schedule and its dialing rules.
    """

    situation: Situation
    dialing: bool
    why: tuple[str, ...]
    possible: tuple[Possible, ...]
    last: Entry | None
    settings: SettingsExplained

    @property
    def lateness(self) -> str | None:
        """How late the last change was made or given up, in words; None when it was on time, or had no hour."""
        found = None if self.last is None else _lateness(self.last)
        return None if found is None else str(found["message"])

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        last = self.last
        late = None if last is None else _lateness(last)
        return {
            "campaign": document_of(self.situation.observed),
            "dialing": self.dialing,
            "why": list(self.why),
            "may": [
                {
                    "kind": one.change.kind,
                    "may": one.may,
                    "already_so": one.already_so,
                    "findings": [found.document() for found in one.findings],
                }
                for one in self.possible
            ],
            "last_change": None
            if last is None
            else {
                "entry": last.number,
                "kind": last.kind,
                "by": last.actor.name,
                "outcome": last.outcome,
                "late_s": None if late is None else late["found"],
            },
            **self.settings.document(),
        }


def explained(
    situation: Situation,
    rules: Rulebook,
    *,
    last: Entry | None,
    settings: SettingsExplained,
    measured: tuple[str, ...] = (),
) -> Explanation:
    """Return what is to be said of a campaign in this situation; `measured` is what its abandonment stands at."""
    campaign = situation.observed.campaign
    changes: tuple[AnyChange, ...] = (Pause(campaign=campaign), Resume(campaign=campaign), Stop(campaign=campaign))
    return Explanation(
        situation=situation,
        dialing=_is_dialing(situation.observed, settings),
        why=(*_reasons(situation, settings), *measured),
        possible=tuple(_judged(change, situation, rules) for change in changes),
        last=last,
        settings=settings,
    )


def _judged(change: AnyChange, situation: Situation, rules: Rulebook) -> Possible:
    findings = change.validate(rules) + change.guard(situation)
    already_so = change.already_so(situation.observed)
    return Possible(
        change=change,
        may=not already_so and not stands_against(findings),
        already_so=already_so,
        findings=findings,
    )


def _is_dialing(observed: Observed, settings: SettingsExplained) -> bool:
    return observed.state is State.ACTIVE and settings.is_open is not False and observed.agents != 0


def _reasons(situation: Situation, settings: SettingsExplained) -> list[str]:
    observed = situation.observed
    told = {
        State.ACTIVE: "it is active: the platform dials while its schedule lets it",
        State.PAUSED: "it is paused",
        State.STOPPED: "it is stopped",
        State.ARCHIVED: "it is archived, and takes no change any more",
    }
    reasons = [told[observed.state], *_hours(settings)]
    if observed.state is State.ACTIVE and observed.agents == 0:
        reasons.append("no agent works on it, so it has nobody to connect a call to")
    if situation.frozen is not None:
        frozen = situation.frozen
        why = "" if frozen.reason is None else f": {frozen.reason}"
        reasons.append(f"{frozen.by} froze it (entry {frozen.entry}){why}; only `paceline unfreeze` lets it be resumed")
    if observed.locked:
        reasons.append("it is locked on the platform")
    if observed.drained is False:
        reasons.append(f"calls are still in flight{_counted(situation.live)}")
    if observed.pending is not None:
        at = utc_text(observed.pending.effective_at)
        reasons.append(f"it becomes {observed.pending.state} at {at}, by the platform itself")
    told_of = {
        Stage.OPEN: "is being carried out",
        Stage.IN_DOUBT: "was sent and never answered",
        Stage.SETTLING: "settles",
        Stage.WAITING: "waits for its hour",
        Stage.WAITS_FOR_APPROVAL: "waits for approval by a second person",
    }
    reasons += [
        f"{other.kind} by {other.by} (entry {other.entry}) {told_of[other.stage]}" for other in situation.unfinished
    ]
    return reasons


def _hours(settings: SettingsExplained) -> list[str]:
    """Return whether its schedule is open, and when that changes."""
    if settings.is_open is None:
        is_missing = settings.schedule is not None and settings.schedule.block is None
        return ["it has no schedule"] if is_missing else []
    if settings.turns_at is None:
        return ["its schedule is always open" if settings.is_open else "its schedule is closed for a month"]
    at = utc_text(settings.turns_at)
    return [f"its schedule is {'open, and closes' if settings.is_open else 'closed, and opens'} at {at}"]


def _lateness(entry: Entry) -> Mapping[str, Json] | None:
    """Return the finding in which an entry says that it came late."""
    details = None if entry.closed is None else entry.closed.document["details"]
    findings = details.get("findings") if isinstance(details, Mapping) else None
    found = findings if isinstance(findings, list) else []
    return next((one for one in found if isinstance(one, Mapping) and one["rule"] == _LATE), None)


def _counted(live: LiveCalls | None) -> str:
    return "" if live is None else f": {live.ringing} ring, {live.waiting} wait, {live.connected} are connected"
