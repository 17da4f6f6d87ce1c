"""What somebody else changed between two looks at a campaign: which field, both values, and who.

Who made a revision is known when it was one of ours: its entry says so, or an entry that is still open has sent
something. Everything else was done outside paceline.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from paceline.campaign.observed import Observed
from paceline.control.recorder import Recorder
from paceline.ledger.history import Sighting
from paceline.ledger.readings import Readings
from paceline.primitives.canonical import Json
from paceline.primitives.findings import Figure, Finding, Findings, Severity
from paceline.primitives.ids import EntryId, Version

OUTSIDE = "outside paceline"
"""Who made a change that no entry of this ledger made."""


class Meanwhile:
    """Tells what changed between two looks."""

    def __init__(self, recorder: Recorder, readings: Readings) -> None:
        """Ask this ledger who made what."""
        self._recorder = recorder
        self._readings = readings

    def told(self, judged: Observed, now: Observed, *, severity: Severity, own: EntryId) -> Findings:
        """Return a finding for each field that differs, or one for the revision when none that is shown does.

        Args:
            judged: the campaign as it was judged.
            now: the campaign as it is.
            severity: `error` where the change is given up for it, `info` where it was judged again.
            own: the entry that asks, which made nothing yet.

        Raises:
            LedgerUnavailableError: nobody can tell who made it.
        """
        # First who is at it, then what was made: nobody is missed who goes from one to the other.
        busy = [
            (other.entry, other.actor)
            for other in self._recorder.unended(campaigns=[now.campaign])
            if other.entry != own and self._has_sent(other.entry)
        ]
        sightings = self._readings.sightings(now.campaign)
        fields = sorted(name for name in {*judged.document, *now.document} - now.moving if _differs(name, judged, now))
        found = [
            _finding(
                name,
                judged.document.get(name),
                now.document.get(name),
                by=_maker(name, judged, now, sightings) or _busy(busy),
                severity=severity,
            )
            for name in fields
        ]
        if not found:
            by = _maker_of(now, sightings) or _busy(busy)
            found = [_finding("revision", judged.revision, now.revision, by=by, severity=severity)]
        return Findings(*found)

    def since(self, named: str, now: Observed, *, own: EntryId) -> Findings:
        """Return what changed since a revision that somebody looked at, as far as that revision was ever seen here.

        Raises:
            LedgerUnavailableError: nobody can tell who made it.
        """
        sightings = self._readings.sightings(now.campaign)
        seen = next((one for one in sightings if one.revision == named), None)
        if seen is not None:
            number = int(named) if named.isdecimal() else None
            judged = replace(now, document=seen.settings, version=Version(named), revision=number)
            return self.told(judged, now, severity=Severity.ERROR, own=own)
        by = _maker_of(now, sightings) or OUTSIDE
        return Findings(_finding("revision", named, now.revision or now.version, by=by, severity=Severity.ERROR))

    def _has_sent(self, entry: EntryId) -> bool:
        return self._recorder.book.read(entry).intent is not None


def _differs(name: str, judged: Observed, now: Observed) -> bool:
    return judged.document.get(name) != now.document.get(name)


def _maker(name: str, judged: Observed, now: Observed, sightings: list[Sighting]) -> str | None:
    """Return who gave a field its present value, None when no entry says that it did."""
    value, version = judged.document.get(name), judged.version
    maker: str | None = None
    for seen in _after(judged, sightings):
        if seen.settings.get(name) != value:
            value = seen.settings.get(name)
            # Between revisions that do not follow each other lies one that nobody saw.
            maker = _named(seen) if _follows(version, seen.revision) else OUTSIDE
        version = Version(seen.revision)
    return maker if value == now.document.get(name) else None


def _maker_of(now: Observed, sightings: list[Sighting]) -> str | None:
    return next((_named(seen) for seen in reversed(sightings) if seen.revision == now.version), None)


def _after(judged: Observed, sightings: Iterable[Sighting]) -> list[Sighting]:
    """Return the sightings after the judged one."""
    seen = list(sightings)
    place = next((index for index, one in enumerate(seen) if one.revision == judged.version), -1)
    return seen[place + 1 :]


def _follows(earlier: str, later: str) -> bool:
    return not (earlier.isdecimal() and later.isdecimal()) or int(later) == int(earlier) + 1


def _named(seen: Sighting) -> str | None:
    return None if seen.actor is None else f"{seen.actor.name} (entry {seen.made_by})"


def _busy(busy: list[tuple[EntryId, str]]) -> str:
    return f"{busy[-1][1]} (entry {busy[-1][0]})" if busy else OUTSIDE


def _finding(name: str, was: Json, now: Json, *, by: str, severity: Severity) -> Finding:
    return Finding(
        rule="change.conflict",
        severity=severity,
        message=f"{name} was {_text(was)} when this was judged and is {_text(now)} now: changed by {by}",
        field=name,
        found=_figure(now),
        limit=_figure(was),
        source=by,
    )


def _text(value: Json) -> str:
    return "nothing" if value is None else str(value)


def _figure(value: Json) -> Figure:
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
