"""All that a bench of the pages needs, each part a process of its own; by itself it stays until Ctrl-C, to be seen.

`python -m benchmarks.pages.house [--campaigns N]` prints a link that signs in; `--serve` is the service's process.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2

from benchmarks.pages import crowd
from paceline.bootstrap import open_system
from paceline.control.access.rights import Role
from paceline.control.order import Order
from paceline.service.app import application
from paceline.service.options import Options
from paceline.service.server import Listening, ServiceServer


@contextmanager
def emulating(folder: Path, campaigns: int) -> Iterator[str]:
    """Run the platform while the block runs, its clock going as ours does; yields its address."""
    file = folder / "tenants.toml"
    file.write_text(crowd.tenants(campaigns), encoding="utf-8")
    clock = f"{crowd.NOON:%Y-%m-%dT%H:%M:%SZ}"
    words = ["emulator", "serve", "--port", "0", "--tenants", str(file), "--speed", "0", "--clock", clock]
    process = subprocess.Popen(  # noqa: S603  # the project's own command
        [sys.executable, "-c", "import sys; from paceline.cli.main import main; sys.exit(main())", *words],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[1]
        with httpx2.Client(base_url=f"{url}/_emulator", trust_env=False, timeout=30) as control:
            crowd.dial(control, campaigns)
            control.put("/clock", json={"now": clock, "speed": 1.0}).raise_for_status()
        yield url
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def serving(folder: Path, emulator: str, campaigns: int) -> Iterator[str]:
    """Run the service while the block runs, its book filled before; yields a link that signs in."""
    environment = {
        "PACELINE_API_URL": emulator,
        "PACELINE_AUTH_URL": f"{emulator}/oauth/token",
        "PACELINE_CLIENT_ID": "crowd",
        "PACELINE_CLIENT_SECRET": "crowd",
        "PACELINE_DATA_FOLDER": str(folder),
        "PACELINE_REQUESTS_PER_MINUTE": "0",
    }
    with open_system(environment, folder=folder) as system:
        crowd.fill(system, campaigns)
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.pages.house", "--serve"],
        env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def house(campaigns: int) -> Iterator[str]:
    """Run platform and service while the block runs; yields a link that signs in."""
    with (
        tempfile.TemporaryDirectory(prefix="paceline-pages-") as folder,
        emulating(Path(folder), campaigns) as emulator,
        serving(Path(folder), emulator, campaigns) as link,
    ):
        yield link


def serve() -> int:
    """Serve the pages until SIGTERM, after a line with the link."""
    with open_system() as system:
        link = system.access.make_link("ada", Role.ADMINISTRATOR, Order(actor=system.actor))
        server = ServiceServer(application(system, Options(requests_per_minute=10**6)), Listening(grace_s=2.0))
        server.heed_signals()
        sys.stdout.write(f"{server.url}/enter#{link}\n")
        sys.stdout.flush()
        server.serve()
    return 0


def main(argv: list[str] | None = None) -> int:
    """Serve, or stay until Ctrl-C, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages.house", description=__doc__)
    parser.add_argument("--campaigns", type=int, default=1000)
    parser.add_argument("--serve", action="store_true")
    asked = parser.parse_args(argv)
    if asked.serve:
        return serve()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with house(asked.campaigns) as link, suppress(KeyboardInterrupt):
        sys.stdout.write(f"{link}\n")
        sys.stdout.flush()
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
