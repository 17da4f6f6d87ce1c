"""A process that takes turns without end, once it is told to begin: `taker URL NAME`.

It writes `NAME ready`, then waits for a line. Each line after that, `NAME before after`, is one turn: what the clock of
the machine said before it was asked for, and after it was given.
"""

from __future__ import annotations

import os
import sys
import threading

from paceline.campaign.change import Lane
from paceline.cxone.shared_throttle import DatabaseThrottle
from paceline.cxone.throttle import Allowance
from paceline.primitives.clock import MachineClock
from paceline.storage.database import open_database

THREADS = 3
CLIENT = "acme"
ALLOWANCE = Allowance(limit=20, window_s=2.0, margin_s=0.0)


def main() -> None:
    url, name = sys.argv[1:]
    clock = MachineClock()
    with open_database(url) as database:
        throttle = DatabaseThrottle(database, clock, ALLOWANCE, client=CLIENT, process=name)

        def take() -> None:
            while True:
                before_ns = clock.wall_ns()
                wait_s = throttle.take(Lane.CHANGING)
                if wait_s == 0:
                    os.write(1, f"{name} {before_ns} {clock.wall_ns()}\n".encode())
                else:
                    clock.wait(wait_s)

        os.write(1, f"{name} ready\n".encode())
        sys.stdin.readline()
        threads = [threading.Thread(target=take) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
