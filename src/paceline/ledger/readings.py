"""What the platform reported, kept so that an auditor can be told what was in force, since when, and by whom.

A read whose revision is new becomes a row of the chain, with the settings. A read of the revision that was seen last
only moves the end of its sighting, in a table beside the chain. `history` says what follows from the sightings.

Looks are ordered by the instants that the callers give, so their clocks have to agree better than changes follow
each other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Text, and_, bindparam, case, cast, distinct, func, insert, or_, select, update

from paceline.ledger import drafts
from paceline.ledger.appending import append, hold_head
from paceline.ledger.book import Book
from paceline.ledger.entry import Actor, Step, instant_from, instant_text
from paceline.ledger.failures import at_the_ledger
from paceline.ledger.history import SettingsAt, Sighting, settings_from
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, EntryId
from paceline.storage.database import Database
from paceline.storage.prepared import Prepared, Value
from paceline.storage.tables import LEDGER_ENTRIES, LEDGER_SIGHTINGS

_SEEN = LEDGER_SIGHTINGS.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One look at a campaign.

    Attributes:
        revision: the platform's mark; another one whenever the settings were changed.
        at: when the platform answered.
        made_by: the entry that made this revision, when this is the answer to its request.
        part: which of the platform's documents, where it has several with revisions of their own; None is the campaign.
    """

    campaign: CampaignId
    revision: str
    at: datetime
    settings: Mapping[str, Json]
    made_by: EntryId | None = None
    part: str | None = None


class Readings:
    """What was read of one tenant's campaigns, in the ledger of the same tenant."""

    def __init__(self, database: Database, book: Book) -> None:
        """Keep the settings in this book's chain, and the sightings beside it."""
        self._database = database
        self._book = book
        self._tenant = book.tenant

    def keep(self, readings: Iterable[Reading]) -> None:
        """Keep these looks, in one transaction; a revision that is known already costs no row of the chain.

        Raises:
            LedgerUnavailableError: none of them was kept.
        """
        looks = list(readings)

        def keep_all(connection: Connection) -> None:
            for look in looks:
                self.put(connection, look)

        with at_the_ledger():
            self._database.write(keep_all)

    def put(self, connection: Connection, look: Reading) -> None:
        """Keep one look in a transaction of the caller's own."""
        at = instant_text(look.at)
        hold_head(connection, self._tenant)  # nobody else judges now what is new
        known = self._known(connection, look, at)
        subject = subject_of(look.campaign, look.part)
        key: dict[str, Value] = {"tenant": self._tenant, "campaign": subject, "revision": look.revision}
        if known is None:
            sequence = self._append(connection, look)
            seen: dict[str, Value] = {"first_seen": at, "last_seen": at, "made_by": look.made_by, "sequence": sequence}
            _INSERT.run(connection, {**key, **seen})
            return
        is_newly_ours = look.made_by is not None and known.made_by is None
        sequence = self._append(connection, look) if is_newly_ours else known.sequence
        after = {
            "first_seen": min(at, known.first_seen),
            "last_seen": max(at, known.last_seen),
            "made_by": look.made_by or known.made_by,
            "sequence": sequence,
        }
        named: dict[str, Value] = {f"new_{name}": value for name, value in after.items()}
        _UPDATE.run(
            connection, {**named, **{f"of_{name}": value for name, value in key.items()}, "of_first": known.first_seen}
        )

    def settings_at(self, campaign: CampaignId, instant: datetime, part: str | None = None) -> SettingsAt:
        """Return what is known of a campaign's settings, or of a part of them, at an instant.

        Raises:
            LedgerUnavailableError: the ledger cannot be read now.
        """
        return settings_from(self.sightings(campaign, part), campaign=campaign, instant=instant)

    def sightings(self, campaign: CampaignId, part: str | None = None) -> list[Sighting]:
        """Return every revision that was seen of a campaign, or of a part of it, the oldest first.

        Raises:
            LedgerUnavailableError: the ledger cannot be read now.
        """
        of: dict[str, Value] = {"tenant": self._tenant, "campaign": subject_of(campaign, part)}
        with at_the_ledger():
            found = self._database.read(lambda connection: _SIGHTINGS.run(connection, of))
        return sorted((_sighting(dict(zip(_SIGHTED, values, strict=True))) for values in found), key=_order)

    def unexplained(self) -> frozenset[CampaignId]:
        """Return the campaigns of which a revision beside the first may have been made by no entry of ours.

        One question to the database for all of them; of a campaign that is not among these, every revision that was
        seen after the first is ours. The first is told by its number, and where one has none by its instant too.

        Raises:
            LedgerUnavailableError: the ledger cannot be read now.
        """
        with at_the_ledger():
            found = self._database.read(
                lambda connection: connection.execute(_UNEXPLAINED, {"of": self._tenant}).scalars().all()
            )
        return frozenset(CampaignId(campaign) for campaign in found)

    def _append(self, connection: Connection, look: Reading) -> int:
        draft = drafts.reading(
            campaign=look.campaign,
            part=look.part,
            revision=look.revision,
            settings=look.settings,
            made_by=look.made_by,
            at=look.at,
        )
        return append(connection, self._tenant, draft).sequence

    def _known(self, connection: Connection, look: Reading, at: str) -> _Known | None:
        """Return the sighting that this look belongs to: the same revision, and no other one seen in between.

        A platform may tell whole seconds only, so what was first seen at the same instant lies not in between.
        """
        subject = subject_of(look.campaign, look.part)
        of: dict[str, Value] = {"tenant": self._tenant, "campaign": subject, "revision": look.revision, "at": at}
        # Most looks are newer than all others: the same revision once more, or the first that shows another.
        for revision, *values in _LAST.run(connection, of):
            found = _Known(*values)
            if revision == look.revision and found.first_seen <= at:
                return found
            if found.last_seen < at and _is_later(look.revision, revision):
                return None
        for asked in (_LAST_BEFORE, _FIRST_AFTER):
            for values in asked.run(connection, of):
                found = _Known(*values)
                if found.first_seen <= at <= found.last_seen:
                    return found  # known to be so already, whatever a late look has found in between
                start, end = sorted((at, found.last_seen if found.first_seen <= at else found.first_seen))
                if not _BETWEEN.run(connection, {**of, "start": start, "end": end}):
                    return found
        return None


class _Known(NamedTuple):
    """A sighting as it lies in the table."""

    first_seen: str
    last_seen: str
    sequence: int
    made_by: int | None


_SAME = select(_SEEN.first_seen, _SEEN.last_seen, _SEEN.sequence, _SEEN.made_by).where(
    _SEEN.tenant == bindparam("tenant"),
    _SEEN.campaign == bindparam("campaign"),
    _SEEN.revision == bindparam("revision"),
)
_LAST = Prepared(
    select(_SEEN.revision, _SEEN.first_seen, _SEEN.last_seen, _SEEN.sequence, _SEEN.made_by)
    .where(_SEEN.tenant == bindparam("tenant"), _SEEN.campaign == bindparam("campaign"))
    .order_by(_SEEN.first_seen.desc(), _SEEN.sequence.desc())
    .limit(1)
)
_LAST_BEFORE = Prepared(_SAME.where(_SEEN.first_seen <= bindparam("at")).order_by(_SEEN.first_seen.desc()).limit(1))
_FIRST_AFTER = Prepared(_SAME.where(_SEEN.first_seen > bindparam("at")).order_by(_SEEN.first_seen).limit(1))
_BETWEEN = Prepared(
    select(_SEEN.sequence)
    .where(
        _SEEN.tenant == bindparam("tenant"),
        _SEEN.campaign == bindparam("campaign"),
        _SEEN.revision != bindparam("revision"),
        _SEEN.first_seen > bindparam("start"),
        _SEEN.first_seen < bindparam("end"),
    )
    .limit(1)
)
_INSERT = Prepared(insert(LEDGER_SIGHTINGS))
_UPDATE = Prepared(
    update(LEDGER_SIGHTINGS)
    .where(
        _SEEN.tenant == bindparam("of_tenant"),
        _SEEN.campaign == bindparam("of_campaign"),
        _SEEN.revision == bindparam("of_revision"),
        _SEEN.first_seen == bindparam("of_first"),
    )
    .values({name: bindparam(f"new_{name}") for name in ("first_seen", "last_seen", "made_by", "sequence")})
)
_READING = LEDGER_ENTRIES.alias("reading")
_OPENED = LEDGER_ENTRIES.alias("opened")
_INTENT = LEDGER_ENTRIES.alias("intent")
_SIGHTED = (*_SEEN.keys(), "said", "opening", "sent_at")
_SIGHTINGS = Prepared(
    select(
        LEDGER_SIGHTINGS,
        _READING.c.body.label("said"),
        _OPENED.c.body.label("opening"),
        select(func.max(_INTENT.c.at))
        .where(_INTENT.c.tenant == _SEEN.tenant, _INTENT.c.entry == _SEEN.made_by, _INTENT.c.step == Step.INTENT.value)
        .scalar_subquery()
        .label("sent_at"),
    )
    .join(_READING, and_(_READING.c.tenant == _SEEN.tenant, _READING.c.sequence == _SEEN.sequence))
    .outerjoin(_OPENED, and_(_OPENED.c.tenant == _SEEN.tenant, _OPENED.c.sequence == _SEEN.made_by))
    .where(_SEEN.tenant == bindparam("tenant"), _SEEN.campaign == bindparam("campaign"))
    .order_by(_SEEN.first_seen, _SEEN.sequence)
)
_NOBODYS, _OURS = _SEEN.made_by.is_(None), _SEEN.made_by.is_not(None)
# Of two numbers without leading zeros the longer is the higher one: as a text with its length before it sorts so too.
_NUMBER = cast(func.length(_SEEN.revision) + 1000, Text).concat(_SEEN.revision)
_NO_NUMBER = or_(func.trim(_SEEN.revision, "0123456789") != "", _SEEN.revision.like("0_%"))
_UNEXPLAINED = (
    select(_SEEN.campaign)
    .where(_SEEN.tenant == bindparam("of"))
    .group_by(_SEEN.campaign)
    .having(
        or_(
            func.count(distinct(case((_NOBODYS, _SEEN.revision)))) > 1,
            and_(
                func.max(case((_NO_NUMBER, 1), else_=0)) == 1,
                func.min(case((_OURS, _SEEN.first_seen))) <= func.max(case((_NOBODYS, _SEEN.first_seen))),
            ),
            func.min(case((_OURS, _NUMBER))) <= func.max(case((_NOBODYS, _NUMBER))),
        )
    )
)


def subject_of(campaign: CampaignId, part: str | None) -> str:
    """Return the name under which sightings are kept; no campaign's id holds the stroke."""
    return campaign if part is None else f"{campaign}/{part}"


def _is_later(revision: str, other: str) -> bool:
    """Return whether a revision is a number that came after another: it cannot have been seen before that."""
    return revision.isdecimal() and other.isdecimal() and int(revision) > int(other)


def _order(seen: Sighting) -> tuple[datetime, int]:
    """Return the place of a sighting; of two that were first seen at one instant, the higher revision came later."""
    return seen.first_seen, int(seen.revision) if seen.revision.isdecimal() else 0


def _sighting(values: dict[str, Any]) -> Sighting:
    actor = json.loads(values["opening"])["actor"] if values["opening"] else None
    return Sighting(
        revision=values["revision"],
        first_seen=instant_from(values["first_seen"]),
        last_seen=instant_from(values["last_seen"]),
        settings=json.loads(values["said"])["settings"],
        sequence=values["sequence"],
        made_by=None if values["made_by"] is None else EntryId(values["made_by"]),
        sent_at=None if values["sent_at"] is None else instant_from(values["sent_at"]),
        actor=None if actor is None else Actor(name=actor["name"], known_by=actor["known_by"]),
    )
