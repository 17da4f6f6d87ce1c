"""What the corridor itself has to tell of a change, beyond what the rooms find.

* `change.override`: an override is of a finding that wants a person's word, and its end is still to come.
* `change.revision`: the actor looked at another revision, and the change was judged on what is there now.
* `change.found-again`: an answer was lost, and what it said was found out.
* `ledger.closed-by-another`: somebody took this process for dead, and settled its entry.
* `ledger.left-open`: the end of a change could not be recorded.
* `agenda.late`: a change was made, or given up, later than its hour.
* `agenda.unjudged`: the campaign was looked at when a change was kept for later.
* `agenda.replaced`: a newer change took the place of one that waited.
* `agenda.stopped-since`: no pause or stop was ordered after a resumption that waited, nor planned for a later hour.
* `agenda.cancelled`: somebody, or a freeze, withdrew a change that waited.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.judgement import judged
from paceline.campaign.observed import Frozen, Observed, Situation
from paceline.campaign.ports import PlatformError
from paceline.control.kept import Unended
from paceline.control.order import Order, Override
from paceline.ledger.entry import Entry
from paceline.ledger.failures import LedgerError
from paceline.primitives.clock import utc_text
from paceline.primitives.findings import Finding, Findings, Severity
from paceline.primitives.ids import EntryId

ON_TIME = timedelta(seconds=5)
"""How long after its hour a change is still on time: a worker looks every few seconds."""


def stands_against(findings: Findings) -> bool:
    """Return whether a finding refuses the change; what a person has to look at refuses it too."""
    return any(finding.severity is not Severity.INFO for finding in findings)


def heeded(findings: Findings, order: Order, now: datetime) -> Findings:
    """Return the findings with those that the actor answers for, which then are only told.

    Only what wants a person's word can be overridden, and only until the instant that was named.
    """
    until = {one.rule: one.until for one in order.overrides if one.until > now}
    judged = [_heeded(finding, until, order.actor.name) for finding in findings]
    over = {one.rule for one in order.overrides if one.until <= now}
    refused = {finding.rule for finding in findings if finding.severity is Severity.ERROR}
    for_nothing = [one for one in order.overrides if one.rule in refused | over]
    return Findings(*judged, *(_unheeded(one, is_over=one.rule in over) for one in for_nothing))


def _heeded(finding: Finding, until: Mapping[str, datetime], actor: str) -> Finding:
    if finding.severity is not Severity.REVIEW or finding.rule not in until:
        return finding
    end = utc_text(until[finding.rule])
    return replace(finding, severity=Severity.INFO, message=f"{finding.message}; {actor} answers for it until {end}")


def _unheeded(override: Override, *, is_over: bool) -> Finding:
    why = "its end is past" if is_over else "law, platform and limits are not overridden by anybody"
    return Finding(
        rule="change.override",
        severity=Severity.INFO,
        message=f"the override of {override.rule} counts for nothing: {why}",
        field="override",
        found=override.rule,
    )


def as_it_is(change: AnyChange, situation: Situation) -> Findings:
    """Return what stands against settings that are so already: nothing was sent, and nothing was proven by that."""
    if situation.rulebook is None:
        return Findings()
    against = [one for one in judged(change, situation) if one.severity is not Severity.INFO]
    return Findings(
        *(
            replace(
                one,
                severity=Severity.INFO,
                message=f"it is so already, and would be refused as a change: {one.message}",
            )
            for one in against
            if not one.rule.startswith("lifecycle.")
        )
    )


def not_expected(order: Order, observed: Observed) -> Finding:
    """Return that the campaign is not at the revision that the actor looked at, and is judged all the same."""
    revision = observed.revision or observed.version
    return Finding(
        rule="change.revision",
        severity=Severity.INFO,
        message=f"the campaign is at revision {revision}, not at {order.if_revision}; it is judged as it is now",
        field="revision",
        found=revision,
        limit=order.if_revision,
    )


def found_again(lost: PlatformError) -> Finding:
    """Return that an answer was lost, and what it said is known all the same."""
    return Finding(
        rule="change.found-again",
        severity=Severity.INFO,
        message=f"no answer came at first ({lost.message}): it was looked for by its key, and took effect once",
    )


def on_its_way(other: Unended) -> Finding:
    """Return that a resumption may still arrive after a pause or stop that found nothing to do."""
    return Finding(
        rule="lifecycle.unfinished",
        severity=Severity.ERROR,
        message=f"{other.kind} by {other.actor} (entry {other.entry}) is still on its way, and the campaign dials when "
        "it arrives: ask again, or look with `paceline explain`",
        found=other.entry,
        source=f"{other.actor} (entry {other.entry})",
    )


def taken_for_dead(entry: EntryId) -> Finding:
    """Return that somebody else has closed our entry."""
    return Finding(
        rule="ledger.closed-by-another",
        severity=Severity.REVIEW,
        message=f"entry {entry} was closed by somebody who took this process for dead; see what it says",
        found=entry,
    )


def left_open(entry: EntryId, error: LedgerError) -> Finding:
    """Return that the end of a change could not be recorded."""
    return Finding(
        rule="ledger.left-open",
        severity=Severity.REVIEW,
        message=f"its end could not be recorded ({error.message}); entry {entry} stays open until it is settled",
        found=entry,
    )


def frozen_meanwhile(frozen: Frozen) -> Finding:
    """Return that somebody froze the campaign between the judgement and the request, which was not sent."""
    return Finding(
        rule="lifecycle.frozen",
        severity=Severity.ERROR,
        message=f"{frozen.by} froze it while this was judged (entry {frozen.entry}): nothing was sent",
        field="state",
        found="frozen",
        source=f"{frozen.by} (entry {frozen.entry})",
    )


def late_by(late: timedelta) -> Finding | None:
    """Return how late a change was made, in whole minutes or seconds; None when it was on time, to a few seconds."""
    if late < ON_TIME:
        return None
    seconds = int(late.total_seconds())
    words = f"{seconds // 60} min" if seconds >= 60 else f"{seconds} s"
    return Finding(
        rule="agenda.late",
        severity=Severity.INFO,
        message=f"late by {words}: it was not looked at when its hour came, or the platform was away",
        field="due",
        found=seconds,
    )


def unjudged(away: PlatformError) -> Finding:
    """Return that a pause or stop is kept for later though nobody could look at its campaign."""
    return Finding(
        rule="agenda.unjudged",
        severity=Severity.INFO,
        message=f"it could not be judged now ({away.message}); it is when its hour has come",
        field="due",
    )


def replaced_by(newer: EntryId, older: EntryId, *, waited_for: str = "its hour") -> Finding:
    """Return that a newer change took the place of one that waited."""
    return Finding(
        rule="agenda.replaced",
        severity=Severity.INFO,
        message=f"entry {newer} takes the place of entry {older}, which waited for {waited_for}",
        found=newer,
    )


def cancelled(by: str, why: str | None) -> Finding:
    """Return that a change that waited was withdrawn."""
    return Finding(
        rule="agenda.cancelled",
        severity=Severity.INFO,
        message=f"{by} withdrew it before its hour" + ("" if why is None else f": {why}"),
        source=by,
    )


def stopped_since(other: Entry) -> Finding:
    """Return that a pause or stop keeps a resumption of an older plan from being made."""
    return Finding(
        rule="agenda.stopped-since",
        severity=Severity.ERROR,
        message=f"{other.kind} by {other.actor.name} (entry {other.number}) came since, and the campaign stays as it "
        "left it: resume it by hand if it is to dial",
        field="state",
        found=other.number,
        source=f"{other.actor.name} (entry {other.number})",
    )
