"""Send runs to the published MLflow server, and read them back with its own client; exit 1 when anything differs.

`python -m benchmarks.mlflow [--page FILE]`: the server runs from `.venv-mlflow`, made by `make bench-mlflow`.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from paceline.primitives.clock import MachineClock
from paceline.tracking.failures import TrackingAwayError
from paceline.tracking.mlflow import MlflowServer
from paceline.tracking.run import Picture, Run

PYTHON = Path(os.environ.get("PACELINE_MLFLOW_PYTHON", ".venv-mlflow/bin/python"))
_READER = Path(__file__).with_name("reader.py")
_PATIENCE_S = 120
_PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><rect width="2" height="1"/></svg>'


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Run the published server in a folder of its own, and return its address once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(PYTHON), "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder}/m.db", "--artifacts-destination", str(folder / "artifacts")]
    with (folder / "server.log").open("wb") as log:
        # A group of its own: the server has workers, which end with it.
        running = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, start_new_session=True)  # noqa: S603 - ours
        try:
            _wait(f"http://127.0.0.1:{port}", running)
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(running.pid, 15)
            running.wait(timeout=30)


def _wait(url: str, running: subprocess.Popen[bytes]) -> None:
    clock = MachineClock()
    ends_ns = clock.running_ns() + _PATIENCE_S * 10**9
    probe = MlflowServer(url, timeout_s=2.0)
    while True:
        try:
            probe.send(_run("probe", 0, "probe:0"))
        except TrackingAwayError:
            if running.poll() is not None or clock.running_ns() > ends_ns:
                sys.exit("the server did not start; see server.log")
            clock.wait(0.5)
        else:
            probe.close()
            return


def _run(experiment: str, number: int, key: str) -> Run:
    return Run(
        experiment=experiment,
        key=key,
        name=f"weights of CMP-1, entry {number}",
        at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        parameters={"after.parameterWeights.call_rate": "0.1", "campaign": "CMP-1"},
        metrics={"predicted.utilisation.mean": 0.012, "predicted.utilisation.low": 0.007},
        tags={"paceline.entry": str(number)},
        pictures=(Picture(name="effect.svg", content=_PICTURE, media_type="image/svg+xml"),),
    )


def _found(url: str, experiment: str) -> list[dict[str, Any]]:
    command = [str(PYTHON), str(_READER), url, experiment]
    told = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 - our own script
    found: list[dict[str, Any]] = json.loads(told.stdout)
    return found


def _faults(url: str) -> list[str]:
    experiment, sender = "paceline/CMP-1", MlflowServer(url)
    runs = [_run(experiment, number, f"acme:{number}") for number in range(1, 4)]
    for run in runs:
        sender.send(run)
    # The first one again, with what came of it: one run, not two.
    measured = replace(runs[0], metrics={**runs[0].metrics, "realised.utilisation.mean": 0.01})
    sender.send(measured)
    sender.close()
    found = {one["tags"]["paceline.entry"]: one for one in _found(url, experiment)}
    faults = [] if len(found) == len(runs) else [f"{len(found)} runs stand there instead of {len(runs)}"]
    for number, wanted in enumerate([measured, *runs[1:]], start=1):
        one = found.get(str(number), {})
        for name, sent in (("parameters", dict(wanted.parameters)), ("metrics", dict(wanted.metrics))):
            if one.get(name) != sent:
                faults.append(f"run {number}: {name} {one.get(name)} instead of {sent}")
        if one.get("pictures") != {"effect.svg": len(_PICTURE)} or one.get("status") != "FINISHED":
            faults.append(f"run {number}: {one.get('pictures')}, {one.get('status')}")
    return faults


def main() -> None:
    """Send, read back, compare, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", type=Path)
    chosen = parser.parse_args()
    if not PYTHON.exists():
        sys.exit("there is no .venv-mlflow: `make bench-mlflow` makes it")
    asked = [str(PYTHON), "-c", "import mlflow; print(mlflow.__version__)"]
    version = subprocess.run(asked, capture_output=True, check=True, text=True).stdout.strip()  # noqa: S603 - ours
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as url:
        faults = _faults(url)
    told = f"MLflow {version}: 3 runs sent, one of them twice; {len(faults)} differences as its own client reads them"
    sys.stdout.write("\n".join([told, *faults]) + "\n")
    if chosen.page is not None:
        chosen.page.write_text(_page(version, faults), encoding="utf-8")
    sys.exit(1 if faults else 0)


def _page(version: str, faults: list[str]) -> str:
    return (
        "# Runs at an MLflow server\n\n"
        "`make bench-mlflow` starts the published package in an environment of its own (`requirements/mlflow.txt`),\n"
        "sends runs by its REST interface, and reads them back with the package's own client: experiment, parameters,\n"
        "metrics, tags, pictures and status of each are compared.\n\n"
        "| server | runs sent | sent twice | stand there | differences |\n| --- | --- | --- | --- | --- |\n"
        f"| MLflow {version}, SQLite, artifacts served | 3 | 1 | 3 | {len(faults)} |\n"
    )


if __name__ == "__main__":
    main()
