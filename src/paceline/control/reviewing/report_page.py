"""The page of a report: one file of HTML that needs nothing else, to read and to print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape

from paceline.control.reviewing.review import Review
from paceline.ledger.entry import Entry
from paceline.ledger.shown import ended_word, entry_document, finding_lines, move_line, part
from paceline.ledger.verify import Verification
from paceline.primitives.canonical import Json

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser may load for the page: nothing."""
STYLE = """
body { font: 10.5pt/1.45 Georgia, serif; color: #111; max-width: 68em; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.6em; } h2 { font-size: 1.2em; margin-top: 2em; border-bottom: 1px solid #999; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .3em .6em; }
th { border-bottom: 1px solid #666; } td { border-bottom: 1px solid #ddd; overflow-wrap: anywhere; }
pre { background: #f4f4f4; padding: .8em; white-space: pre-wrap; overflow-wrap: anywhere; }
.good { color: #14602a; } .bad { color: #9c1313; font-weight: bold; } .small { color: #555; font-size: .9em; }
@media print { body { margin: 0; max-width: none; font-size: 9pt; } tr { break-inside: avoid; } thead { display: table-header-group; } }
"""  # noqa: E501 - a rule of a style sheet stands on its line


def page(
    *,
    tenant: str,
    since: datetime,
    until: datetime,
    made_at: datetime,
    verified: Verification,
    review: Review | None,
    checkpoint: str | None,
    figures: Sequence[tuple[str, str, str]],
) -> str:
    """Return the page; `review` is None where the ledger is not as it was written, and nothing in it is told."""
    parts = [
        f"<h1>Changes to campaigns of {escape(tenant)}</h1>",
        f"<p>From {_at(since)} to before {_at(until)}; made {_at(made_at)}. All times are UTC.</p>",
        "<h2>Is the ledger whole?</h2>",
        *_verification(verified),
    ]
    if review is None:
        parts.append('<p class="bad">What such a ledger says is not reported. Restore it from a copy.</p>')
    else:
        parts += [*_told(review, figures), "<h2>Checkpoint</h2>", f"<pre>{escape(checkpoint or '')}</pre>"]
    return _document(f"Changes to campaigns of {tenant}", parts)


def _told(review: Review, figures: Sequence[tuple[str, str, str]]) -> Iterable[str]:
    yield "<h2>In figures</h2>"
    yield _table(("What", "Value", "Of"), figures)
    entries = [(entry, entry_document(entry)) for entry in review.entries]
    changes = [(entry, told) for entry, told in entries if ended_word(entry) != "noted"]
    notes = [(entry, told) for entry, told in entries if ended_word(entry) == "noted"]
    yield f"<h2>Every change ({len(changes)})</h2>"
    yield _table(_CHANGE, (_change(entry, told) for entry, told in changes))
    refused = [(entry, told) for entry, told in changes if entry.outcome == "refused"]
    yield f"<h2>Refused ({len(refused)})</h2>"
    yield _table(_CHANGE, (_change(entry, told) for entry, told in refused))
    yield f"<h2>Made outside paceline ({len(review.outside)})</h2>"
    yield _table(
        ("Campaign", "After", "Before", "Revision", "Fields"),
        (
            (
                one.campaign,
                _at(one.after),
                _at(one.before),
                f"{one.old_revision} -> {one.new_revision}",
                ", ".join(one.fields) or "none that is shown",
            )
            for one in review.outside
        ),
    )
    yield f"<h2>Nobody looked ({len(review.unseen)})</h2>"
    yield '<p class="small">Whatever was changed and changed back in these times is not known.</p>'
    yield _table(("Campaign", "From", "To"), ((one.campaign, _at(one.start), _at(one.end)) for one in review.unseen))
    yield f"<h2>Declarations, keys and other notes ({len(notes)})</h2>"
    yield _table(("Entry", "When", "What", "Campaign", "Who", "Why", "Details"), (_note(told) for _, told in notes))


_CHANGE = ("Entry", "When", "What", "Campaign", "Who", "Why", "Outcome", "Findings")


def _change(entry: Entry, told: Mapping[str, Json]) -> tuple[str, ...]:
    ended = ended_word(entry) + (f" ({entry.verdict})" if entry.verdict else "")
    if told["dry_run"]:
        ended += ", dry run: nothing was sent"
    error = part(told, "error")
    found = [*finding_lines(told["findings"]), *([str(error.get("message"))] if error else [])]
    outcome = "\n".join(one for one in (ended, move_line(told)) if one)
    return (*_head(told), outcome, "\n".join(found))


def _note(told: Mapping[str, Json]) -> tuple[str, ...]:
    return (*_head(told), "\n".join(f"{name}: {value}" for name, value in part(told, "details").items()))


def _head(told: Mapping[str, Json]) -> tuple[str, ...]:
    actor = part(told, "actor")
    why = " ".join(str(told[name]) for name in ("reason", "ticket") if told[name] is not None)
    who = f"{actor['name']}\n({actor['known_by']})"
    return (str(told["entry"]), _at_text(str(told["at"])), str(told["kind"]), str(told["campaign"] or ""), who, why)


def _verification(verified: Verification) -> Iterable[str]:
    if verified.ok:
        yield f'<p class="good">Yes: {verified.entries} rows, each chained to the one before it.</p>'
    else:
        yield f'<p class="bad">No. First bad row: {verified.first_bad}; {verified.entries} rows are there.</p>'
        yield _table(
            ("Row", "What is wrong"),
            (("" if fault.sequence is None else str(fault.sequence), fault.what) for fault in verified.faults),
        )
    yield f"<p class='small'>Hash of the last sound row: {escape(verified.head)}</p>"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    told = [f"<tr>{''.join(f'<td>{_cell(cell)}</td>' for cell in row)}</tr>" for row in rows]
    if not told:
        return "<p>None.</p>"
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{chr(10).join(told)}\n</tbody></table>"


def _cell(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _document(title: str, parts: Iterable[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">\n<style>{STYLE}</style></head>\n'
        f"<body>\n{body}\n</body></html>\n"
    )


def _at(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z")


def _at_text(text: str) -> str:
    return f"{text[:19]}Z"
