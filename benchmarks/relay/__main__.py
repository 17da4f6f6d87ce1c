"""Carry 10,000 messages to a receiver that fails half of the time; exit 1 unless each arrived, in order by campaign.

Of its failures some come after it has taken the message, so that it comes twice: with the same id and the same body.
What fails ten times in a row would be given up; but whatever arrives in between lets all that waits begin anew. Waits
between attempts pass on a manual clock; what is measured is the work. A receiver that never fails is measured in the
same run, with a tenth of the messages: the ratio is what failures cost.

`python -m benchmarks.relay [--messages N] [--campaigns N] [--url URL] [--json FILE]`
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from paceline.outbox.addresses import Reach
from paceline.outbox.box import Box
from paceline.outbox.dead_letters import DeadLetter, dead_letters
from paceline.outbox.message import RECOVERED, News
from paceline.outbox.relay import Relay
from paceline.outbox.sending import Sender
from paceline.outbox.streams import Streams
from paceline.outbox.subscribers import Subscriber, Subscribers
from paceline.primitives.clock import MachineClock, ManualClock, instant_of
from paceline.primitives.ids import CampaignId, TenantId
from paceline.storage.database import Database, open_database
from paceline.storage.leases import Leases

TENANT = TenantId("bench")
TAKEN, HUNG_UP, LOST = 200, 0, -1
"""What becomes of a request beside an error: it is taken; there is no answer; it is taken, and there is no answer."""
ANSWERS = (TAKEN, TAKEN, TAKEN, TAKEN, TAKEN, 429, 500, 503, HUNG_UP, LOST)
"""What a failing receiver draws from."""
STEP_S = 300.0
"""By how much the manual clock is moved when nothing is due."""
BATCH = 500


@dataclass
class Receiver:
    """What was taken, by campaign in the order of first arrival; how often each id came, and in how many bodies."""

    fails: bool
    url: str = ""
    attempts: int = 0
    bodies: dict[str, set[bytes]] = field(default_factory=dict)
    taken: dict[str, list[int]] = field(default_factory=dict)
    arrivals: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, name: str, body: bytes) -> int:
        """Keep one request under the id in its header, and return what becomes of it."""
        said = json.loads(body)
        with self.lock:
            drawn = int.from_bytes(sha256(str(self.attempts).encode()).digest()[:4])
            self.attempts += 1
            answer = ANSWERS[drawn % len(ANSWERS)] if self.fails else TAKEN
            if answer in {TAKEN, LOST} and said["type"] != RECOVERED:
                if name not in self.arrivals:
                    self.taken.setdefault(said["campaign"], []).append(said["sequence"])
                self.arrivals[name] += 1
                self.bodies.setdefault(name, set()).add(body)
            return answer


class _Server(ThreadingHTTPServer):
    receiver: Receiver


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        """Answer as the receiver says."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.receiver.take(self.headers["webhook-id"], body)
        if status in {HUNG_UP, LOST}:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name http.server gives it
        """Say nothing."""


@contextmanager
def receiving(*, fails: bool) -> Iterator[Receiver]:
    """Run a receiver on the loopback while the block runs."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        server.receiver = Receiver(fails, f"http://127.0.0.1:{server.server_address[1]}/")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.receiver
        finally:
            server.shutdown()
            thread.join()


class Silence:
    """A witness that keeps nothing: what was given up is counted at the end."""

    def gave_up(self, connection: Connection, letter: DeadLetter, *, host: str) -> None:
        """Keep nothing."""

    def was_disabled(self, connection: Connection, subscriber: Subscriber, *, why: str) -> None:
        """Keep nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One run: how many were put, arrived, came more than once, were given up; and the rate of the relay.

    `told_apart` is whether each id stood for one message, with one body however often it came. `in_order` is that of
    first arrivals within a campaign.
    """

    messages: int
    arrived: int
    attempts: int
    repeated: int
    given_up: int
    told_apart: bool
    in_order: bool
    put_per_s: float
    delivered_per_s: float

    @property
    def passed(self) -> bool:
        """Whether every message arrived, those of each campaign in order, and duplicates can be recognised."""
        return self.in_order and self.told_apart and self.arrived == self.messages


def carried(database: Database, *, messages: int, campaigns: int, fails: bool) -> Result:
    """Put messages, carry them all, and return what came of it."""
    clock = ManualClock(wall_ns=MachineClock().wall_ns())
    machine = MachineClock()
    leases = Leases(database, clock, owner=f"bench-{fails}", times=lambda _connection: clock.wall_ns())
    subscribers = Subscribers(TENANT, clock, reach=Reach.LOOPBACK)
    streams = Streams(TENANT, leases)
    box = Box(database, tenant=TENANT, clock=clock, subscribers=subscribers, streams=streams)
    post = Sender(reach=Reach.LOOPBACK)
    relay = Relay(database, box=box, leases=leases, post=post, witness=Silence(), clock=clock)
    with receiving(fails=fails) as receiver, leases:
        listener = database.write(lambda connection: subscribers.add(connection, url=receiver.url))
        began_ns = machine.running_ns()
        for first in range(0, messages, BATCH):
            numbers = range(first, min(first + BATCH, messages))
            database.write(partial(put, box=box, numbers=numbers, campaigns=campaigns, clock=clock))
        put_ns = machine.running_ns()
        while database.read(lambda connection: streams.late(connection, listener.id)):
            if not relay.run_due(clock.wall_ns()).taken:
                clock.advance(STEP_S)
        ended_ns = machine.running_ns()
        given_up = len(database.read(lambda connection: dead_letters(connection, TENANT, subscriber=listener.id)))
        database.write(lambda connection: box.remove(connection, listener.id))
    return Result(
        messages=messages,
        arrived=len(receiver.arrivals),
        attempts=receiver.attempts,
        repeated=sum(count > 1 for count in receiver.arrivals.values()),
        given_up=given_up,
        told_apart=sum(map(len, receiver.taken.values())) == messages
        and all(len(bodies) == 1 for bodies in receiver.bodies.values()),
        in_order=all(numbers == sorted(numbers) for numbers in receiver.taken.values()),
        put_per_s=messages * 1e9 / (put_ns - began_ns),
        delivered_per_s=messages * 1e9 / (ended_ns - put_ns),
    )


def put(connection: Connection, *, box: Box, numbers: range, campaigns: int, clock: ManualClock) -> None:
    """Put a message for each number, the campaigns in turn."""
    for number in numbers:
        campaign = CampaignId(f"CMP-{number % campaigns}")
        news = News(
            type="lifecycle.applied", at=instant_of(clock.wall_ns()), campaign=campaign, data={"reason": "x" * 200}
        )
        box.put(connection, news)


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.relay", description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--campaigns", type=int, default=100)
    parser.add_argument("--url", help="use this database instead of a new SQLite file")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    chosen = parser.parse_args(argv)
    with (
        tempfile.TemporaryDirectory(prefix="relay-bench-") as folder,
        open_database(chosen.url or f"sqlite:///{folder}/paceline.db") as database,
    ):
        few = max(1, chosen.messages // 10)
        sound = carried(database, messages=few, campaigns=chosen.campaigns, fails=False)
        failing = carried(database, messages=chosen.messages, campaigns=chosen.campaigns, fails=True)
    for name, result in (("never fails", sound), ("fails half of the time", failing)):
        sys.stdout.write(
            f"{name}: {result.arrived} of {result.messages} arrived in {result.attempts} attempts, {result.repeated} of"
            f" them more than once, {result.given_up} given up; duplicates known by their id:"
            f" {result.told_apart}; in order: {result.in_order};"
            f" {result.put_per_s:.0f} put/s, {result.delivered_per_s:.0f} delivered/s\n"
        )
    sys.stdout.write(f"cost of failures: {sound.delivered_per_s / failing.delivered_per_s:.1f} times as long\n")
    passed = sound.passed and failing.passed
    if chosen.json:
        figures = {"sound": asdict(sound), "failing": asdict(failing), "passed": passed}
        chosen.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
