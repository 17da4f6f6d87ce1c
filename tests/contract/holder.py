"""A process that claims work and does as it is told: `holder URL NAME MODE`.

`claimed`, `extended`, `settling`: it claims one row, says `MODE` when it has come so far, and stays there until it is
killed; its leases are in the time of the test, from START_NS on. `drain`: it does all work in real time, says `NAME KEY
FENCE` of each claim, and ends when nothing is left. `wait`: it says `listening`, then `woken` when work was put.
"""

from __future__ import annotations

import os
import sys

from sqlalchemy import Connection

from paceline.primitives.clock import MachineClock
from paceline.storage.database import Database, open_database
from paceline.storage.leases import Claim, Leases
from tests.contract.leased import LEASE_S, ROOM, SECOND, START_NS, TENANT, left, settle_with_effect

EXTENDED_AFTER_S = 5


def say(words: str) -> None:
    os.write(1, f"{words}\n".encode())


def stay() -> None:
    sys.stdin.readline()


class Holder:
    """One claim, in the time of the test."""

    def __init__(self, database: Database, name: str) -> None:
        self.now_ns = START_NS
        self.database = database
        self.leases = Leases(
            database, MachineClock(), owner=name, lease_s=LEASE_S, times=lambda _connection: self.now_ns
        )

    def hold(self, mode: str) -> None:
        (claim,) = self.leases.claim(TENANT, ROOM, now_ns=0, limit=1)
        if mode == "extended":
            self.now_ns += EXTENDED_AFTER_S * SECOND
            assert self.leases.extend([claim]) == [claim]
        if mode == "settling":
            self.database.write(lambda connection: self._settle(connection, claim))
        say(mode)
        stay()

    def _settle(self, connection: Connection, claim: Claim) -> None:
        self.leases.settle(connection, claim)
        say("settling")
        stay()


def drain(database: Database, name: str) -> None:
    with Leases(database, MachineClock(), owner=name, lease_s=60.0) as leases:
        while left(database):
            for claim in leases.claim(TENANT, ROOM, now_ns=0, limit=3):
                say(f"{name} {claim.work.key} {claim.fence}")
                settle_with_effect(database, leases, claim)


def wait(database: Database, name: str) -> None:
    # The lease is so long that nobody looks again just to see whether one has ended.
    with Leases(database, MachineClock(), owner=name, lease_s=2400.0) as leases, leases.bell(ROOM) as bell:
        assert bell.wait_for_work(0.0)
        assert bell.wait_for_work(60.0), "the first notice is that it listens"
        say("listening")
        assert bell.wait_for_work(60.0)
        say(f"woken, {len(leases.claim(TENANT, ROOM, now_ns=0, limit=9))} claimed")


def main() -> None:
    url, name, mode = sys.argv[1:]
    with open_database(url) as database:
        if mode == "drain":
            drain(database, name)
        elif mode == "wait":
            wait(database, name)
        else:
            Holder(database, name).hold(mode)
