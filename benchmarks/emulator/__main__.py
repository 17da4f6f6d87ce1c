"""Run both servers, alternate between them, print the tables; exit 1 when a limit is missed, 2 when nothing ran.

`python -m benchmarks.emulator [--moto-python PATH] [--json FILE] [--rounds N] [--transitions N]`
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.emulator.lanes import BenchmarkError, drive
from benchmarks.emulator.report import MOMENTS, OURS, PEER, Report, Round, Setting
from benchmarks.emulator.servers import Memory, Server, serving
from benchmarks.emulator.strictness import prove
from benchmarks.emulator.work import EmulatorDialect, MotoDialect, Plan, tenants_file

CONCURRENCIES = (1, 8)
CAMPAIGNS = 200
VERSIONS = """
import platform
from importlib.metadata import version
print(platform.python_version(), version("moto"), version("werkzeug"))
"""


def arguments(argv: list[str] | None) -> argparse.Namespace:
    """Return the command line's choices."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.emulator", description=__doc__)
    parser.add_argument("--moto-python", default=".venv-bench/bin/python", help="a Python that has moto[server]")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each headline setting")
    parser.add_argument("--other-rounds", type=int, default=3, help="rounds of each other setting")
    parser.add_argument("--transitions", type=int, default=500, help="transitions in each server's part of a round")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and return the exit status."""
    chosen = arguments(argv)
    try:
        report = measure(chosen)
    except (BenchmarkError, OSError, subprocess.SubprocessError) as problem:
        sys.stderr.write(f"benchmark not done: {problem}\n")
        return 2
    sys.stdout.write(report.as_text() + "\n")
    if chosen.json:
        chosen.json.write_text(json.dumps(report.as_json(), indent=2) + "\n", encoding="utf-8")
    return 0 if report.passed else 1


def measure(chosen: argparse.Namespace) -> Report:
    """Start both servers and give both the same work, part by part in turn."""
    # Path.resolve would follow the link out of the environment that it stands in.
    moto_python = os.path.abspath(shutil.which(chosen.moto_python) or chosen.moto_python)  # noqa: PTH100
    machine = about(moto_python)
    with ExitStack() as stack:
        servers = start(stack, moto_python)
        memory: dict[str, dict[str, Memory]] = {MOMENTS[0]: resident(servers)}
        plans = {}
        for name, dialect in ((OURS, EmulatorDialect()), (PEER, MotoDialect())):
            address = servers[name].address
            plans[name] = Plan(dialect, address, dialect.make_campaigns(address, CAMPAIGNS))
        memory[MOMENTS[1]] = resident(servers)

        closes = {name: closes_anyway(servers[name], plans[name]) for name in servers}
        headline = not any(closes.values())
        settings = []
        for keep_alive in (headline, not headline):
            rounds = chosen.rounds if keep_alive == headline else chosen.other_rounds
            for concurrency in CONCURRENCIES:
                taken = alternate(
                    servers,
                    plans,
                    keep_alive=keep_alive,
                    concurrency=concurrency,
                    rounds=rounds,
                    transitions=chosen.transitions,
                )
                settings.append(Setting(keep_alive=keep_alive, concurrency=concurrency, rounds=taken))
        memory[MOMENTS[2]] = resident(servers)

        for name, plan in plans.items():
            if plan.differing():
                raise BenchmarkError(f"{name} did not do the work: {plan.differing()[:3]} are in another state")
        asked = {plan.asked for plan in plans.values()}
        if len(asked) != 1:
            raise BenchmarkError(f"the servers were given unequal work: {asked}")
        machine["load after"] = round(os.getloadavg()[0], 2)
        proofs = prove(servers[OURS].address, plans[OURS].asked)
    return Report(
        machine=machine,
        headline_keep_alive=headline,
        closes=closes,
        settings=settings,
        memory=memory,
        transitions=asked.pop(),
        proofs=proofs,
    )


def start(stack: ExitStack, moto_python: str) -> dict[str, Server]:
    """Return both servers, running until the stack is closed, each as its own users start it."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="emulator-bench-")))
    paceline = str(Path(sys.executable).with_name("paceline"))
    tenants = str(tenants_file(folder))
    ours = [sys.executable, paceline, "emulator", "serve", "--port", "0", "--tenants", tenants, "--seed", "1"]
    theirs = [moto_python, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    return {
        OURS: stack.enter_context(serving(OURS, ours, folder)),
        PEER: stack.enter_context(serving(PEER, theirs, folder)),
    }


def alternate(
    servers: dict[str, Server],
    plans: dict[str, Plan],
    *,
    keep_alive: bool,
    concurrency: int,
    rounds: int,
    transitions: int,
) -> dict[str, list[Round]]:
    """Return the rounds of one setting, ours and theirs in turn; a first round warms both up and is not kept."""
    taken: dict[str, list[Round]] = {name: [] for name in servers}
    for turn in range(rounds + 1):
        for name, server in servers.items():
            requests = plans[name].lanes(transitions, concurrency, keep_alive=keep_alive)
            gc.collect()
            before = server.cpu_s()
            driven = drive(server.address, requests, keep_alive=keep_alive)
            done = Round(drive=driven, server_cpu_s=server.cpu_s() - before)
            if turn:
                taken[name].append(done)
    return taken


def closes_anyway(server: Server, plan: Plan) -> bool:
    """Return whether the server closes the connection although the client asks to keep it."""
    asked = len(plan.campaigns) // 10
    return drive(server.address, plan.lanes(asked, 1, keep_alive=True), keep_alive=True).connections == asked


def resident(servers: dict[str, Server]) -> dict[str, Memory]:
    """Return the memory of each server at this moment."""
    return {name: server.memory() for name, server in servers.items()}


def about(moto_python: str) -> dict[str, Any]:
    """Return what the figures depend on: the machine and how busy it was, the Pythons, the peer's version."""
    said = subprocess.run([moto_python, "-c", VERSIONS], capture_output=True, text=True, check=False)  # noqa: S603
    if said.returncode:
        raise BenchmarkError(f"{moto_python} has no moto: {said.stderr.strip().splitlines()[-1]}")
    moto_runs_on, moto, werkzeug = said.stdout.split()
    return {
        "moto": moto,
        "werkzeug": werkzeug,
        "Python (moto)": moto_runs_on,
        "Python (emulator)": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "CPUs": os.cpu_count(),
        "load before": round(os.getloadavg()[0], 2),
    }


if __name__ == "__main__":
    sys.exit(main())
