"""One run: an emulator, a database, several who change campaigns at once and are killed again and again."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks.torture.dice import Dice
from benchmarks.torture.judgement import judged
from benchmarks.torture.runner import CLIENT, LEASE_S, SECRET, Life, Order, transport_to
from benchmarks.torture.weather import Control, Repeated, Weather, Witness
from paceline.bootstrap import Options, System
from paceline.campaign.lifecycle.changes import Stop
from paceline.cxone.outbound_v2.dialect import OutboundV2
from paceline.ledger.entry import Actor
from paceline.primitives.clock import MachineClock
from paceline.primitives.ids import TenantId, campaign_id
from paceline.storage.database import open_database
from paceline.testing import running_emulator
from tests.forked import MODULES, Forked

TENANT = "torture"
ACTORS = ("ada", "bob", "eve")
CAMPAIGNS = ("C-1", "C-2", "C-3", "C-4", "C-5")
REVISION = 1
TENANTS = f"""
[[tenants]]
id = "{TENANT}"
requests_per_minute = 100000000
clients = [{{ id = "{CLIENT}", secret = "{SECRET}", scopes = ["Campaign.ReadWrite"] }}]
campaigns = [
{"".join(f'  {{ id = "{name}", status = "ACTIVE", revision = {REVISION} }},' for name in CAMPAIGNS)}
]
"""
LENGTHS = (
    (None, 0, 60),
    (None, 20, 200),
    (None, 100, 1500),
    ("settle", 0, 40),
    ("intend", 0, 20),
    ("answered", 0, 15),
    ("settle", 0, 150),
    ("settle", 100, 800),
)
"""From which moment on a process lives, and how many milliseconds at least and at most; each as often as the others."""
STARTING, BETWEEN = "starting", "between two changes"


@dataclass(slots=True)
class Tally:
    """What is known of the kills and of what they struck; `told` is how finished changes ended: word and entry."""

    struck: Counter[str] = field(default_factory=Counter)
    told: list[tuple[str, str]] = field(default_factory=list)
    begun: int = 0
    again: int = 0
    troubles: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of it; `faults` is empty when nothing was lost and nothing done twice."""

    kind: str
    kills: int
    tally: Tally
    endings: Counter[str]
    weather: Counter[str]
    requests: Counter[str]
    effects: int
    rows: int
    seconds: float
    faults: tuple[str, ...]


def tortured(kind: str, url: str, *, kills: int, seed: str) -> Run:
    """Kill so many times on this database, and return what came of it."""
    clock, tally = MachineClock(), Tally()
    began_ns = clock.running_ns()
    open_database(url).close()
    with running_emulator(TENANTS, now="2026-06-15T12:00:00Z", seed=7) as emulator:
        switching, looking = Control(emulator.url), Control(emulator.url)
        weather, witness = Weather(switching, Dice(f"{seed}/{kind}/weather")), Witness(looking)
        threads = [Repeated(weather.switch), Repeated(witness.look)]
        try:
            _kill(url, emulator.url, tally, kills=kills, seed=f"{seed}/{kind}")
        finally:
            for thread in threads:
                thread.end()
        weather.clear()
        with _last_system(url, emulator.url) as system:
            for campaign in CAMPAIGNS:
                system.run(Stop(campaign=campaign_id(campaign)))
            witness.look()
            held = {name: int(switching.ask("GET", f"/campaigns/{name}")["revision"]) for name in CAMPAIGNS}
            found = judged(system, witness.effects, held=held, first=REVISION, told=tally.told)
        for control in (switching, looking):
            control.close()
    return Run(
        kind=kind,
        kills=kills,
        tally=tally,
        endings=found.endings,
        weather=weather.switched,
        requests=_by_kind(witness.requests, weather.kinds),
        effects=len(witness.effects),
        rows=found.rows,
        seconds=(clock.running_ns() - began_ns) / 1e9,
        faults=(*tally.troubles, *found.faults),
    )


def _by_kind(requests: Counter[str], kinds: Mapping[str, str]) -> Counter[str]:
    """Return the requests by the kind of the fault that met them, not by its number."""
    counted: Counter[str] = Counter()
    for name, many in requests.items():
        counted[kinds.get(name, name)] += many
    return counted


@contextmanager
def _last_system(url: str, api: str) -> Iterator[System]:
    """Open the system of somebody who comes when all are dead, and settles what they left."""
    transport = transport_to(api)
    with (
        open_database(url) as database,
        System(
            platform=OutboundV2(transport),
            database=database,
            tenant=TenantId(TENANT),
            actor=Actor(name="last", known_by="torture"),
            options=Options(lease_s=LEASE_S),
        ) as system,
    ):
        yield system
    transport.close()


def _kill(url: str, api: str, tally: Tally, *, kills: int, seed: str) -> None:
    """Have every actor live and die until there were enough kills."""
    left, lock = iter(range(kills)), threading.Lock()

    def act(actor: str) -> None:
        dice, forerunner = Dice(f"{seed}/{actor}"), _Forerunner()
        with Forked(["benchmarks.torture.runner"], of=MODULES) as process:
            while True:
                with lock:
                    number = next(left, None)
                if number is None:
                    break
                since, after_ms = _length(dice)
                life = Life(
                    url=url,
                    tenant=TENANT,
                    api=api,
                    actor=actor,
                    campaigns=CAMPAIGNS,
                    seed=f"{seed}/{actor}/{number}",
                    since=since,
                    after_ms=after_ms,
                    again=forerunner.unfinished,
                )
                trouble = forerunner.follow(process, life)
                with lock:
                    forerunner.add_to(tally, trouble)
                if trouble is not None:
                    break

    threads = [threading.Thread(target=act, args=(actor,)) for actor in ACTORS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _length(dice: Dice) -> tuple[str | None, float]:
    """Return from when on a process lives how many milliseconds: from birth, or from when it has outwaited the dead."""
    since, least, most = dice.one_of(LENGTHS)
    return since, dice.between(least, most)


class _Forerunner:
    """What a killed process was at."""

    def __init__(self) -> None:
        self.unfinished: Order | None = None
        self._moment = STARTING
        self._told: list[tuple[str, str]] = []
        self._begun = 0
        self._again = 0

    def follow(self, process: Forked, life: Life) -> str | None:
        """Have a life lived to its end, and return what was wrong with it besides that it was killed."""
        assert process.stdin is not None
        self._moment, self._told, self._begun = STARTING, [], 0
        self._again = life.again is not None
        process.stdin.write(life.written() + "\n")
        process.stdin.flush()
        for line in process.stdout:
            word, *rest = line.split()
            if word == "began":
                self.unfinished, self._moment = (rest[0], rest[1]), "begun"
                self._begun += 1
            elif word == "at":
                self._moment = _place(self._moment, rest[0])
            elif word == "ended":
                self.unfinished, self._moment = None, BETWEEN
                self._told.append((rest[0], rest[1]))
            else:
                return None if word == "killed" else f"a process of {life.actor} ended by itself: {line.strip()}"
        return f"the process of {life.actor} is gone"

    def add_to(self, tally: Tally, trouble: str | None) -> None:
        """Count the life that has just ended."""
        tally.struck[self._moment] += 1
        tally.told += self._told
        tally.begun += self._begun
        tally.again += self._again
        if trouble is not None:
            tally.troubles.append(trouble)


def _place(before: str, moment: str) -> str:
    """Return the place of a moment; until what others left is settled, it is a place in that."""
    if moment == "settle":
        return moment
    settling = before == "validate" or before.startswith("settling")
    return "settling" if settling else moment
