"""From entries of the ledger to runs of a tracking server; pure.

* A change of weights that was applied is a run: the weights before and after, what was predicted, and once it was
  measured what came of it, in the same run.
* A fitted twin is a run: its parameters, and how often its intervals held.
* Reason and ticket go along as tags; people do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from paceline.control.weighing.weighed import said_of, took_effect
from paceline.ledger.entry import Entry, Step
from paceline.primitives.canonical import Json
from paceline.primitives.ids import TenantId
from paceline.tracking.run import Picture, Run

CHANGED, MEASURED, FITTED = "weights.set", "weights.measured", "twin.fitted"
"""Kinds of entries that are sent."""
_LONGEST_NAME = 250


def run_of(
    entry: Entry, *, tenant: TenantId, measured: Entry | None = None, pictures: tuple[Picture, ...] = ()
) -> Run | None:
    """Return the run of an entry; None where it is none.

    Args:
        entry: a change of weights, or the note of a fitted twin.
        tenant: whose ledger.
        measured: the note of what came of the change, where there is one.
        pictures: beside it.
    """
    if entry.campaign is None:
        return None
    if entry.kind == FITTED:
        details, name = _details(entry, Step.NOTED), f"twin of {entry.campaign}"
        parameters, metrics = dict(_settings("twin", details.get("data"))), dict(_twin(details))
    elif entry.kind == CHANGED and took_effect(entry):
        details, name = {**_details(entry, Step.CLOSED), **said_of(entry)}, f"weights of {entry.campaign}"
        parameters = {**dict(_weights("before", details)), **dict(_weights("after", details))}
        metrics = dict(_predicted(details.get("evidence")))
        metrics |= {} if measured is None else dict(_realised(_details(measured, Step.NOTED)))
    else:
        return None
    opened = entry.rows[0].document
    tags = {name: str(opened[name]) for name in ("reason", "ticket") if opened.get(name) is not None}
    return Run(
        experiment=f"paceline/{entry.campaign}"[:_LONGEST_NAME],
        key=f"{tenant}:{entry.number}",
        name=f"{name}, entry {entry.number}",
        at=entry.at,
        parameters={"campaign": str(entry.campaign), **parameters},
        metrics=metrics,
        tags={"paceline.entry": str(entry.number), "paceline.kind": entry.kind, **tags},
        pictures=pictures,
    )


def _details(entry: Entry, step: Step) -> Mapping[str, Json]:
    row = next((one for one in entry.rows if one.step is step), None)
    details = None if row is None else row.document.get("details")
    return details if isinstance(details, Mapping) else {}


def _weights(when: str, details: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    shown = details.get(when)
    yield from _settings(when, shown if isinstance(shown, Mapping) else {})


def _settings(name: str, value: Json) -> Iterator[tuple[str, str]]:
    """Yield whatever stands in a document as parameters, each by its path."""
    if isinstance(value, Mapping):
        for key in sorted(value):
            yield from _settings(f"{name}.{key}", value[key])
    elif value is not None and not isinstance(value, list):
        yield name, str(value)


def _twin(details: Mapping[str, Json]) -> Iterator[tuple[str, float]]:
    parameters = details.get("parameters")
    for one in parameters if isinstance(parameters, list) else []:
        if isinstance(one, Mapping):
            yield from _numbers(f"parameter.{one.get('name')}", one)
    standing = details.get("standing")
    coverage = standing.get("coverage") if isinstance(standing, Mapping) else None
    for one in coverage if isinstance(coverage, list) else []:
        if isinstance(one, Mapping):
            yield from _numbers(f"coverage.{one.get('measure')}", one)


def _predicted(evidence: Json) -> Iterator[tuple[str, float]]:
    if not isinstance(evidence, Mapping):
        return
    yield from _numbers("evidence", evidence)
    metrics = evidence.get("metrics")
    for one in metrics if isinstance(metrics, list) else []:
        if isinstance(one, Mapping):
            yield from _numbers(f"predicted.{one.get('metric')}", one.get("difference"))
            yield from _numbers(f"predicted.{one.get('metric')}", one)


def _realised(details: Mapping[str, Json]) -> Iterator[tuple[str, float]]:
    metrics = details.get("metrics")
    for one in metrics if isinstance(metrics, list) else []:
        realised = one.get("realised") if isinstance(one, Mapping) else None
        if isinstance(realised, Mapping) and isinstance(one, Mapping):
            yield from _numbers(f"realised.{one.get('metric')}", realised.get("difference"))
    accuracy = details.get("accuracy")
    for one in accuracy if isinstance(accuracy, list) else []:
        if isinstance(one, Mapping):
            yield from _numbers(f"accuracy.{one.get('metric')}.coverage", one.get("coverage"))
            yield from _numbers(f"accuracy.{one.get('metric')}", one)


def _numbers(name: str, value: Json) -> Iterator[tuple[str, float]]:
    """Yield the numbers that stand directly in an object."""
    if isinstance(value, Mapping):
        for key in sorted(value):
            told = value[key]
            if isinstance(told, int | float) and not isinstance(told, bool):
                yield f"{name}.{key}", float(told)
