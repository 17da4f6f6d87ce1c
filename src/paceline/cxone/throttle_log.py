"""What the throttle of all processes reads and writes: a client's row, its last requests, and who stands in its line.

Every method is part of somebody's transaction, which begins with `look`: it holds the client's row, so that nobody else
takes a turn until the transaction ends.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, text, update

from paceline.campaign.change import Lane
from paceline.primitives.clock import Clock
from paceline.storage.prepared import Prepared, Value
from paceline.storage.tables import THROTTLE_CLIENTS, THROTTLE_REQUESTS, THROTTLE_WAITING
from paceline.storage.times import Times

_CLIENT = Prepared(
    select(
        THROTTLE_CLIENTS.c.went,
        THROTTLE_CLIENTS.c.latest_ns,
        THROTTLE_CLIENTS.c.behind_ns,
        THROTTLE_CLIENTS.c.shut_until_ns,
    )
    .where(THROTTLE_CLIENTS.c.client == bindparam("client"))
    .with_for_update()
)
_FIRST_CLIENT = text(
    "INSERT INTO throttle_clients (client, went, latest_ns, behind_ns, shut_until_ns) VALUES (:client, 0, 0, 0, 0)"
    " ON CONFLICT DO NOTHING"
)
_KEEP = Prepared(
    update(THROTTLE_CLIENTS)
    .where(THROTTLE_CLIENTS.c.client == bindparam("of_client"))
    .values(
        went=bindparam("new_went"),
        latest_ns=bindparam("new_latest"),
        behind_ns=bindparam("new_behind"),
        shut_until_ns=bindparam("new_shut"),
    )
)
_NEXT_KNOWN = (
    select(func.min(THROTTLE_REQUESTS.c.number))
    .where(THROTTLE_REQUESTS.c.client == bindparam("client"), THROTTLE_REQUESTS.c.number >= bindparam("number"))
    .scalar_subquery()
)
_WENT_NS = Prepared(
    select(THROTTLE_REQUESTS.c.went_ns).where(
        THROTTLE_REQUESTS.c.client == bindparam("client"), THROTTLE_REQUESTS.c.number == _NEXT_KNOWN
    )
)
_ADD = Prepared(insert(THROTTLE_REQUESTS))
_PRUNE = Prepared(
    delete(THROTTLE_REQUESTS).where(
        THROTTLE_REQUESTS.c.client == bindparam("client"), THROTTLE_REQUESTS.c.number < bindparam("number")
    )
)
_LINE = Prepared(
    select(
        THROTTLE_WAITING.c.process, THROTTLE_WAITING.c.lane, THROTTLE_WAITING.c.until_ns, THROTTLE_WAITING.c.went
    ).where(
        THROTTLE_WAITING.c.client == bindparam("client"),
        or_(THROTTLE_WAITING.c.until_ns > bindparam("now"), THROTTLE_WAITING.c.process == bindparam("process")),
    )
)
_STAND = Prepared(
    text(
        "INSERT INTO throttle_waiting (client, process, lane, until_ns, went)"
        " VALUES (:client, :process, :lane, :until, :went)"
        " ON CONFLICT (client, process, lane) DO UPDATE SET until_ns = excluded.until_ns, went = excluded.went"
    )
)
_FORGET = Prepared(
    delete(THROTTLE_WAITING).where(
        THROTTLE_WAITING.c.client == bindparam("client"), THROTTLE_WAITING.c.until_ns < bindparam("before")
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A process in a lane: until when it is expected to have asked again, and the number of its last request there."""

    process: str
    lane: Lane
    until_ns: int
    went: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The client's row as it was found, and the throttle's time; `running_ns` is our own clock, read just before it.

    `went` counts the requests that ever went; `set_back` says that the clock was, since the row was last written.
    """

    went: int
    now_ns: int
    behind_ns: int
    shut_until_ns: int
    set_back: bool
    running_ns: int


class ThrottleLog:
    """The rows of one client of the platform."""

    def __init__(self, client: str, clock: Clock, times: Times) -> None:
        """Read and write nothing yet."""
        self._client = client
        self._clock = clock
        self._times = times

    def look(self, connection: Connection) -> Look:
        """Hold the client's row until the transaction ends, and only then ask what time it is."""
        found = _CLIENT.run(connection, {"client": self._client})
        if not found:
            connection.execute(_FIRST_CLIENT, {"client": self._client})
            found = _CLIENT.run(connection, {"client": self._client})
        ((went, latest_ns, behind_ns, shut_until_ns),) = found
        running_ns = self._clock.running_ns()
        said_ns = self._times(connection) + behind_ns
        lost_ns = max(latest_ns - said_ns, 0)
        return Look(
            went=went,
            now_ns=said_ns + lost_ns,
            behind_ns=behind_ns + lost_ns,
            shut_until_ns=shut_until_ns,
            set_back=lost_ns > 0,
            running_ns=running_ns,
        )

    def keep(
        self, connection: Connection, look: Look, *, went: int | None = None, shut_until_ns: int | None = None
    ) -> None:
        """Write the client's row as it was found, with the time of the look, and with what is given instead."""
        values: dict[str, Value] = {
            "of_client": self._client,
            "new_went": look.went if went is None else went,
            "new_latest": look.now_ns,
            "new_behind": look.behind_ns,
            "new_shut": look.shut_until_ns if shut_until_ns is None else shut_until_ns,
        }
        _KEEP.run(connection, values)

    def went_ns(self, connection: Connection, number: int) -> int | None:
        """Return when the request of this number went; when that is forgotten, or there is none, the next known one."""
        found = _WENT_NS.run(connection, {"client": self._client, "number": number})
        return found[0][0] if found else None

    def add(self, connection: Connection, look: Look, *, limit: int) -> int:
        """Write down that one more request went, and return its number; of those before it, `limit` are kept."""
        number = look.went + 1
        _ADD.run(connection, {"client": self._client, "number": number, "went_ns": look.now_ns})
        _PRUNE.run(connection, {"client": self._client, "number": number - limit})
        self.keep(connection, look, went=number)
        return number

    def line(self, connection: Connection, *, process: str, now_ns: int) -> list[Place]:
        """Return the places of those who wait, and the places of this process whether it waits or not."""
        rows = _LINE.run(connection, {"client": self._client, "now": now_ns, "process": process})
        return [
            Place(process=name, lane=Lane(lane), until_ns=until_ns, went=went) for name, lane, until_ns, went in rows
        ]

    def stand(self, connection: Connection, place: Place) -> None:
        """Write down a place, instead of the one that the process had in this lane."""
        values: dict[str, Value] = {
            "client": self._client,
            "process": place.process,
            "lane": int(place.lane),
            "until": place.until_ns,
            "went": place.went,
        }
        _STAND.run(connection, values)

    def forget(self, connection: Connection, *, before_ns: int) -> None:
        """Remove the places of those who were last expected before then."""
        _FORGET.run(connection, {"client": self._client, "before": before_ns})
