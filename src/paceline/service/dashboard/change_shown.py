"""A change as its page tells it: what was asked, each row of its entry as a step in time, what is other than before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from paceline.campaign.catalogue import CATALOGUE
from paceline.campaign.observed import WAITS_HERE, Stage
from paceline.control.approving.findings import is_same_person
from paceline.control.undoing import NoWayBackError, way_back
from paceline.ledger.entry import Entry, Step
from paceline.ledger.shown import ended_word, entry_document, part, rows_document
from paceline.primitives.canonical import Json
from paceline.primitives.ids import EntryId
from paceline.service.dashboard.evidence_shown import MetricRow, rows_of
from paceline.service.dashboard.shown import plain
from paceline.service.dashboard.visitors import Visitor
from paceline.service.parts import Parts

_TITLES = {
    Step.OPENED.value: "Asked for",
    Step.INTENT.value: "About to be sent",
    Step.CLOSED.value: "Ended",
    Step.VERDICT.value: "Looked at again",
    Step.NOTED.value: "Noted",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepShown:
    """One row of an entry: what it says in words, and whole, as it is hashed."""

    sequence: int
    at: str
    title: str
    told: str
    body: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One setting before and after; `differs` is None where nobody saw it afterwards."""

    name: str
    before: Json
    after: Json
    differs: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeShown:
    """A change, or anything else that the ledger holds as an entry.

    Attributes:
        document: as `GET /v1/changes/N` tells it.
        stage: how far it has come; None when it has ended or is none.
        ended: how it ended; `open` where it did not, `noted` where there was nothing to wait for.
        asked_for: what was wanted, by the names of its fields.
        forecast: what was expected of it when it was judged; empty where nothing was asked.
        evidence: what data said of it then, or why they said nothing; empty where nobody asked.
        metrics: each metric of that evidence.
        trouble: why it was not made though its hour has come.
        put_aside: whether it waits for a person because of that.
        verbs: what the visitor may do about it, the word and its label.
        why_not: why the visitor may not do what others may.
    """

    document: Mapping[str, Json]
    stage: Stage | None
    ended: str
    steps: tuple[StepShown, ...]
    asked_for: tuple[tuple[str, Json], ...]
    differences: tuple[Difference, ...]
    diverged: tuple[Difference, ...]
    approval: Mapping[str, Json] | None
    forecast: Mapping[str, Json]
    evidence: Mapping[str, Json]
    metrics: tuple[MetricRow, ...]
    trouble: str | None
    put_aside: bool
    verbs: tuple[tuple[str, str], ...]
    why_not: tuple[str, ...]

    @property
    def goes_on(self) -> bool:
        """Whether it has not come to its end."""
        return self.stage is not None


def change_shown(parts: Parts, number: EntryId, who: Visitor) -> ChangeShown:
    """Return an entry of the ledger as its page tells it to a visitor.

    Raises:
        EntryNotFoundError: there is none.
        LedgerUnavailableError: it cannot be read now.
    """
    system = parts.system
    entry = system.book.read(number)
    stage, asked = system.unended.stage_of(entry), system.desk.of(number)
    document = entry_document(entry)
    closed = part(entry.closed.document, "details") if entry.closed else {}
    waiting = _unended(parts, entry) if stage is not None else {}
    verbs, why_not = _verbs(entry, stage, who)
    against = None if asked is None or stage is not Stage.WAITS_FOR_APPROVAL else asked.against(who.name)
    if against is not None:
        verbs = tuple(one for one in verbs if one[0] != "approve")
        why_not = (*why_not, against.message)
    return ChangeShown(
        document=document,
        stage=stage,
        ended=ended_word(entry),
        steps=tuple(_step(row) for row in rows_document(entry) if isinstance(row, Mapping)),
        asked_for=_asked_for(document),
        differences=tuple(_differences(part(closed, "before"), part(closed, "after"))),
        diverged=_diverged(entry),
        approval=None if asked is None else asked.document(),
        forecast=part(closed, "forecast"),
        evidence=part(closed, "evidence"),
        metrics=tuple(rows_of(part(closed, "evidence"))),
        trouble=None if "trouble" not in waiting else str(waiting["trouble"] or "nobody knows why"),
        put_aside=waiting.get("put_aside") is True,
        verbs=verbs,
        why_not=why_not,
    )


def _unended(parts: Parts, entry: Entry) -> Mapping[str, Json]:
    named = [] if entry.campaign is None else [entry.campaign]
    found = parts.system.unended.documents(campaigns=named)
    return next((one for one in found if one["entry"] == entry.number), {})


def _verbs(entry: Entry, stage: Stage | None, who: Visitor) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    found: list[tuple[str, str]] = []
    if stage is Stage.WAITS_FOR_APPROVAL and who.is_approver:
        found += [("approve", "Approve"), ("reject", "Reject")]
    if stage in WAITS_HERE and who.is_operator:
        found.append(("cancel", "Withdraw"))
    if stage is None and entry.outcome == "applied" and who.is_operator:
        try:
            way_back(entry)
        except NoWayBackError as none:
            return tuple(found), (none.message,)
        found.append(("undo", "Undo"))
    return tuple(found), ()


def may_approve(document: Mapping[str, Json], who: Visitor) -> bool:
    """Return whether a visitor may be asked to approve what waits, as far as the list of changes tells.

    A change that the visitor asked for is for somebody else to approve.
    """
    return who.is_approver and not is_same_person(who.name, str(document["by"]))


def _asked_for(document: Mapping[str, Json]) -> tuple[tuple[str, Json], ...]:
    details = part(document, "details")
    wanted = dict(_flat(part(details, "change"))) if document["kind"] in CATALOGUE else details
    skipped = {"kind", "campaign"}
    return tuple((name, value) for name, value in wanted.items() if name not in skipped and value is not None)


def _differences(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[Difference]:
    """Yield every setting that was seen before or after, block by block."""
    was, became = dict(_flat(before)), dict(_flat(after))
    for name in dict.fromkeys([*was, *became]):
        differs = None if not after else was.get(name) != became.get(name)
        yield Difference(name=name, before=was.get(name), after=became.get(name), differs=differs)


def _flat(document: Mapping[str, Json], prefix: str = "") -> Iterator[tuple[str, Json]]:
    for name, value in document.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _diverged(entry: Entry) -> tuple[Difference, ...]:
    """Return what the platform shows otherwise than was wanted, by the last look."""
    judged = [part(row.document, "details") for row in entry.rows if row.step in {Step.CLOSED, Step.VERDICT}]
    told = judged[-1].get("differences") if judged else None
    listed = told if isinstance(told, list) else []
    return tuple(
        Difference(name=str(one["field"]), before=one["wanted"], after=one["observed"], differs=True)
        for one in listed
        if isinstance(one, Mapping)
    )


def _step(row: Mapping[str, Json]) -> StepShown:
    body, step = part(row, "body"), str(row["step"])
    sequence = row["sequence"]
    return StepShown(
        sequence=sequence if isinstance(sequence, int) else 0,
        at=str(row["at"]),
        title=_TITLES.get(step, step),
        told=_told(step, body),
        body=json.dumps(body, indent=2, ensure_ascii=False),
        hash=str(row["hash"]),
    )


def _told(step: str, body: Mapping[str, Json]) -> str:
    match step:
        case Step.OPENED.value | Step.NOTED.value:
            actor = part(body, "actor")
            return f"by {actor.get('name')} ({actor.get('known_by')})"
        case Step.INTENT.value:
            return f"judged on revision {plain(part(body, 'request').get('judged'))}"
        case Step.CLOSED.value:
            verdict = f", {body['verdict']}" if body.get("verdict") else ""
            return f"{str(body.get('outcome')).replace('_', ' ')}{verdict}"
        case Step.VERDICT.value:
            return str(body.get("verdict"))
        case _:
            return ""
