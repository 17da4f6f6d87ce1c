"""A tracking server as small as the REST reference of MLflow lets it be: it keeps what it is sent, and can refuse."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(slots=True)
class Tracker:
    """What a server was sent.

    Attributes:
        runs: by the server's name of each.
        refuses: statuses that it answers with next, whatever it is asked; the first one first.
        artifact_root: where its artifacts lie.
    """

    url: str = ""
    experiments: dict[str, str] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    pictures: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    refuses: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    bearers: list[str | None] = field(default_factory=list)
    artifact_root: str = "mlflow-artifacts:/"


def _answer(tracker: Tracker, method: str, target: str, body: bytes, kind: str) -> tuple[int, dict[str, Any]]:
    parts = urlsplit(target)
    if method == "PUT" and "/mlflow-artifacts/artifacts/" in parts.path:
        tracker.pictures[parts.path.rpartition("/artifacts/")[2]] = (kind, body)
        return 200, {}
    said = json.loads(body) if body else {}
    match parts.path.removeprefix("/api/2.0/mlflow/"):
        case "experiments/get-by-name":
            name = parse_qs(parts.query)["experiment_name"][0]
            if name not in tracker.experiments:
                return 404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": f"no experiment {name}"}
            stage = "deleted" if name in tracker.deleted else "active"
            return 200, {"experiment": {"experiment_id": tracker.experiments[name], "lifecycle_stage": stage}}
        case "experiments/create":
            tracker.experiments[said["name"]] = str(len(tracker.experiments) + 1)
            return 200, {"experiment_id": tracker.experiments[said["name"]]}
        case "runs/search":
            wanted = said["filter"].partition(" = ")[2].strip("'")
            found = [one for one in tracker.runs.values() if one["tags"].get("paceline.key") == wanted]
            return 200, {"runs": [_shown(tracker, one) for one in found]} if found else {}
        case "runs/create":
            tags = {one["key"]: one["value"] for one in said["tags"]}
            run = {"id": f"r{len(tracker.runs)}", "experiment": said["experiment_id"], "tags": tags}
            tracker.runs[str(run["id"])] = {**run, "metrics": {}, "params": {}, "status": "RUNNING"}
            return 200, {"run": _shown(tracker, tracker.runs[str(run["id"])])}
        case "runs/log-batch":
            return _logged(tracker.runs[said["run_id"]], said)
        case "runs/update":
            tracker.runs[said["run_id"]]["status"] = said["status"]
            return 200, {}
        case _:
            return 404, {"message": "no such address"}


def _logged(run: dict[str, Any], said: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    for one in said.get("params", []):
        if run["params"].get(one["key"], one["value"]) != one["value"]:
            return 400, {"message": f"parameter {one['key']} cannot be changed"}
        run["params"][one["key"]] = one["value"]
    run["metrics"] |= {one["key"]: one["value"] for one in said.get("metrics", [])}
    run["tags"] |= {one["key"]: one["value"] for one in said.get("tags", [])}
    return 200, {}


def _shown(tracker: Tracker, run: dict[str, Any]) -> dict[str, Any]:
    params = [{"key": name, "value": value} for name, value in run["params"].items()] if "params" in run else []
    place = f"{tracker.artifact_root}{run['experiment']}/{run['id']}/artifacts"
    return {"info": {"run_id": run["id"], "artifact_uri": place}, "data": {"params": params}}


@contextmanager
def tracker_running() -> Iterator[Tracker]:
    """Run a server until the block ends."""
    tracker = Tracker()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            tracker.asked.append(f"{self.command} {self.path.partition('?')[0]}")
            tracker.bearers.append(self.headers.get("Authorization"))
            if tracker.refuses:
                status, said = tracker.refuses.pop(0), {"message": "not now"}
            else:
                kind = self.headers.get("Content-Type", "")
                status, said = _answer(tracker, self.command, self.path, body, kind)
            told = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        do_GET = do_POST = do_PUT = _serve  # noqa: N815 - the library's names

        def log_message(self, *said: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    tracker.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01), daemon=True)
    thread.start()
    try:
        yield tracker
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
