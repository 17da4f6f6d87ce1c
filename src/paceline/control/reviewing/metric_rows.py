"""How changes went, as rows of a table for people: what, its value, and of how many it is."""

from __future__ import annotations

from paceline.control.reviewing.metrics import Metrics


def stats_rows(metrics: Metrics) -> list[tuple[str, str, str]]:
    """Return the figures for people: what, its value, and of how many it is."""
    apart = f"{metrics.accuracy.n}; apart: {metrics.settling} settling, {metrics.sent_open} open"
    rows = [("changes", str(metrics.changes), f"apart: {metrics.dry_runs} of dry runs")]
    rows += [(f"  {word}", str(count), str(metrics.changes)) for word, count in metrics.outcomes.items()]
    rows.append(("  open", str(metrics.open), str(metrics.changes)))
    rows.append(("accuracy", _fraction(metrics.accuracy.value), f"{apart}, {metrics.in_doubt} in doubt"))
    rows.append(("validation errors", _fraction(metrics.validation_errors.value), str(metrics.validation_errors.n)))
    requests = metrics.requests_per_applied
    rows.append(
        ("requests for an applied change", "-" if requests is None else f"{requests:.2f}", str(metrics.applied))
    )
    for stage, one in metrics.latency.items():
        rows.append((f"{stage}, half / 95 of 100 within", f"{one.p50_ms:.1f} / {one.p95_ms:.1f} ms", str(one.n)))
    refused = str(metrics.outcomes.get("refused", 0))
    rows += [(f"refused by {rule}", str(count), refused) for rule, count in metrics.refusals.items()]
    return rows


def _fraction(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
