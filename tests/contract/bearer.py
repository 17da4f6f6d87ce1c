"""A process that carries out a request and is killed over it: `bearer URL KEY DIGEST`."""

from __future__ import annotations

import os
import sys

from paceline.control.access.replays import Fresh, Replays
from paceline.control.owners import Owner
from paceline.primitives.clock import MachineClock
from paceline.primitives.ids import TenantId
from paceline.storage.database import open_database


def main() -> None:
    url, key, digest = sys.argv[1:]
    clock = MachineClock()
    with open_database(url) as database:
        owner = Owner(database, clock, lease_s=0.5)
        replays = Replays(database, tenant=TenantId("acme"), owner=owner, clock=clock)
        begun = replays.begin(key, "ada", digest)
        os.write(1, b"begun\n" if isinstance(begun, Fresh) else f"{begun}\n".encode())
        sys.stdin.readline()
