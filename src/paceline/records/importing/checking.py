"""Rows of a file judged one by one: what each check wants, in words; a row that fails any of them is a bad row.

Rules:
* Every check of a row is made, and each that fails is told: row, column, value, and what was wanted.
* Values are shown with care: of a phone number, wherever it stands, the last two digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from paceline.primitives.canonical import Json
from paceline.records.calls import COLUMNS, Ending, LineType
from paceline.records.failures import MappingError
from paceline.records.importing.mapping import Reading, line_words
from paceline.records.importing.opening import filled, name, text
from paceline.records.importing.source import BROKEN, ROW, Source
from paceline.records.importing.typed import absent, cell, digest, instant_columns, seconds, whole, with_instants, word

DAY_S = 86_400.0
"""No ring, wait, talk or wrap-up is as long as this, seconds."""
MOST_ATTEMPTS = 10_000
"""No record is attempted more often."""
ODD = "an instant with an offset, or --zone and a local time that comes once"
"""What an instant must be that has no offset; each row says more."""
_KINDS = ("ring", "wait", "talk", "wrap")
_E164 = r"\+[1-9]\d{6,14}"
_REGION = r"[A-Z]{2}(-[A-Z0-9]{1,3})?"
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d?(:\d\d?){0,2}([.,]\d{1,9})?)?( ?([Zz]|[+-]\d\d?(:?\d\d)?|[A-Za-z]{2,5}))?"
)
"""What looks like an instant, and has no room for a phone number."""
_DIGITS = 7
_LONGEST_SHOWN = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that every row must be.

    Attributes:
        column: ours.
        bad: of SQL, true where a typed row fails it.
        wants: what was wanted, in words.
    """

    column: str
    bad: str
    wants: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that is no call record, and why.

    Attributes:
        row: its number in the file, from 1 after the names of the columns.
        column: ours; empty where the row as a whole is broken.
        value: what stands there, a phone number masked; None where it is blank.
        limit: what was wanted, in words.
    """

    row: int
    column: str
    value: str | None
    limit: str

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {"row": self.row, "column": self.column, "value": self.value, "limit": self.limit}


def found_columns(source: Source, reading: Reading) -> dict[str, str | None]:
    """Return the file's column of each of ours, None where it has none; one that was named is there or an error.

    Raises:
        MappingError: a column that was named, or one that every file has, is not there.
    """
    by_low = {theirs.lower(): theirs for theirs in source.types}
    found: dict[str, str | None] = {}
    for column in COLUMNS:
        said = reading.columns.get(column.name)
        found[column.name] = by_low.get((said or column.name).lower())
        if found[column.name] is None and (said is not None or column.required):
            named = f"the column {said!r} that --map names" if said else f"a column {column.name} ({column.means})"
            has = ", ".join(shown("", theirs) or "" for theirs in source.types)
            hint = f"say which one it is: --map {column.name}=THEIRS; the file has {has}"
            raise MappingError(f"{source.path} does not have {named}", hint=hint)
    return found


def checks_of(columns: Mapping[str, str | None], *, codes: frozenset[str], now_us: int) -> tuple[Check, ...]:
    """Return every check of a call record.

    Args:
        columns: the file's column of each of ours.
        codes: country codes that there are, digits.
        now_us: after which nothing can have been dialed, microseconds since 1970.
    """
    known = " OR ".join(
        filled(
            "substr(number_is, 2, $long) IN ($codes)",
            long=long,
            codes=_listed(code for code in codes if len(code) == long),
        )
        for long in sorted({len(code) for code in codes})
    )
    made = [
        Check(column="at", bad="at_us IS NULL AND at_odd IS NULL", wants="an instant, as 2026-03-08T14:00:00-05:00 is"),
        Check(column="at", bad="at_us IS NULL AND at_odd IS NOT NULL", wants=ODD),
        Check(column="at", bad=f"at_us > {now_us}", wants="a time that has come"),
        Check(column="number", bad=f"NOT coalesce(regexp_full_match(number_is, {text(_E164)}), false)",
              wants="a number in E.164: +, the country code, and so on"),
        Check(column="number", bad=f"regexp_full_match(number_is, {text(_E164)}) AND (NOT ({known}) OR"
              f" number_is LIKE '+1%' AND (length(number_is) <> 12 OR substr(number_is, 3, 1) < '2'))",
              wants="a number of a country that there is, as long as it has to be"),
        Check(column="ending", bad="ending_is IS NULL",
              wants=f"{', '.join(Ending)}, or a word that --ending says the meaning of"),
        Check(column="attempt",
              bad=f"NOT attempt_blank AND NOT coalesce(attempt_is BETWEEN 1 AND {MOST_ATTEMPTS}, false)",
              wants=f"a whole number from 1 to {MOST_ATTEMPTS}"),
        Check(column="line", bad="NOT line_blank AND line_is IS NULL", wants=", ".join(LineType)),
        Check(column="cut", bad="NOT cut_blank AND cut_is IS NULL", wants="shift, or nothing"),
        Check(column="region", bad=f"NOT region_blank AND NOT regexp_full_match(region_is, {text(_REGION)})",
              wants="a code of ISO 3166-2, such as US-FL"),
        Check(column="talk_s", bad="ending_is = 'abandoned' AND talk_is > 0", wants="no talk in an abandoned call"),
        *(Check(column=f"{one}_s", bad=f"NOT {one}_blank AND NOT coalesce({one}_is >= 0 AND {one}_is < {DAY_S}, false)",
                wants="0 or more, and less than a day") for one in _KINDS),
    ]  # fmt: skip
    return tuple(check for check in made if columns[check.column] is not None)


def judged(source: Source, reading: Reading, columns: Mapping[str, str | None], checks: tuple[Check, ...], *,
           campaign: str | None, number_kept: bool = False) -> str:  # fmt: skip
    """Return the query of all rows as values, each with the checks that it fails.

    Args:
        source: the file.
        reading: what its words mean.
        columns: the file's column of each of ours.
        checks: what every row must be; check number N is bit N of `problems`.
        campaign: whose rows are wanted: others are marked, and not judged; None wants all.
        number_kept: whether `number` stays beside `person`, for whoever has to know where people are, in memory only.
    """
    types = source.types
    rows = with_instants(source.rows(), {"at": columns["at"]}, types, zone=reading.zone)
    at_us, at_odd = instant_columns("at")
    values = [
        f"{name(ROW)} AS row_is", f"NULLIF({name(BROKEN)}, '') AS broken", f"{at_us} AS at_us", f"{at_odd} AS at_odd",
        f"{_text(columns['number'])} AS number_is",
        f"{word(columns['ending'], reading.ending_words())} AS ending_is",
        f"{_text(columns['campaign'])} AS campaign_is",
        f"{whole(columns['attempt'], types)} AS attempt_is", f"{absent(columns['attempt'], types)} AS attempt_blank",
        f"{word(columns['line'], line_words())} AS line_is", f"{absent(columns['line'], types)} AS line_blank",
        f"{word(columns['cut'], {'shift': 'shift'})} AS cut_is", f"{absent(columns['cut'], types)} AS cut_blank",
        f"upper({_text(columns['region'])}) AS region_is", f"{absent(columns['region'], types)} AS region_blank",
        f"{_text(columns['agent'])} AS agent_is", f"{_text(columns['debt'])} AS debt_is",
    ]  # fmt: skip
    for one in _KINDS:
        values.append(f"{seconds(columns[one + '_s'], types, reading.unit)} AS {one}_is")
        values.append(f"{absent(columns[one + '_s'], types)} AS {one}_blank")
    bits = " + ".join(f"CASE WHEN {check.bad} THEN {1 << bit} ELSE 0 END" for bit, check in enumerate(checks))
    other = "false" if campaign is None else f"(broken IS NULL AND coalesce(campaign_is <> {text(campaign)}, false))"
    kept = ", number_is AS number" if number_kept else ""
    return filled(
        "SELECT row_is, broken, at_odd, at_us, $other AS other, CASE WHEN broken IS NOT NULL OR $other THEN 0"
        " ELSE ($bits)::BIGINT END AS problems,"
        " $person AS person, $agent AS agent, $debt AS debt, coalesce(campaign_is, $campaign) AS campaign,"
        " attempt_is AS attempt, coalesce(line_is, p.line, 'unknown') AS line, ending_is AS ending,"
        " ring_is AS ring_s, wait_is AS wait_s, talk_is AS talk_s, wrap_is AS wrap_s, cut_is AS cut,"
        " coalesce(region_is, p.region, '') AS region $kept"
        " FROM (SELECT $values FROM ($rows)) v LEFT JOIN prefixes p"
        " ON p.prefix = $prefix AND p.long = length(number_is)",
        other=other, bits=bits, person=digest("number_is", "number"), agent=digest("agent_is", "agent"),
        debt=digest("debt_is", "debt"), campaign=text(campaign or ""), kept=kept, values=", ".join(values), rows=rows,
        prefix=PREFIX.replace("number", "number_is"),
    )  # fmt: skip


PREFIX = "CASE WHEN number LIKE '+1%' THEN left(number, 5) ELSE left(number, 7) END"
"""Of SQL: the first digits of a number, by which its line type and region are told."""


def problem_words(checks: tuple[Check, ...], problem: int) -> tuple[Check, ...]:
    """Return the checks that a row fails, from its `problems`."""
    return tuple(check for bit, check in enumerate(checks) if problem >> bit & 1)


def shown(column: str, value: str | None) -> str | None:
    """Return a value as people may see it: of what may be a phone number, the last two digits.

    >>> shown("number", "+12125550123"), shown("ending", "ANSWERED"), shown("at", "2026-03-08 02:30:00")
    ('..23', 'ANSWERED', '2026-03-08 02:30:00')
    """
    if value is None:
        return None
    digits = re.sub(r"\D", "", value)
    if column == "number":
        return f"..{digits[-2:]}" if len(digits) >= _DIGITS else "..."
    if len(digits) >= _DIGITS and not (column in {"at", "login", "logout"} and _INSTANT.fullmatch(value.strip())):
        return f"..{digits[-2:]}"
    return "".join(letter if letter.isprintable() else "?" for letter in value[:_LONGEST_SHOWN])


def _text(column: str | None) -> str:
    return "NULL::VARCHAR" if column is None else cell(column)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(text(one) for one in sorted(words))
