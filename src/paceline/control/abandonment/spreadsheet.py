"""The abandonment book as rows of a table, for whoever audits: each hour and each legal period, as it was told."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from paceline.control.abandonment.book import AbandonmentBook
from paceline.control.abandonment.kept import HOUR
from paceline.ledger.spreadsheet import harmless
from paceline.primitives.clock import utc_text

COLUMNS = ("what", "campaign", "from", "to", "dials", "answered", "abandoned", "anchor", "guard", "told_at")
"""`what` is `hour`, or how the law measures a period; `anchor` and `guard` are those of periods."""


def abandonment_lines(book: AbandonmentBook) -> Iterator[str]:
    """Yield the lines of a CSV file: all hours, then all legal periods as they were last measured.

    Raises:
        LedgerUnavailableError: they cannot be read now.
    """
    yield _line(*COLUMNS)
    for campaign, one in book.every_hour():
        counts = (one.counts.dials, one.counts.answered, one.counts.abandoned)
        yield _line("hour", campaign, utc_text(one.at), utc_text(one.at + HOUR), *counts, "", "", utc_text(one.told_at))
    for period in book.periods():
        guard = period.document.get("guard")
        did = f"{guard.get('standing')}: {guard.get('outcome')}" if isinstance(guard, dict) else ""
        counts = (period.counts.dials, period.counts.answered, period.counts.abandoned)
        yield _line(
            period.period,
            period.campaign,
            utc_text(period.start),
            utc_text(period.end),
            *counts,
            period.document.get("anchor", ""),
            did,
            utc_text(period.told_at),
        )


def _line(*cells: object) -> str:
    made = io.StringIO()
    # Ids of campaigns are others' words.
    csv.writer(made, lineterminator="\n").writerow(harmless(cell) for cell in cells)
    return made.getvalue()
