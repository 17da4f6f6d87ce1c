"""What the platform does not know about campaigns: declared by people, or read from a file; each time with an entry.

Rules:
* A fact has the value that was said last, by `declare` or by the file.
* The file speaks when it says something else than it did when it was adopted last; unchanged, it says nothing.
* What the file names no longer is withdrawn, unless somebody has declared it since.
* Rows and entry are written in one transaction. A declaration that changes nothing is no entry, and not remembered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from paceline.control.facts.declared import NONE, CampaignFacts, Declaration, Said, Source, Spoken, facts_from
from paceline.control.facts.facts_file import FactsFile
from paceline.control.facts.known_facts import ACTIVE_LIMIT, LABEL
from paceline.control.order import Order
from paceline.ledger import drafts
from paceline.ledger.appending import hold_head
from paceline.ledger.book import Book
from paceline.ledger.entry import Deed
from paceline.ledger.failures import at_the_ledger
from paceline.primitives.canonical import Json, canonical_json
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId, EntryId
from paceline.storage.database import Database
from paceline.storage.prepared import Prepared, Value
from paceline.storage.tables import CAMPAIGN_FACTS

DECLARED = "facts.declare"
"""The kind of the entry of a declaration."""
_FACTS = CAMPAIGN_FACTS.c
_ALL = select(_FACTS.campaign, _FACTS.fact, _FACTS.source, _FACTS.value, _FACTS.entry).where(
    _FACTS.tenant == bindparam("tenant")
)
_ALL_SAID, _ALL_OF = Prepared(_ALL), Prepared(_ALL.where(_FACTS.campaign == bindparam("campaign")))
_NAMED = _ALL.where(_FACTS.fact.in_(bindparam("names", expanding=True)))
_WITHDRAW = Prepared(
    delete(CAMPAIGN_FACTS).where(
        *(_FACTS[name] == bindparam(name) for name in ("tenant", "campaign", "fact", "source"))
    )
)
_SAY = Prepared(insert(CAMPAIGN_FACTS))


class FactsMovedError(PacelineError):
    """somebody else declared facts since they were looked at"""

    code = "facts-moved"


class Facts:
    """The facts of one tenant; serves all threads, and any number of processes on one database."""

    def __init__(self, database: Database, book: Book) -> None:
        """Keep the facts beside this book, in the same database."""
        self._database = database
        self._book = book

    def declare(self, campaign: CampaignId | None, facts: Mapping[str, Json], order: Order) -> Declaration:
        """Say these facts of a campaign, or of the whole tenant, and return what that changed.

        Args:
            campaign: None is the whole tenant.
            facts: as `known_facts.judged` returns them; None withdraws.
            order: who says so, and why; a dry run writes nothing. `if_revision` is the tag of the facts that were
                looked at, as `tag` tells it; * is whatever there is.

        Raises:
            FactsMovedError: somebody else declared since they were looked at.
            LedgerUnavailableError: nothing was declared.
        """

        def work(connection: Connection) -> Declaration:
            hold_head(connection, self._book.tenant)  # nobody else declares between the look and the entry
            known = self._spoken(connection, campaign)
            _hold_tag(known, order)
            new = {name: value for name, value in facts.items() if known.get(name, Spoken()).value != value}
            return self._declared(connection, campaign, new, known=known, order=order, source=Source.DECLARED)

        def look(connection: Connection) -> Declaration:
            known = self._spoken(connection, campaign)
            _hold_tag(known, order)
            before = {name: known.get(name, Spoken()).value for name in facts}
            new = {name: value for name, value in facts.items() if before[name] != value}
            return Declaration(campaign=campaign, facts=new, before={name: before[name] for name in new})

        with at_the_ledger():
            return self._database.read(look) if order.dry_run else self._database.write(work)

    def adopt(self, file: FactsFile, order: Order) -> tuple[Declaration, ...]:
        """Let the file speak, and return what that changed: one declaration for each campaign that it concerns.

        Args:
            file: as `read_facts` returns it.
            order: who lets it speak; the reason is the file's name when it says none. A file is never a dry run.

        Raises:
            LedgerUnavailableError: nothing was adopted.
        """

        def unheard(connection: Connection) -> bool:
            return any(self._news(file, self._all(connection)).values())

        def work(connection: Connection) -> tuple[Declaration, ...]:
            hold_head(connection, self._book.tenant)
            everything = self._all(connection)
            news = self._news(file, everything)
            concerned = [campaign for campaign in sorted(news, key=lambda one: one or "") if news[campaign]]
            made = [
                self._heard(connection, campaign, news[campaign], known=everything.get(campaign, {}), order=order,
                            file=file)
                for campaign in concerned
            ]  # fmt: skip
            return tuple(one for one in made if one.entry is not None)

        with at_the_ledger():
            # At most starts of a command the file says nothing new, and nothing is locked for it.
            return self._database.write(work) if self._database.read(unheard) else ()

    def of(self, campaign: CampaignId) -> CampaignFacts:
        """Return what is known of a campaign.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        with at_the_ledger():
            found = self._database.read(lambda connection: self._spoken(connection, campaign))
        return facts_from(campaign, found)

    def of_all(self, campaigns: Collection[CampaignId]) -> dict[CampaignId, CampaignFacts]:
        """Return what is known of each of these campaigns, by one reading for all of them.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        with at_the_ledger():
            found = self._database.read(self._all)
        return {campaign: facts_from(campaign, found.get(campaign, {})) for campaign in campaigns}

    def tag(self, campaign: CampaignId | None) -> str:
        """Return what changes with each fact of a campaign, or of the whole tenant.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        with at_the_ledger():
            return _tag_of(self._database.read(lambda connection: self._spoken(connection, campaign)))

    def labelled(self, labels: Mapping[str, str]) -> frozenset[CampaignId]:
        """Return the campaigns that have all these labels; without a label, none.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        if not all(name.isprintable() for name in labels):
            return frozenset()  # none can be declared, and not every database can be asked for it
        names = [f"{LABEL}{name}" for name in labels]
        with at_the_ledger():
            found = self._database.read(lambda connection: self._all(connection, names=names))
        return frozenset(
            campaign
            for campaign, spoken in found.items()
            if campaign is not None
            and labels
            and all(f"{LABEL}{name}" in spoken and spoken[f"{LABEL}{name}"].value == labels[name] for name in labels)
        )

    def of_the_tenant(self) -> dict[str, Json]:
        """Return what counts for all campaigns, by the names of the facts.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        with at_the_ledger():
            found = self._database.read(lambda connection: self._spoken(connection, None))
        return {name: spoken.value for name, spoken in found.items() if spoken.value is not None}

    def active_limit(self) -> int | None:
        """Return how many campaigns may be active at once; None where nobody declared it.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        with at_the_ledger():
            found = self._database.read(lambda connection: self._spoken(connection, None))
        value = found[ACTIVE_LIMIT].value if ACTIVE_LIMIT in found else None
        return value if isinstance(value, int) else None

    def _news(
        self, file: FactsFile, everything: Mapping[CampaignId | None, Mapping[str, Spoken]]
    ) -> dict[CampaignId | None, dict[str, Json]]:
        """Return what the file says otherwise than when it was adopted last; None is what it names no longer."""
        news: dict[CampaignId | None, dict[str, Json]] = {}
        for campaign in {*everything, *file.facts}:
            told = {
                name: spoken.by[Source.FILE].value
                for name, spoken in everything.get(campaign, {}).items()
                if Source.FILE in spoken.by
            }
            says = file.facts.get(campaign, NONE)
            names = sorted({*told, *says})
            news[campaign] = {name: says.get(name) for name in names if says.get(name) != told.get(name)}
        return news

    def _heard(
        self,
        connection: Connection,
        campaign: CampaignId | None,
        news: Mapping[str, Json],
        *,
        known: Mapping[str, Spoken],
        order: Order,
        file: FactsFile,
    ) -> Declaration:
        """Keep what the file says now; what that changes is an entry."""
        new: dict[str, Json] = {}
        for name, value in news.items():
            last = known[name].last if name in known else None
            withdraws_declared = value is None and last is not None and last.source is Source.DECLARED
            if last is None or (value != last.value and not withdraws_declared):
                new[name] = value
            else:
                entry = known[name].by[Source.FILE].entry if withdraws_declared else last.entry
                self._keep(connection, campaign, {name: value}, source=Source.FILE, entry=entry)
        return self._declared(connection, campaign, new, known=known, order=order, source=Source.FILE, file=file)

    def _declared(
        self,
        connection: Connection,
        campaign: CampaignId | None,
        new: Mapping[str, Json],
        *,
        known: Mapping[str, Spoken],
        order: Order,
        source: Source,
        file: FactsFile | None = None,
    ) -> Declaration:
        """Write the entry and the rows; nothing where nothing is new."""
        if not new:
            return Declaration(campaign=campaign)
        before = {name: known[name].value if name in known else None for name in new}
        details: dict[str, Json] = {"facts": new, "before": before}
        if file is not None:
            details["file"] = {"name": file.name, "sha256": file.digest}
        deed = Deed(
            kind=DECLARED,
            campaign=campaign,
            actor=order.actor,
            reason=order.reason if file is None else order.reason or file.name,
            ticket=order.ticket,
            details=details,
        )
        row = self._book.put(connection, drafts.noted(deed, at=self._book.now()))
        self._keep(connection, campaign, new, source=source, entry=row.entry)
        return Declaration(campaign=campaign, facts=dict(new), before=before, entry=row.entry)

    def _keep(
        self,
        connection: Connection,
        campaign: CampaignId | None,
        facts: Mapping[str, Json],
        *,
        source: Source,
        entry: EntryId,
    ) -> None:
        whose = {"tenant": self._book.tenant, "campaign": campaign or ""}
        for name, value in facts.items():
            key: dict[str, Value] = {**whose, "fact": name, "source": source.value}
            _WITHDRAW.run(connection, key)
            _SAY.run(connection, {**key, "value": canonical_json(value), "entry": entry})

    def _spoken(self, connection: Connection, campaign: CampaignId | None) -> dict[str, Spoken]:
        return self._all(connection, campaign=campaign or "").get(campaign, {})

    def _all(
        self, connection: Connection, *, campaign: str | None = None, names: Iterable[str] | None = None
    ) -> dict[CampaignId | None, dict[str, Spoken]]:
        whose: dict[str, Value] = {"tenant": self._book.tenant}
        rows: Iterable[Any]
        if names is not None:
            rows = connection.execute(_NAMED, {**whose, "names": list(names)})
        elif campaign is not None:
            rows = _ALL_OF.run(connection, {**whose, "campaign": campaign})
        else:
            rows = _ALL_SAID.run(connection, whose)
        found: dict[CampaignId | None, dict[str, Spoken]] = {}
        for of, fact, source, value, entry in rows:
            spoken = found.setdefault(CampaignId(of) if of else None, {})
            said = Said(json.loads(value), Source(source), EntryId(entry))
            spoken.setdefault(fact, Spoken()).by[said.source] = said
        return found


def _tag_of(known: Mapping[str, Spoken]) -> str:
    """Return what differs when any fact does; a fact that was withdrawn and one that nobody said are the same."""
    said = {name: spoken.value for name, spoken in known.items() if spoken.value is not None}
    return hashlib.sha256(canonical_json(said).encode()).hexdigest()[:32]


def _hold_tag(known: Mapping[str, Spoken], order: Order) -> None:
    if order.named_revision not in {None, "*", _tag_of(known)}:
        raise FactsMovedError("the facts have changed since they were looked at", hint="look again, then declare")
