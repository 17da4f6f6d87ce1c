"""The pages of the reference about what is measured and what to do: made from the metrics and the runbooks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from prometheus_client.core import Metric

from paceline.campaign.observed import Stage
from paceline.control.work.worker import Round
from paceline.primitives.clock import ManualClock
from paceline.telemetry import families, runbooks
from paceline.telemetry.attempts import AttemptCounts
from paceline.telemetry.ledger_counts import LedgerCounts
from paceline.telemetry.requests import RequestCounts
from paceline.telemetry.rounds import RoundCounts
from paceline.telemetry.standing import Standing

_OF_DATABASE = " Of the database: every service on it tells the same."
_ENDINGS = {"counter": "_total", "histogram": "", "gauge": ""}


def metrics() -> str:
    """Return the table of all metrics: first those of the database, then those of each process."""
    told = [
        "# Metrics\n",
        "Those of the database are the same from every service on it: take them by `max`, never by `sum`.\n",
        *_table(_of_database(), without=_OF_DATABASE),
        "\nThose of a process are its own, and add up; the usual `process_` and `python_` ones come with them.\n",
        *_table(_of_process(), without=""),
    ]
    return "\n".join(told) + "\n"


def runbook_pages() -> str:
    """Return every runbook, one after the other, its headings one level lower."""
    told = [
        "# Runbooks\n",
        "What to do about an outcome, an alert or a finding; `paceline runbook NAME` prints the same in a terminal.\n",
    ]
    for title, names in (
        ("Outcomes", runbooks.outcomes()),
        ("Alerts", runbooks.alerts()),
        ("Rules", runbooks.rules()),
    ):
        told.append(f"## {title}\n")
        told += [_lowered(runbooks.page(name) or "") for name in names]
    return "\n".join(told)


def _lowered(page: str) -> str:
    # The parts of a page become paragraphs: as headings they would be the same ninety times.
    parts = re.sub(r"^## (.*)\n$", r"**\1.**", page, flags=re.MULTILINE)
    return re.sub(r"^# (.*)$", r"### `\1`", parts, flags=re.MULTILINE)


def _table(found: Iterable[Metric], *, without: str) -> Sequence[str]:
    lines = ["| metric | kind | labels | tells |", "| --- | --- | --- | --- |"]
    for metric in found:
        labels = ", ".join(f"`{name}`" for name in getattr(metric, "_labelnames", ()))
        says = metric.documentation.replace(without, "") if without else metric.documentation
        lines.append(f"| `{metric.name}{_ENDINGS[metric.type]}` | {metric.type} | {labels} | {says} |")
    return lines


def _of_database() -> list[Metric]:
    counts = LedgerCounts()
    counts.concluded["achieved"] = 1
    stands = Standing(
        rows=0,
        unended={stage.value: 0 for stage in Stage},
        oldest_at={},
        waiting=0,
        due=0,
        late=0,
        aside=0,
        frozen_stopped=0,
        frozen_dialing=0,
        workers=0,
        messages=0,
        oldest_message_ns=None,
        dead_letters=0,
        subscribers={},
    )
    found = [*families.of_ledger(counts), *families.of_standing(stands, here_ns=0)]
    found += families.of_budget(limit=1, used=0, shut_ns=0)
    return sorted(found, key=lambda metric: str(metric.name))


def _of_process() -> list[Metric]:
    clock = ManualClock()
    rounds = RoundCounts(clock)
    rounds.hear(Round())
    found = [families.database(is_up=True), families.uncounted(0)]
    found += [*AttemptCounts(clock).collect(), *RequestCounts().collect(), *rounds.collect()]
    return sorted(found, key=lambda metric: str(metric.name))
