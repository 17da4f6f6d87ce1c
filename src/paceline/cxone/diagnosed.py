"""The platform as `paceline doctor` tells of it: asked by `diagnosis`, judged by its neighbours, in one list."""

from __future__ import annotations

from paceline.cxone.attempt import Limits
from paceline.cxone.auth import Credentials
from paceline.cxone.diagnosis import UnreadableTrustError, looked_at
from paceline.cxone.symptoms import api_check, granted_check, reach_check, token_check
from paceline.cxone.throttle import Throttle
from paceline.cxone.timing import time_check
from paceline.cxone.transport import Address
from paceline.primitives.checks import Check, bad, skipped
from paceline.primitives.clock import WaitingClock


def platform_checks(
    address: Address,
    credentials: Credentials,
    *,
    target: str,
    clock: WaitingClock,
    throttle: Throttle | None,
    limits: Limits,
) -> tuple[Check, ...]:
    """Return whether the platform is reached, gives a token with its scopes, takes it, and what its clock says.

    Args:
        address: where it is.
        credentials: ours.
        target: path and query of a list of campaigns.
        clock: what time is told by.
        throttle: who lets the one request go that the platform counts; nobody when None.
        limits: how long an attempt may take.
    """
    try:
        looks = looked_at(address, credentials, target=target, clock=clock, throttle=throttle, limits=limits)
    except UnreadableTrustError as unread:
        unasked = (skipped(name, "nothing can be asked") for name in ("token", "scopes", "api", "time"))
        return (bad("platform", unread.message, unread.hint), *unasked)
    return (
        reach_check(looks),
        token_check(looks, credentials),
        granted_check(looks, credentials),
        api_check(looks),
        time_check(looks),
    )
