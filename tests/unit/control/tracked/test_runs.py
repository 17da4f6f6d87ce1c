"""From entries of the ledger to runs of a tracking server."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from paceline.control.tracked.runs import CHANGED, FITTED, MEASURED, run_of
from paceline.ledger.entry import Entry, Row, Step
from paceline.primitives.canonical import Json
from paceline.primitives.ids import EntryId, TenantId

ACME = TenantId("acme")
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
DIFFERENCE: Mapping[str, Json] = {"mean": 0.01, "low": 0.004, "high": 0.016, "half_width": 0.006}
EVIDENCE: Mapping[str, Json] = {
    "source": "twin",
    "blocks": 40,
    "abandonment_high": 0.021,
    "metrics": [{"metric": "utilisation", "difference": DIFFERENCE, "p_adjusted": 0.002, "significant": True}],
}


def row(step: Step, document: Mapping[str, Json], *, number: int = 42) -> Row:
    return Row(
        tenant=ACME, sequence=number, entry=EntryId(number), step=step, at=AT, previous="", hash="", body="",
        document=document,
    )  # fmt: skip


def opened(kind: str) -> dict[str, Json]:
    return {
        "kind": kind,
        "campaign": "CMP-1",
        "actor": {"name": "ada", "known_by": "test"},
        "reason": "tuned",
        "ticket": None,
    }


def changed(outcome: str = "applied") -> Entry:
    details: dict[str, Json] = {
        "before": {"revision": 7, "weights": {"call_rate": "0"}},
        "after": {"revision": 8, "weights": {"call_rate": "0.1"}},
        "evidence": EVIDENCE,
    }
    closed = row(Step.CLOSED, {"outcome": outcome, "verdict": "achieved", "details": details})
    return Entry(rows=(row(Step.OPENED, opened(CHANGED)), closed))


def test_change_is_a_run_with_weights_before_and_after_and_what_was_predicted() -> None:
    run = run_of(changed(), tenant=ACME)
    assert run is not None
    assert (run.experiment, run.key) == ("paceline/CMP-1", "acme:42")
    assert run.parameters["before.weights.call_rate"] == "0"
    assert run.parameters["after.weights.call_rate"] == "0.1"
    assert run.metrics["predicted.utilisation.mean"] == 0.01
    assert run.metrics["predicted.utilisation.p_adjusted"] == 0.002
    assert run.metrics["evidence.abandonment_high"] == 0.021
    assert "predicted.utilisation.significant" not in run.metrics


def test_reason_goes_along_and_people_do_not() -> None:
    run = run_of(changed(), tenant=ACME)
    assert run is not None
    assert run.tags == {"paceline.entry": "42", "paceline.kind": CHANGED, "reason": "tuned"}
    assert "ada" not in repr(run)


def test_what_came_of_it_stands_in_the_same_run() -> None:
    details: dict[str, Json] = {
        "entry": 42,
        "metrics": [{"metric": "utilisation", "realised": {"difference": {**DIFFERENCE, "mean": 0.008}, "blocks": 60}}],
        "accuracy": [{"metric": "utilisation", "coverage": {"share": 1.0, "held": 4, "n": 4}, "rank_correlation": 0.8}],
    }
    measured = Entry(rows=(row(Step.NOTED, {**opened(MEASURED), "details": details}, number=50),))
    run = run_of(changed(), tenant=ACME, measured=measured)
    assert run is not None
    assert run.key == "acme:42"
    assert run.metrics["realised.utilisation.mean"] == 0.008
    assert run.metrics["accuracy.utilisation.coverage.share"] == 1.0
    assert run.metrics["accuracy.utilisation.rank_correlation"] == 0.8


def test_twin_is_a_run_with_its_parameters_and_its_coverage() -> None:
    details: dict[str, Json] = {
        "data": {"rows": 12_000, "sha256": "ab" * 32},
        "parameters": [{"name": "talk_mean_s", "value": 180.5, "low": 178.0, "high": 183.0, "unit": "s"}],
        "standing": {
            "coverage": [{"measure": "answers", "covered": 0.91, "half_hours": 400, "skill": 0.2}],
            "passed": True,
        },
    }
    run = run_of(Entry(rows=(row(Step.NOTED, {**opened(FITTED), "details": details}),)), tenant=ACME)
    assert run is not None
    assert run.parameters["twin.rows"] == "12000"
    assert run.metrics["parameter.talk_mean_s.value"] == 180.5
    assert run.metrics["coverage.answers.covered"] == 0.91


def test_what_was_not_applied_is_no_run() -> None:
    assert run_of(changed("refused"), tenant=ACME) is None
