"""When agents were logged in, from a file that says so: columns agent, login and logout; kept as digests.

Rules:
* A login ends after it begins, and lasts less than a day; instants as those of calls.
* Logins of one agent that overlap count once; that is seen to where they are read.
* Files of logins are often those of a whole centre. Who took no call of these records was there for others, and is left
  out; unless the records name no agents at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from paceline.records.failures import MappingError
from paceline.records.importing.checking import ODD, BadRow, shown
from paceline.records.importing.keeping import us_of
from paceline.records.importing.mapping import Reading
from paceline.records.importing.mending import mend
from paceline.records.importing.opening import ASIDE, file, filled, name, text
from paceline.records.importing.source import BROKEN, ROW, Source, looked_at
from paceline.records.importing.typed import cell, digest, instant_columns, local_times, with_instants

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

COLUMNS = ("agent", "login", "logout")
"""What a file of logins has."""
_DAY_US = 86_400_000_000
_CHECKS = (
    ("agent", "agent = 0", "who it was"),
    ("login", "login_us IS NULL AND login_odd IS NULL", "an instant, as 2026-03-08T08:00:00-05:00 is"),
    ("login", "login_us IS NULL AND login_odd IS NOT NULL", ODD),
    ("logout", "logout_us IS NULL AND logout_odd IS NULL", "an instant, as 2026-03-08T16:30:00-05:00 is"),
    ("logout", "logout_us IS NULL AND logout_odd IS NOT NULL", ODD),
    ("logout", "logout_us <= login_us", "after the login"),
    ("logout", f"logout_us - login_us >= {_DAY_US}", "less than a day after the login"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedLogins:
    """Logins that were read.

    Attributes:
        source: SHA-256 of the file, hex.
        query: of the good ones: agent (digest), since_us, until_us.
        good: how many.
        bad: bad rows, and why.
    """

    source: str
    query: str
    good: int
    bad: tuple[BadRow, ...]


def staged_logins(
    connection: DuckDBPyConnection, path: Path, reading: Reading, *, into: Path, now: datetime
) -> StagedLogins:
    """Read a file of logins and judge every row of it.

    Args:
        connection: may read the file, write into the folder, and holds the key.
        path: of the file.
        reading: the zone and the delimiter of it.
        into: folder that what is put aside lies in.
        now: after which nobody can have logged in.

    Raises:
        UnreadableRecordsError: it is no file that can be read.
        MappingError: a column is not there.
    """
    import duckdb

    source = looked_at(path, connection, delimiter=reading.delimiter)
    aside = into / ".logins.parquet"
    local_times(connection, reading.zone)
    rows = filled("read_parquet($path)", path=file(aside))
    try:
        _judge(connection, source, reading, aside, us_of(now))
        is_broken = source.swallows(_count(connection, rows, "true"))
    except duckdb.InvalidInputException:
        if source.delimiter is None:
            raise
        is_broken = True
    if is_broken:
        source = mend(source, into)
        _judge(connection, source, reading, aside, us_of(now))
    source.hold()
    fine = "broken IS NULL AND problems = 0"
    query = filled("SELECT agent, login_us AS since_us, logout_us AS until_us FROM $rows WHERE $fine"
                   " ORDER BY since_us, agent", rows=rows, fine=fine)  # fmt: skip
    good = _count(connection, rows, fine)
    return StagedLogins(source=source.digest, query=query, good=good, bad=tuple(_bad(connection, rows)))


def _count(connection: DuckDBPyConnection, rows: str, which: str) -> int:
    counted = filled("SELECT count(*) FROM $rows WHERE $which", rows=rows, which=which)
    return int(connection.execute(counted).fetchall()[0][0])


def of_agents(logins: StagedLogins, calls: str) -> str:
    """Return the query of the logins of agents who took some of these calls; of all where the calls name no agent.

    Args:
        logins: that were read.
        calls: the query of the calls, which have `agent`.
    """
    return filled(
        "WITH taken AS (SELECT DISTINCT agent FROM ($calls) WHERE agent <> 0)"
        " SELECT * FROM ($logins) WHERE agent IN (FROM taken) OR NOT EXISTS (FROM taken) ORDER BY since_us, agent",
        calls=calls, logins=logins.query,
    )  # fmt: skip


def _judge(connection: DuckDBPyConnection, source: Source, reading: Reading, aside: Path, now_us: int) -> None:
    columns = _columns(source)
    instants: dict[str, str | None] = {"login": columns["login"], "logout": columns["logout"]}
    rows = with_instants(source.rows(), instants, source.types, zone=reading.zone)
    (login_us, login_odd), (logout_us, logout_odd) = instant_columns("login"), instant_columns("logout")
    checks = [*_CHECKS, ("login", f"login_us > {now_us}", "a time that has come")]
    bits = " + ".join(f"CASE WHEN {bad} THEN {1 << bit} ELSE 0 END" for bit, (_, bad, _) in enumerate(checks))
    query = filled(
        "SELECT *, ($bits)::BIGINT AS problems FROM (SELECT $row AS row_is, NULLIF($broken, '') AS broken,"
        " $digest AS agent, $login_us AS login_us, $login_odd AS login_odd, $logout_us AS logout_us,"
        " $logout_odd AS logout_odd, $login AS login, $logout AS logout"
        " FROM ($rows))",
        bits=bits, row=name(ROW), broken=name(BROKEN), digest=digest(cell(columns["agent"]), "agent"),
        login=cell(columns["login"]), logout=cell(columns["logout"]), rows=rows,
        login_us=login_us, login_odd=login_odd, logout_us=logout_us, logout_odd=logout_odd,
    )  # fmt: skip
    connection.execute(filled(ASIDE, query=query, path=text(str(aside))))


def _columns(source: Source) -> dict[str, str]:
    by_low = {theirs.lower(): theirs for theirs in source.types}
    missing = [one for one in COLUMNS if one not in by_low]
    if missing:
        has = ", ".join(shown("", one) or "" for one in source.types)
        raise MappingError(
            f"{source.path} has no column {missing[0]}", hint=f"it has {has}; wanted: agent,login,logout"
        )
    return {one: by_low[one] for one in COLUMNS}


def _bad(connection: DuckDBPyConnection, rows: str) -> list[BadRow]:
    wants = [*((column, limit) for column, _, limit in _CHECKS), ("login", "a time that has come")]
    found = connection.execute(
        filled("SELECT row_is, broken, problems, login, logout, login_odd, logout_odd FROM $rows"
               " WHERE broken IS NOT NULL OR problems > 0 ORDER BY row_is", rows=rows)
    ).fetchall()  # fmt: skip
    told = []
    for row, broken, problems, login, logout, login_odd, logout_odd in found:
        values, odd = {"login": login, "logout": logout}, {"login": login_odd, "logout": logout_odd}
        if broken is not None:
            told.append(BadRow(row=row, column="", value=None, limit=broken))
            continue
        for bit, (column, limit) in enumerate(wants):
            if problems >> bit & 1:
                says = odd.get(column) if limit is ODD else limit
                told.append(
                    BadRow(row=row, column=column, value=shown(column, values.get(column)), limit=says or limit)
                )
    return told
