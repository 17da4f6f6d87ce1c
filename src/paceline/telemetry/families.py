"""The metrics of the database, by name, help text and labels: one function for each thing they are made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from paceline.campaign.observed import Stage
from paceline.primitives.clock import ns_of
from paceline.telemetry.foretold import Foretold
from paceline.telemetry.labels import KINDS, NONE, NOTES, OUTCOMES, VERDICTS, known_rules, platform_codes
from paceline.telemetry.ledger_counts import LedgerCounts
from paceline.telemetry.standing import Standing

_SECOND = 1_000_000_000
_OF_DATABASE = " Of the database: every service on it tells the same."


def database(*, is_up: bool) -> Metric:
    """Return whether the database answered this very scrape."""
    says = "1 when this process could read the database, and with it the ledger, for this scrape; else 0."
    return GaugeMetricFamily("paceline_database_up", says, value=int(is_up))


def uncounted(rows: int) -> Metric:
    """Return how many rows a process has still to read before it tells counters of changes."""
    return GaugeMetricFamily(
        "paceline_ledger_rows_uncounted",
        "Rows of the ledger that this process has not read yet; while there are any, it tells no counters of changes.",
        value=rows,
    )


def of_ledger(counts: LedgerCounts) -> Iterator[Metric]:
    """Yield what the rows of the ledger tell; every known label from the start, or a first increase would not show."""
    opened = _counter("paceline_changes_opened", "Changes that were begun, dry runs aside, by kind.", ["kind"])
    for kind in sorted({*KINDS, *counts.opened}):
        opened.add_metric([kind], counts.opened[kind])
    yield opened
    ended = _counter("paceline_changes_ended", "Changes that were closed, by kind and outcome.", ["kind", "outcome"])
    for kind, outcome in sorted({*((kind, word) for kind in KINDS for word in OUTCOMES), *counts.ended}):
        ended.add_metric([kind, outcome], counts.ended[kind, outcome])
    yield ended
    yield from _by_word(
        ("paceline_changes_concluded", "Changes that were sent and came to their end, by their verdict.", "verdict"),
        {**dict.fromkeys({*VERDICTS, NONE} - {"settling"}, 0), **counts.concluded},
    )
    yield from _by_word(
        ("paceline_change_errors", "Changes that failed or came in doubt, by the code of the error.", "code"),
        {**dict.fromkeys(platform_codes(), 0), **counts.errors},
    )
    yield from _by_word(
        ("paceline_refusals", "Refused changes by rule; a change counts once for each rule against it.", "rule"),
        {**dict.fromkeys(known_rules(), 0), **counts.refusals},
    )
    yield from _by_word(
        ("paceline_ledger_notes", "Notes in the ledger, such as freezes and changes from outside, by kind.", "kind"),
        {**dict.fromkeys(NOTES, 0), **counts.notes},
    )
    yield _number(
        "paceline_changes_late", "Changes that were made, or given up, more than 5 s after their hour.", counts.late
    )
    yield _number("paceline_dry_runs", "Changes that were only to be judged.", counts.dry_runs)
    yield _number(
        "paceline_change_requests", "HTTP requests to the platform of changes that were applied.", counts.requests
    )
    yield _latency(counts)
    if counts.accuracy is not None:
        yield GaugeMetricFamily(
            "paceline_control_accuracy_ratio",
            "The achieved among the concluded changes since the ledger began, from 0 to 1." + _OF_DATABASE,
            value=counts.accuracy,
        )


def of_standing(stands: Standing, *, here_ns: int) -> Iterator[Metric]:
    """Yield how things stand; ages are counted by this machine's civil clock, `here_ns` since 1970."""
    yield _number("paceline_ledger_rows", "Rows of the ledger.", stands.rows)
    unended = _gauge("paceline_changes_unended", "Changes that have not come to their end, by stage.", ["stage"])
    oldest = _gauge(
        "paceline_changes_oldest_age_seconds",
        "How long ago the oldest change that is still at this stage was opened, in seconds; 0 without any.",
        ["stage"],
    )
    for stage in (one.value for one in Stage):
        unended.add_metric([stage], stands.unended.get(stage, 0))
        at = stands.oldest_at.get(stage)
        oldest.add_metric([stage], 0.0 if at is None else max(here_ns - ns_of(at), 0) / _SECOND)
    yield unended
    yield oldest
    yield _one("paceline_agenda_waiting", "Changes that wait for their hour, or are being made.", stands.waiting)
    yield _one("paceline_agenda_due", "Waiting changes whose hour has come by the platform's clock.", stands.due)
    yield _one(
        "paceline_agenda_late",
        "Waiting changes that are more than 5 s late, or were tried and could not be made yet.",
        stands.late,
    )
    yield _one(
        "paceline_agenda_aside", "Work of the agenda that belongs to no entry and waits for a person.", stands.aside
    )
    frozen = _gauge("paceline_frozen_campaigns", "Frozen campaigns, by how they were seen last.", ["seen"])
    frozen.add_metric(["stopped"], stands.frozen_stopped)
    frozen.add_metric(["dialing"], stands.frozen_dialing)
    yield frozen
    yield _one("paceline_workers_alive", "Workers that gave a sign of life within a lease and 5 s.", stands.workers)
    yield from _of_outbox(stands, here_ns=here_ns)
    yield from _of_predictions(stands.foretold)


def _of_predictions(foretold: Foretold) -> Iterator[Metric]:
    states = _gauge(
        "paceline_predictions", "Predictions of changes of weights and pacing, by how far they have come.", ["state"]
    )
    for state, count in foretold.states.items():
        states.add_metric([state], count)
    yield states
    held = _gauge(
        "paceline_prediction_intervals",
        "Measured predictions whose interval of 95 % held what came of the change, or did not, by who predicted "
        "(twin or experiment of weights, projection of pacing) and metric; absent while nothing was measured.",
        ["source", "metric", "held"],
    )
    for of in sorted({*foretold.held, *foretold.missed}):
        held.add_metric([*of, "yes"], foretold.held.get(of, 0))
        held.add_metric([*of, "no"], foretold.missed.get(of, 0))
    yield held
    ranks = _gauge(
        "paceline_prediction_rank_correlation",
        "Spearman's correlation of predicted and realised values, by who predicted and metric; absent while too few "
        "were measured.",
        ["source", "metric"],
    )
    for of, value in sorted(foretold.ranks.items()):
        ranks.add_metric([*of], value)
    yield ranks


def of_budget(*, limit: int, used: int, shut_ns: int) -> Iterator[Metric]:
    """Yield how many requests are left of the window, for all processes together."""
    yield _one("paceline_request_budget_limit", "Requests that we allow ourselves in a window.", limit)
    yield _one("paceline_request_budget_left", "Requests that may go at once.", max(limit - used, 0))
    yield _one(
        "paceline_request_budget_shut_seconds",
        "For how long the platform has told us to send nothing, in seconds; 0 when it has not.",
        max(shut_ns, 0) / _SECOND,
    )


def _of_outbox(stands: Standing, *, here_ns: int) -> Iterator[Metric]:
    yield _one("paceline_outbox_messages_waiting", "Webhook messages that are not delivered.", stands.messages)
    put_ns = stands.oldest_message_ns
    yield _one(
        "paceline_outbox_oldest_age_seconds",
        "How long the oldest message waits whose subscriber is not disabled, in seconds; 0 without any.",
        0.0 if put_ns is None else max(here_ns - put_ns, 0) / _SECOND,
    )
    yield _one("paceline_outbox_dead_letters", "Webhook messages that were given up.", stands.dead_letters)
    subscribers = _gauge("paceline_outbox_subscribers", "Subscribers, by how they are doing.", ["standing"])
    for word, number in sorted(stands.subscribers.items()):
        subscribers.add_metric([word], number)
    yield subscribers


def _latency(counts: LedgerCounts) -> Metric:
    spent = HistogramMetricFamily(
        "paceline_control_latency_seconds",
        "How long closed changes took, by stage, in seconds; total is the whole, platform the wait for the platform."
        + _OF_DATABASE,
        labels=["stage"],
    )
    for stage, histogram in counts.latency.items():
        spent.add_metric([stage], histogram.cumulative(), histogram.sum_s)
    return spent


def _by_word(named: tuple[str, str, str], numbers: Mapping[str, int]) -> Iterator[Metric]:
    name, says, label = named
    told = _counter(name, says, [label])
    for word, number in sorted(numbers.items()):
        told.add_metric([word], number)
    yield told


def _counter(name: str, says: str, labels: list[str]) -> CounterMetricFamily:
    return CounterMetricFamily(name, says + _OF_DATABASE, labels=labels)


def _number(name: str, says: str, value: float) -> Metric:
    return CounterMetricFamily(name, says + _OF_DATABASE, value=value)


def _gauge(name: str, says: str, labels: list[str]) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, says + _OF_DATABASE, labels=labels)


def _one(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(name, says + _OF_DATABASE, value=value)
