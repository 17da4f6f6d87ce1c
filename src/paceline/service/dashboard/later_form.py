"""When a form wants its change made: now, or at an hour by the clock of a zone; one set of fields for all forms.

* `request.invalid`: the hour is a time that the zone's clock shows, and shows once.
* `change.revision`: the campaign is as the page showed it when a change of it is kept for later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Lane
from paceline.campaign.observed import Observed
from paceline.control.order import NOT_AFTER, Order
from paceline.control.outcome import Outcome
from paceline.control.work.later import Makes
from paceline.primitives.findings import Finding, Findings, Severity
from paceline.primitives.zones import UnknownZoneError, zone
from paceline.service.dashboard.typed import not_a_value, whole
from paceline.service.dashboard.visitors import Visitor
from paceline.service.parts import Parts

AT, ZONE, NOT_AFTER_MIN, WHEN = "at", "at_zone", "not_after", "when"
"""The names of the fields."""
NOW = "now"
"""What the last of them says where no hour is meant; else it says `AT`."""
LATEST_MIN = 7 * 24 * 60
"""So many minutes after its hour a change may be made at most."""
_LONGEST = 100
_DATE = len("2026-06-15")
_TIME = "a date and a time, such as 2026-06-15T09:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """What the fields say.

    Attributes:
        at: the instant, None is now.
        zone: by whose clock it was typed.
        not_after: how late it may be made while the platform is away.
        findings: what is no hour.
    """

    at: datetime | None = None
    zone: str = "UTC"
    not_after: timedelta = NOT_AFTER
    findings: Findings = field(default_factory=Findings)

    @property
    def is_later(self) -> bool:
        """Whether it names an hour, or tries to."""
        return self.at is not None or bool(self.findings)

    def order(self, order: Order) -> Order:
        """Return an order with how late it may be made."""
        return order if self.at is None else replace(order, not_after=self.not_after)

    def document(self) -> Mapping[str, object] | None:
        """Return it as a page shows it; None is now."""
        if self.at is None:
            return None
        return {"at": self.at, "zone": self.zone, "not_after": int(self.not_after.total_seconds() // 60)}


def when_of(who: Visitor) -> When:
    """Return when a form wants its change made; a form that says nothing of it wants it now.

    One that names an hour and does not say whether that is meant is no wish for now.
    """
    said, meant = who.said(AT)[:_LONGEST], who.said(WHEN)
    if meant == NOW or not (meant or said):
        return When()
    if meant != AT:
        return When(findings=Findings(not_a_value(WHEN, meant, f"say {NOW}, or {AT} for the hour")))
    found: list[Finding] = []
    key = who.said(ZONE)[:_LONGEST] or "UTC"
    at = _instant(said, key, found)
    late = _late(who.said(NOT_AFTER_MIN), found)
    return When(at=None if found else at, zone=key, not_after=late, findings=Findings(*found))


def instant_of_local(local: datetime, key: str) -> datetime:
    """Return the instant at which a zone's clock shows a time.

    Raises:
        UnknownZoneError: there is no such zone.
        ValueError: its clock never shows that time, or shows it twice.

    >>> instant_of_local(datetime(2026, 6, 15, 9), "America/New_York").isoformat()
    '2026-06-15T13:00:00+00:00'
    >>> instant_of_local(datetime(2026, 11, 1, 1, 30), "America/New_York")
    Traceback (most recent call last):
    ...
    ValueError: that day the clock of America/New_York shows 01:30 twice: name the hour in UTC
    """
    there = zone(key)
    first, second = (local.replace(tzinfo=there, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(there).replace(tzinfo=None, fold=0) != local:
        raise ValueError(f"that day the clock of {key} never shows {local:%H:%M}")
    if first != second:
        raise ValueError(f"that day the clock of {key} shows {local:%H:%M} twice: name the hour in UTC")
    return first


def kept(parts: Parts, make: Makes, order: Order, when: When, seen: Observed, *, shown: str) -> Outcome | Finding:
    """Keep the change of one campaign for its hour, or say that the campaign is not as it was shown.

    Args:
        parts: of the service.
        make: makes the change.
        order: who wants it and why.
        when: that names an hour.
        seen: the campaign as it is.
        shown: its version on the page; empty where that does not matter.

    Raises:
        ValueError: `when` names no hour.
        PlatformError: nobody can tell what time it is on the platform.
        LedgerError: nothing could be kept.
    """
    if when.at is None:
        raise ValueError("a change that is wanted now is not kept for later")
    if shown and shown != str(seen.version):
        return moved_on(shown, seen)
    change: AnyChange = make(seen.campaign, None)
    keep = parts.system.later.keeper(make, when.order(order), when.at, lane=change.lane)
    return keep(seen.campaign, seen if seen.part is change.part else None)


def moved_on(shown: str, seen: Observed) -> Finding:
    """Return that somebody changed a campaign since the page showed it."""
    return Finding(
        rule="change.revision",
        severity=Severity.ERROR,
        message=f"somebody changed it since you looked: the page showed version {shown}, and it is {seen.version} "
        "now. Look again before you ask for it at a later hour",
        field="revision",
        found=str(seen.version),
        limit=shown,
    )


def holds_what_was_shown(lane: Lane) -> bool:
    """Return whether a change of this lane is held to what the page showed: what stops is made whatever there is."""
    return lane is not Lane.STOPPING


def _instant(text: str, key: str, found: list[Finding]) -> datetime | None:
    if not text:
        found.append(not_a_value(AT, text, "name the hour, or choose now"))
        return None
    if len(text) <= _DATE:  # a date alone would be its midnight, which nobody named
        found.append(not_a_value(AT, text, _TIME))
        return None
    try:
        read = datetime.fromisoformat(text)
        return read.astimezone(UTC) if read.utcoffset() is not None else instant_of_local(read, key)
    except UnknownZoneError as wrong:
        found.append(not_a_value(ZONE, key, wrong.message))
    except ValueError as wrong:
        is_ours = str(wrong).startswith("that day")
        found.append(not_a_value(AT, text, str(wrong) if is_ours else _TIME))
    except OverflowError:
        found.append(not_a_value(AT, text, "it is beyond every calendar"))
    return None


def _late(text: str, found: list[Finding]) -> timedelta:
    if not text:
        return NOT_AFTER
    try:
        minutes = whole(text)
    except ValueError as wrong:
        found.append(not_a_value(NOT_AFTER_MIN, text, str(wrong)))
        return NOT_AFTER
    if not 0 <= minutes <= LATEST_MIN:
        found.append(not_a_value(NOT_AFTER_MIN, text, f"0 to {LATEST_MIN} minutes"))
    return timedelta(minutes=min(max(minutes, 0), LATEST_MIN))
