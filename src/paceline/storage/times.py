"""The time that all processes on one database share: leases and turns are judged by it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, literal_column, select

from paceline.primitives.clock import Clock
from paceline.storage.prepared import Prepared

Times = Callable[[Connection], int]
"""What time it is, nanoseconds since 1970; asked within a transaction."""

_SERVER_TIME = Prepared(
    select(literal_column("CAST(extract(epoch FROM clock_timestamp()) * 1000000000 AS bigint)").label("now_ns"))
)


def times_of(clock: Clock) -> Times:
    """Return the time that all processes share: the server's on PostgreSQL, else the civil time of this clock."""

    def now_ns(connection: Connection) -> int:
        if connection.dialect.name != "postgresql":
            return clock.wall_ns()
        ((server_ns,),) = _SERVER_TIME.run(connection, {})
        return int(server_ns)

    return now_ns
