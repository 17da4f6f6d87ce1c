"""Those who ask: writers, readers that take turns with an empty route, and listeners that are cut off and come back."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlsplit

import httpx2

from benchmarks.service.served import EMPTY
from paceline.primitives.clock import MachineClock

CLOCK = MachineClock()
READS = ("/v1/campaigns/{campaign}", "/v1/campaigns/{campaign}/rules", "/v1/changes?limit=20")
"""What is read; a campaign is asked of the platform each time."""
_EVENT = re.compile(rb"^id: (\d+)$", re.MULTILINE)
_PLACE = b"event: place"


@dataclass
class Load:
    """What was asked of a service, and how it went.

    Attributes:
        took_ms: of each route, how long every answer took, in milliseconds.
        writes: how changes ended, by word.
        wrong: answers that nobody expected.
        is_over: whether writers and readers are to end.
        last_row: the row that every listener has to hear yet; None while more come.
    """

    url: str
    key: str
    campaigns: int
    every_s: float
    took_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    writes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    wrong: list[str] = field(default_factory=list)
    is_over: bool = False
    last_row: int | None = None

    def client(self) -> httpx2.AsyncClient:
        """Return somebody with the key."""
        headers = {"Authorization": f"Bearer {self.key}"}
        return httpx2.AsyncClient(base_url=self.url, headers=headers, trust_env=False, timeout=60)

    async def write(self, number: int, writers: int) -> None:
        """Pause and resume campaigns of one's own, one change every `every_s` seconds."""
        own = [f"CMP-{n}" for n in range(number, self.campaigns, writers)]
        await asyncio.sleep(self.every_s * number / writers)
        async with self.client() as client:
            for turn in count():
                campaign, verb = own[turn // 2 % len(own)], ("pause", "resume")[turn % 2]
                answer = await client.post(f"/v1/campaigns/{campaign}:{verb}", headers={"If-Match": "*"})
                told = answer.json()
                self.writes[told.get("outcome", str(answer.status_code))] += 1
                if self.is_over:
                    return
                await asyncio.sleep(self.every_s)

    async def read(self, number: int) -> None:
        """Ask for nothing and for something in turn."""
        async with self.client() as client:
            for turn in count(number):
                if self.is_over:
                    return
                route = READS[turn % len(READS)]
                campaign = f"CMP-{turn * 7 % self.campaigns}"
                await self._timed(client, "empty", EMPTY)
                await self._timed(client, route, route.format(campaign=campaign))
                await asyncio.sleep(0.02)

    async def _timed(self, client: httpx2.AsyncClient, name: str, target: str) -> None:
        began_ns = CLOCK.running_ns()
        answer = await client.get(target)
        self.took_ms[name].append((CLOCK.running_ns() - began_ns) / 1e6)
        if answer.status_code not in {200, 204}:
            self.wrong.append(f"{target}: {answer.status_code} {answer.text[:200]}")


@dataclass
class Listener:
    """Somebody who follows the events; `cut` breaks the connection, and it comes back where it was."""

    load: Load
    heard: list[int] = field(default_factory=list)
    last: int = 0
    cuts: int = 0
    _writer: asyncio.StreamWriter | None = None

    def cut(self) -> None:
        """Break the connection without a word."""
        if self._writer is not None:
            self.cuts += 1
            self._writer.transport.abort()

    async def listen(self) -> None:
        """Listen until the last row was heard."""
        while not self._has_heard_all():
            try:
                await self._listen()
            except (OSError, asyncio.IncompleteReadError):
                continue

    async def _listen(self) -> None:
        place = urlsplit(self.load.url)
        reader, self._writer = await asyncio.open_connection(place.hostname, place.port)
        head = f"GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.load.key}\r\n"
        self._writer.write(f"{head}Last-Event-ID: {self.last}\r\n\r\n".encode())
        try:
            status = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in status[:20]:
                self.load.wrong.append(f"the stream: {status[:80]!r}")
                return
            while not self._has_heard_all():
                size = int((await reader.readuntil(b"\r\n")).strip(), 16)
                chunk = await reader.readexactly(size + 2)
                self._take(chunk[:-2])
                if size == 0:
                    return
        finally:
            self._writer.close()

    def _has_heard_all(self) -> bool:
        return self.load.last_row is not None and self.last >= self.load.last_row

    def _take(self, chunk: bytes) -> None:
        """Note the numbers of a chunk, which has whole events: the service sends some at once."""
        for event in chunk.split(b"\n\n"):
            found = _EVENT.search(event)
            if found is not None:
                self.last = int(found[1])
                if _PLACE not in event:
                    self.heard.append(self.last)
