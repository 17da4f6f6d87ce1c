"""A worker that takes turns of the supervisor, and is killed at the first step: before it is sent, or after its effect.

`python -m tests.contract.steered_worker API DATABASE before|after`
"""

from __future__ import annotations

import os
import signal
import sys

from paceline.bootstrap import Options, System
from paceline.campaign.change import Lane
from paceline.campaign.ports import Prepared, Receipt
from paceline.cxone.auth import Credentials
from paceline.cxone.outbound_v2.dialect import OutboundV2
from paceline.cxone.throttle import Allowance, MemoryThrottle
from paceline.cxone.transport import Address, Transport
from paceline.primitives.clock import MachineClock
from paceline.primitives.ids import TenantId
from paceline.storage.database import open_database
from tests.contract.emulated import SECRET
from tests.contract.forecasts import NoForecast
from tests.contract.systems import Through, actor


class Killing(Through):
    """A platform under which the process is killed at its first change."""

    def __init__(self, beyond: OutboundV2, moment: str) -> None:
        super().__init__(beyond)
        self.moment = moment

    def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
        if self.moment == "after":
            super().apply(prepared, idempotency_key=idempotency_key, lane=lane)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("nobody survives that")


def main(api: str, database: str, moment: str) -> None:
    clock = MachineClock()
    transport = Transport(
        Address(api=api, token=f"{api}/oauth/token"),
        Credentials(client_id="all", client_secret=SECRET),
        throttle=MemoryThrottle(clock, Allowance(limit=10**6, window_s=1.0, margin_s=0.0)),
    )
    with (
        open_database(database) as opened,
        System(
            platform=Killing(OutboundV2(transport), moment),
            database=opened,
            tenant=TenantId("acme"),
            actor=actor("worker"),
            clock=clock,
            options=Options(forecaster=NoForecast, lease_s=1.0),
        ) as system,
    ):
        system.time.look()
        system.supervision.run(system.time)


if __name__ == "__main__":
    main(*sys.argv[1:])
