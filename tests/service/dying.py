"""Services in processes of their own, each killed in the middle of the first change that it makes.

`python -m tests.service.dying` reads orders, a line of JSON each: it prints the address of a service, which is gone by
signal 9 when the platform has taken the change, or, with `"sent": false`, just before it is sent; then how it ended.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from threading import Event
from typing import Any

from paceline.bootstrap import Options, System
from paceline.campaign.change import Lane
from paceline.campaign.ports import Prepared, Receipt
from paceline.cxone.auth import Credentials
from paceline.cxone.outbound_v2.dialect import OutboundV2
from paceline.cxone.throttle import Allowance, MemoryThrottle
from paceline.cxone.transport import Address, Transport
from paceline.primitives.clock import ManualClock
from paceline.primitives.ids import TenantId
from paceline.storage.database import open_database
from tests.contract.systems import Through, actor
from tests.service.served import serving


class Dying(Through):
    """A platform whose caller is killed at its first change."""

    sent = True

    def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
        if self.sent:
            self.beyond.apply(prepared, idempotency_key=idempotency_key, lane=lane)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


def main(order: dict[str, Any]) -> None:
    clock = ManualClock(wall_ns=order["wall_ns"])
    transport = Transport(
        Address(api=order["api"], token=f"{order['api']}/oauth/token"),
        Credentials(client_id="all", client_secret=order["secret"]),
        clock=clock,
        throttle=MemoryThrottle(clock, Allowance(limit=10**6, window_s=60.0, margin_s=0.0)),
    )
    platform = Dying(OutboundV2(transport))
    platform.sent = order["sent"]
    with open_database(order["url"]) as database:
        system = System(
            platform=platform, database=database, tenant=TenantId(order["tenant"]), actor=actor("eve"), clock=clock,
            options=Options(lease_s=order["lease_s"]),
        )  # fmt: skip
        with serving(system, {}) as served:
            print(served.url, flush=True)  # noqa: T201  # the parent reads it
            Event().wait()


if __name__ == "__main__":
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            main(json.loads(line))
        print(f"signal {os.WTERMSIG(os.waitpid(child, 0)[1])}", flush=True)  # noqa: T201  # the parent reads it
