"""What the rounds say: medians and spreads, ratios, limits; as a table for people and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.emulator.lanes import Drive
from benchmarks.emulator.servers import Memory
from benchmarks.emulator.strictness import Proof

SPEED_LIMIT = 2.0
"""Transitions per second, ours over theirs: at least this."""
MEMORY_LIMIT = 1.0
"""Resident memory, ours over theirs: at most this."""
OURS = "emulator"
PEER = "moto"
MOMENTS = ("after start", "with campaigns", "after the work")
JUDGED_MOMENTS = ("after start", "after the work")


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One server's part of one round."""

    drive: Drive
    server_cpu_s: float

    @property
    def cpu_s_per_1000(self) -> float:
        """Return the CPU seconds that the server used for 1,000 transitions."""
        return self.server_cpu_s * 1000.0 / len(self.drive.latencies_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """All rounds of one way of asking; the same index is the same round."""

    keep_alive: bool
    concurrency: int
    rounds: dict[str, list[Round]]

    @property
    def name(self) -> str:
        """Return the setting in words."""
        connection = "kept alive where offered" if self.keep_alive else "one per request"
        return f"connection {connection}, {self.concurrency} in flight"

    def each(self, server: str, what: str) -> list[float]:
        """Return one figure for each round of a server."""
        figures: dict[str, Callable[[Round], float]] = {
            "per_second": lambda r: r.drive.per_second,
            "p50_ms": lambda r: r.drive.percentile_ms(0.50),
            "p99_ms": lambda r: r.drive.percentile_ms(0.99),
            "cpu_s_per_1000": lambda r: r.cpu_s_per_1000,
            "client_cpu_share": lambda r: r.drive.client_cpu_s / r.drive.seconds,
            "connections": lambda r: float(r.drive.connections),
        }
        return [figures[what](r) for r in self.rounds[server]]

    def ratios(self, what: str, above: str, below: str) -> list[float]:
        """Return the ratio of two servers' figures, round by round, so that a slow minute weighs on both."""
        return [a / b for a, b in zip(self.each(above, what), self.each(below, what), strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A bound that the run must keep."""

    name: str
    found: float
    bound: float
    at_least: bool

    @property
    def kept(self) -> bool:
        """Return whether the bound is kept."""
        return self.found >= self.bound if self.at_least else self.found <= self.bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything one run found."""

    machine: dict[str, Any]
    headline_keep_alive: bool
    closes: dict[str, bool]
    settings: list[Setting]
    memory: dict[str, dict[str, Memory]]
    transitions: int
    proofs: list[Proof]

    def limits(self) -> list[Limit]:
        """Return the bounds: speed in the headline settings, memory at two moments."""
        limits = [
            Limit(
                name=f"transitions per second, {OURS} / {PEER}, {setting.concurrency} in flight",
                found=median(setting.ratios("per_second", OURS, PEER)),
                bound=SPEED_LIMIT,
                at_least=True,
            )
            for setting in self.settings
            if setting.keep_alive == self.headline_keep_alive
        ]
        for moment in JUDGED_MOMENTS:
            ours, theirs = self.memory[moment][OURS].as_json(), self.memory[moment][PEER].as_json()
            limits += [
                Limit(
                    name=f"{field.removesuffix('_kib').upper()} {moment}, {OURS} / {PEER}",
                    found=ours[field] / theirs[field],
                    bound=MEMORY_LIMIT,
                    at_least=False,
                )
                for field in ours
            ]
        return limits

    @property
    def passed(self) -> bool:
        """Return whether every bound was kept and every check of the emulator was seen to act."""
        return all(limit.kept for limit in self.limits()) and all(proof.held for proof in self.proofs)

    def growth_bytes(self, server: str) -> float:
        """Return how many bytes the resident memory grew for each transition."""
        before, after = self.memory["with campaigns"][server], self.memory["after the work"][server]
        return (after.rss_kib - before.rss_kib) * 1024 / self.transitions

    def as_json(self) -> dict[str, Any]:
        """Return the run as plain values, every round included."""
        return {
            "machine": self.machine,
            "headline_keep_alive": self.headline_keep_alive,
            "server_closes_after_each_answer": self.closes,
            "settings": [setting_json(setting) for setting in self.settings],
            "memory": {m: {s: memory.as_json() for s, memory in by.items()} for m, by in self.memory.items()},
            "transitions_per_server": self.transitions,
            "growth_bytes_per_transition": {server: self.growth_bytes(server) for server in (OURS, PEER)},
            "strictness": [proof.as_json() for proof in self.proofs],
            "limits": [
                {
                    "name": limit.name,
                    "found": limit.found,
                    "bound": limit.bound,
                    "at_least": limit.at_least,
                    "kept": limit.kept,
                }
                for limit in self.limits()
            ],
            "passed": self.passed,
        }

    def as_text(self) -> str:
        """Return the run as tables."""
        lines = [", ".join(f"{name} {value}" for name, value in self.machine.items()), ""]
        closing = [server for server, closes in self.closes.items() if closes]
        if closing:
            lines += [f"closes the connection after each answer even when asked not to: {', '.join(closing)}"]
        lines += [f"headline: connection {'kept alive' if self.headline_keep_alive else 'one per request'}", ""]
        for setting in self.settings:
            lines += [*setting_lines(setting), ""]
        lines += [*self.memory_lines(), ""]
        for proof in self.proofs:
            lines.append(f"{'strict ' if proof.held else 'NOT STRICT'} {proof.check}: {proof.found}")
        lines.append("")
        for limit in self.limits():
            sign, word = "at least" if limit.at_least else "at most", "kept  " if limit.kept else "MISSED"
            lines.append(f"{word} {limit.name}: {limit.found:.2f} ({sign} {limit.bound})")
        return "\n".join(lines)

    def memory_lines(self) -> list[str]:
        """Return the table of resident memory."""
        lines = [f"{'resident memory, MiB':<22}{'server':<10}{'RSS':>8}{'PSS':>8}{'USS':>8}"]
        for moment in MOMENTS:
            for server in (OURS, PEER):
                figures = "".join(f"{kib / 1024:>8.1f}" for kib in self.memory[moment][server].as_json().values())
                lines.append(f"{moment:<22}{server:<10}{figures}")
        growth = ", ".join(f"{server} {self.growth_bytes(server):.0f}" for server in (OURS, PEER))
        lines.append(f"growth of RSS over {self.transitions} transitions each, bytes per transition: {growth}")
        return lines


def spread(figures: Sequence[float], digits: int) -> str:
    """Return the median with the least and the greatest."""
    return f"{median(figures):.{digits}f} ({min(figures):.{digits}f}..{max(figures):.{digits}f})"


COLUMNS = (
    ("per_second", "transitions/s", 0),
    ("p50_ms", "p50 ms", 2),
    ("p99_ms", "p99 ms", 2),
    ("cpu_s_per_1000", "server CPU s/1000", 3),
    ("client_cpu_share", "client CPU share", 2),
)


def setting_lines(setting: Setting) -> list[str]:
    """Return the table of one setting: median (least..greatest) over its rounds."""
    rounds = len(setting.rounds[OURS])
    lines = [f"{setting.name}: {rounds} rounds of {len(setting.rounds[OURS][0].drive.latencies_s)} transitions"]
    lines.append(f"{'':<10}" + "".join(f"{title:>24}" for _, title, _ in COLUMNS) + f"{'connections':>14}")
    for server in (OURS, PEER):
        cells = "".join(f"{spread(setting.each(server, what), digits):>24}" for what, _, digits in COLUMNS)
        lines.append(f"{server:<10}{cells}{median(setting.each(server, 'connections')):>14.0f}")
    speed = spread(setting.ratios("per_second", OURS, PEER), 2)
    cpu = spread(setting.ratios("cpu_s_per_1000", PEER, OURS), 2)
    p99 = spread(setting.ratios("p99_ms", PEER, OURS), 2)
    lines.append(f"{OURS} is faster {speed} times; {PEER} uses {cpu} times the CPU and has {p99} times the p99")
    return lines


def setting_json(setting: Setting) -> dict[str, Any]:
    """Return a setting as plain values, each figure for each round."""
    names = [*(what for what, _, _ in COLUMNS), "connections"]
    return {
        "keep_alive": setting.keep_alive,
        "concurrency": setting.concurrency,
        "transitions_per_round": len(setting.rounds[OURS][0].drive.latencies_s),
        "rounds": {server: {what: setting.each(server, what) for what in names} for server in setting.rounds},
        "median_ratio_per_second": median(setting.ratios("per_second", OURS, PEER)),
        "median_ratio_cpu": median(setting.ratios("cpu_s_per_1000", PEER, OURS)),
        "median_ratio_p99": median(setting.ratios("p99_ms", PEER, OURS)),
    }
