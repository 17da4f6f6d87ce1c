"""How the throttle of all processes stands, only looked at: no turn is taken and nobody's row is held."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from paceline.cxone.throttle import Allowance
from paceline.primitives.checks import Check, doubtful, fine
from paceline.primitives.clock import Clock
from paceline.storage.database import Database
from paceline.storage.tables import THROTTLE_CLIENTS, THROTTLE_REQUESTS
from paceline.storage.times import Times, times_of

_SECOND = 1_000_000_000


def throttle_check(database: Database, clock: Clock, allowance: Allowance, *, client: str) -> Check:
    """Return how many requests of the window are used, and whether the platform has told us to come back later.

    Raises:
        StorageError: the database cannot be read.
    """
    used, shut_ns = standing(database, clock, allowance, client=client)
    left = max(allowance.limit - used, 0)
    told = f"{used} of {allowance.limit} requests in {allowance.window_s:g} s are used, {left} are left"
    if shut_ns > 0:
        wait_s = -(-shut_ns // _SECOND)
        hint = "wait: the commands do so by themselves"
        return doubtful("throttle", f"the platform said to come back in {wait_s} s; {told}", hint)
    if left == 0:
        return doubtful("throttle", told, "wait, or set requests_per_minute to what the platform allows")
    return fine("throttle", told)


def standing(database: Database, clock: Clock, allowance: Allowance, *, client: str) -> tuple[int, int]:
    """Return how many requests went in the window, and for how many nanoseconds more the platform shut us out.

    The second is 0 or negative when it does not.

    Raises:
        StorageError: the database cannot be read.
    """
    return database.read(lambda connection: _standing(connection, times_of(clock), allowance, client))


def _standing(connection: Connection, times: Times, allowance: Allowance, client: str) -> tuple[int, int]:
    column = THROTTLE_CLIENTS.c
    asked = select(column.latest_ns, column.behind_ns, column.shut_until_ns).where(column.client == client)
    found = connection.execute(asked).one_or_none()
    if found is None:
        return 0, 0
    now_ns = max(times(connection) + found.behind_ns, found.latest_ns)
    went = THROTTLE_REQUESTS.c
    counted = select(func.count()).where(went.client == client, went.went_ns > now_ns - allowance.window_ns)
    used = connection.execute(counted).scalar_one()
    return min(used, allowance.limit), found.shut_until_ns - now_ns
