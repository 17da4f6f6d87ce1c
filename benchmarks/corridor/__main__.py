"""Stop campaigns through the corridor and by a bare loop in turn, print the rates; exit 1 below the limit.

`python -m benchmarks.corridor [--rounds N] [--campaigns N] [--concurrency N] [--folder PATH] [--json FILE]`
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx2

from paceline.bootstrap import Options, System
from paceline.campaign.lifecycle.changes import Stop
from paceline.control.fleet.fleet import Target
from paceline.control.order import Order
from paceline.cxone.auth import Credentials
from paceline.cxone.outbound_v2.dialect import OutboundV2
from paceline.cxone.throttle import Allowance, MemoryThrottle
from paceline.cxone.transport import Address, Transport
from paceline.ledger.entry import Actor
from paceline.ledger.verify import verify_database
from paceline.primitives.clock import MachineClock
from paceline.primitives.ids import CampaignId, TenantId
from paceline.storage.database import Database, open_database

LIMIT = 0.5
"""The least share of the bare loop's rate that the corridor keeps."""
TENANT = TenantId("bench")
CLOCK = MachineClock()
_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Stops per second of a bare loop and through the corridor, and the corridor's requests for each stop."""

    bare_per_s: float
    corridor_per_s: float
    requests_per_stop: float

    @property
    def share(self) -> float:
        """The corridor's rate as a share of the bare loop's."""
        return self.corridor_per_s / self.bare_per_s


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corridor", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="rounds, each of both kinds; one more warms up")
    parser.add_argument("--campaigns", type=int, default=300, help="campaigns stopped in a round, by each kind")
    parser.add_argument("--concurrency", type=int, default=64, help="requests under way at once, for both kinds")
    parser.add_argument("--folder", type=Path, help="where the ledger is made; its disk is part of what is measured")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    chosen = parser.parse_args(argv)
    with (
        tempfile.TemporaryDirectory(prefix="corridor-bench-", dir=chosen.folder) as folder,
        emulator(Path(folder), chosen.campaigns) as url,
        open_database(f"sqlite:///{folder}/paceline.db") as database,
    ):
        rounds = [measured(url, database, chosen) for _ in range(chosen.rounds + 1)][1:]
        found = verify_database(database, tenant=TENANT)
    assert found.ok, found.faults
    share = statistics.median(each.share for each in rounds)
    sys.stdout.write(report(rounds, share=share, rows=found.entries))
    if chosen.json:
        figures = {"rounds": [asdict(each) for each in rounds], "share": share, "passed": share >= LIMIT}
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0 if share >= LIMIT else 1


def measured(url: str, database: Database, chosen: argparse.Namespace) -> Round:
    """Return one round: the bare loop first, then the corridor, each on campaigns that are all active."""
    reset(url)
    bare = bare_per_s(url, chosen.campaigns, chosen.concurrency)
    reset(url)
    corridor, requests = corridor_per_s(url, database, chosen.campaigns, chosen.concurrency)
    return Round(bare_per_s=bare, corridor_per_s=corridor, requests_per_stop=requests)


def bare_per_s(url: str, campaigns: int, concurrency: int) -> float:
    """Return stops per second of a loop that sends the PATCH and looks at the status alone."""
    with httpx2.Client(base_url=url, trust_env=False, limits=httpx2.Limits(max_connections=concurrency)) as client:
        form = {"grant_type": "client_credentials", "client_id": "bench", "client_secret": "bench-secret"}
        token = client.post("/oauth/token", data=form).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"

        def stop(campaign: str) -> None:
            answer = client.patch(f"/api/v2/outbound/campaigns/{campaign}", json={"status": "STOPPED"})
            assert answer.status_code == 200, answer.text

        gc.collect()
        with ThreadPoolExecutor(concurrency) as pool:
            began = CLOCK.running_ns()
            list(pool.map(stop, names(campaigns)))
            return campaigns * _SECOND / (CLOCK.running_ns() - began)


def corridor_per_s(url: str, database: Database, campaigns: int, concurrency: int) -> tuple[float, float]:
    """Return durable, verified stops per second through the corridor, list read included, and requests for each."""
    transport = Transport(
        Address(api=url, token=f"{url}/oauth/token"),
        Credentials(client_id="bench", client_secret="bench-secret"),  # noqa: S106 - of an invented tenant
        throttle=MemoryThrottle(CLOCK, Allowance(limit=1_000_000, window_s=1.0, margin_s=0.0)),
    )
    with System(
        platform=OutboundV2(transport),
        database=database,
        tenant=TENANT,
        actor=Actor(name="bench", known_by="benchmark"),
        options=Options(concurrency=concurrency),
    ) as system:
        system.closes(transport.close)
        order = Order(actor=system.actor, reason="measured")
        gc.collect()
        began = CLOCK.running_ns()
        found = system.fleet.find(Target(everything=True))
        outcome = system.fleet.run(found, stop_of, order)
        took_ns = CLOCK.running_ns() - began
    assert dict(outcome.summary) == {"applied": campaigns}, outcome.summary
    assert all(item.verdict == "achieved" for item in outcome.items)
    return campaigns * _SECOND / took_ns, outcome.requests / campaigns


def stop_of(campaign: CampaignId) -> Stop:
    """Return the stop of one campaign."""
    return Stop(campaign=campaign)


def names(campaigns: int) -> list[str]:
    """Return the ids of the campaigns."""
    return [f"CMP-{number:05}" for number in range(campaigns)]


def reset(url: str) -> None:
    """Make every campaign active again."""
    httpx2.post(f"{url}/_emulator/reset", trust_env=False).raise_for_status()


@contextmanager
def emulator(folder: Path, campaigns: int) -> Iterator[str]:
    """Run an emulator in a process of its own; the block gets its address."""
    listed = ",\n".join(f'  {{ id = "{name}", status = "ACTIVE", agents = 10 }}' for name in names(campaigns))
    (folder / "tenants.toml").write_text(
        f"""[[tenants]]
id = "bench"
max_concurrent_campaigns = {campaigns}
requests_per_minute = 1000000000
clients = [{{ id = "bench", secret = "bench-secret", scopes = ["Campaign.ReadWrite"] }}]
campaigns = [
{listed}
]
""",
        encoding="utf-8",
    )
    command = [str(Path(sys.executable).parent / "paceline"), "emulator", "serve", "--port", "0"]
    command += ["--tenants", str(folder / "tenants.toml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own command
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[1]
        finally:
            process.terminate()


def report(rounds: list[Round], *, share: float, rows: int) -> str:
    """Return the figures as text."""
    told = ["stops per second: bare loop, corridor, share; requests for each stop\n"]
    told += [
        f"  {each.bare_per_s:8.0f} {each.corridor_per_s:8.0f} {each.share:6.2f} {each.requests_per_stop:6.3f}\n"
        for each in rounds
    ]
    kept = "kept" if share >= LIMIT else "NOT kept"
    told.append(f"median share {share:.2f}, limit {LIMIT}: {kept}; {rows} rows in the ledger, verified\n")
    return "".join(told)


if __name__ == "__main__":
    sys.exit(main())
