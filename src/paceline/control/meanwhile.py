"""What somebody else changed between two looks at a campaign: which field, both values, and who.

Who made a revision is known when it was one of ours and its entry says so. While an entry that may have made it has not
ended, it is named beside the other possibility. Everything else was done outside paceline.

* `change.conflict`: nobody has changed the campaign since it was judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from paceline.campaign.observed import Document, Observed
from paceline.control.looks import part_of
from paceline.control.recorder import Recorder
from paceline.control.revisions import follows
from paceline.ledger.history import Sighting
from paceline.ledger.numbers import WORD, without_numbers
from paceline.ledger.readings import Readings
from paceline.primitives.canonical import Json, canonical_json
from paceline.primitives.findings import Figure, Finding, Findings, Severity
from paceline.primitives.ids import CampaignId, EntryId, Version

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
        busy = self._at_it(now.campaign, own)
        return self._told(judged, now, busy, self._sightings(now), severity=severity)

    def _told(
        self, judged: Observed, now: Observed, busy: list[_AtIt], sightings: list[Sighting], *, severity: Severity
    ) -> Findings:
        judged, now = _plain(judged), _plain(now)
        fields = sorted(name for name in {*judged.document, *now.document} - now.moving if _differs(name, judged, now))
        found = [
            _finding(
                name,
                judged.document.get(name),
                now.document.get(name),
                by=_maker(name, judged, now, sightings) or _perhaps(busy, judged.version, now.version),
                severity=severity,
            )
            for name in fields
        ]
        if not found:
            by = _maker_of(now, sightings) or _perhaps(busy, judged.version, now.version)
            found = [_finding("revision", judged.revision, now.revision, by=by, severity=severity)]
        return Findings(*found)

    def since(self, named: str, now: Observed, *, severity: Severity, own: EntryId) -> Findings:
        """Return what changed since a revision that somebody looked at, as far as that revision was ever seen here.

        Raises:
            LedgerUnavailableError: nobody can tell who made it.
        """
        busy = self._at_it(now.campaign, own)
        sightings = self._sightings(now)
        seen = next((one for one in sightings if one.revision == named), None)
        if seen is not None:
            number = int(named) if named.isdecimal() else None
            judged = replace(now, document=seen.settings, version=Version(named), revision=number)
            return self._told(judged, now, busy, sightings, severity=severity)
        by = _maker_of(now, sightings) or _perhaps(busy, named, now.version)
        return Findings(_finding("revision", named, now.revision or now.version, by=by, severity=severity))

    def _sightings(self, of: Observed) -> list[Sighting]:
        """Return what was seen, with phone numbers in place of the words that stand for them in the chain."""
        sightings = self._readings.sightings(of.campaign, part_of(of))
        return [replace(seen, settings=self._revealed(seen.settings)) for seen in sightings]

    def _revealed(self, settings: Document) -> Document:
        told = self._recorder.book.revealed(settings) if WORD in canonical_json(settings) else settings
        return told if isinstance(told, Mapping) else settings

    def _at_it(self, campaign: CampaignId, own: EntryId) -> list[_AtIt]:
        """Return those who have sent something and do not know yet what became of it."""
        others = [other for other in self._recorder.unended(campaigns=[campaign]) if other.entry != own]
        sent = [(other, self._recorder.book.read(other.entry).intent) for other in others]
        return [
            _AtIt(named=f"{other.actor} (entry {other.entry})", judged=str(intent["judged"]))
            for other, intent in sent
            if intent is not None
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _AtIt:
    """Somebody whose request was judged on a revision, and may have made the next one."""

    named: str
    judged: str


def _plain(observed: Observed) -> Observed:
    """Return the campaign with its phone numbers written as the ledger gives them back."""
    written = without_numbers(observed.document, lambda number: number)
    return replace(observed, document=written) if isinstance(written, Mapping) else observed


def _differs(name: str, judged: Observed, now: Observed) -> bool:
    return judged.document.get(name) != now.document.get(name)


def _maker(name: str, judged: Observed, now: Observed, sightings: list[Sighting]) -> str | None:
    """Return who gave a field its present value, None when no entry says that it did."""
    value, version = judged.document.get(name), judged.version
    maker: str | None = None
    for seen in _between(judged, now, sightings):
        if seen.settings.get(name) != value:
            value = seen.settings.get(name)
            # Between revisions that do not follow each other lies one that nobody saw.
            maker = _named(seen) if follows(version, seen.revision) else None
        version = Version(seen.revision)
    return maker if value == now.document.get(name) else None


def _maker_of(now: Observed, sightings: list[Sighting]) -> str | None:
    return next((_named(seen) for seen in reversed(sightings) if seen.revision == now.version), None)


def _between(judged: Observed, now: Observed, sightings: Iterable[Sighting]) -> list[Sighting]:
    """Return the sightings after the judged one, up to that of now: what came later still is not asked for."""
    seen = list(sightings)
    place = next((index for index, one in enumerate(seen) if one.revision == judged.version), -1)
    end = next((index for index, one in enumerate(seen) if index > place and one.revision == now.version), len(seen))
    return seen[place + 1 : end + 1]


def _named(seen: Sighting) -> str | None:
    return None if seen.actor is None else f"{seen.actor.name} (entry {seen.made_by})"


def _perhaps(busy: list[_AtIt], since: str, until: str) -> str:
    """Return who may have made a revision after one, up to another, that no ended entry made."""
    named = [one.named for one in busy if _lies(one.judged, since, until)]
    return " or ".join([*named, OUTSIDE])


def _lies(judged: str, since: str, until: str) -> bool:
    """Return whether the revision after the judged one can be among these; where marks are no numbers, it can."""
    if not (judged.isdecimal() and since.isdecimal() and until.isdecimal()):
        return True
    return int(since) <= int(judged) < int(until)


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
    return "nothing" if value is None else str(_figure(value))


def _figure(value: Json) -> Figure:
    return value if value is None or isinstance(value, str | int | float | bool) else canonical_json(value)
