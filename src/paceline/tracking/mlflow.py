"""MLflow by its REST interface, version 2.0: experiment, run, parameters, metrics, tags, pictures.

1. A run is found again by its key, a tag, so that one that is sent twice is one run; what is in it is replaced.
2. Parameters cannot be changed at the server: of a run that is there already only those are sent that it has not.
3. Pictures go through the server (`mlflow-artifacts:`); one whose artifacts lie elsewhere gets none, and that is told.
4. Nothing is asked twice here: who keeps what is due sends it again.

Source: the REST reference of MLflow 3 (mlflow.org/docs/latest/rest-api.html).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2

from paceline.tracking.failures import TrackingAwayError, TrackingRefusedError
from paceline.tracking.run import Picture, Run, Sent

KEY_TAG = "paceline.key"
"""The tag by which a run is found again."""
_API = "/api/2.0/mlflow"
_ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts"
_SERVED = "mlflow-artifacts"
_MOST_METRICS, _MOST_PARAMETERS, _MOST_TAGS = 1000, 100, 100
_LONGEST_PARAMETER, _LONGEST_TAG = 6000, 5000
_TIMEOUT_S = 20.0
_SHOWN = 200


class MlflowServer:
    """One MLflow server; serves all threads. To be closed."""

    def __init__(self, url: str, *, token: str | None = None, timeout_s: float = _TIMEOUT_S) -> None:
        """Open nothing yet.

        Args:
            url: where it is, such as `https://mlflow.example.com`.
            token: sent as a bearer; never in an error.
            timeout_s: of each request, seconds.

        Raises:
            TrackingRefusedError: the address is none.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            raise TrackingRefusedError(
                "the address of the tracking server has to begin with https:// or http:// and name no user",
                hint="set mlflow_url to what a browser opens it by, and mlflow_token to its token",
            )
        self._host = parts.netloc
        headers = {"User-Agent": "paceline"} | ({} if token is None else {"Authorization": f"Bearer {token}"})
        self._client = httpx2.Client(base_url=url.rstrip("/"), headers=headers, timeout=timeout_s)

    def send(self, run: Run) -> Sent:
        """Have a run stand at the server as it is here, and return what it is called there.

        Raises:
            TrackingAwayError: no answer came, or the server has a problem; it may have been taken in part.
            TrackingRefusedError: it is not wanted as it is.
        """
        experiment = self._experiment(run.experiment)
        found = self._found(experiment, run.key)
        run_id, artifacts, has = found or (*self._made(experiment, run), frozenset[str]())
        self._log(run_id, run, has)
        served = artifacts.startswith(f"{_SERVED}:")
        pictures = run.pictures if served else ()
        for one in pictures:
            self._put(artifacts, one)
        ended = {"run_id": run_id, "status": "FINISHED", "end_time": _ms(run), "run_name": run.name}
        self._asked("POST", f"{_API}/runs/update", json=ended)
        return Sent(
            run_id=run_id,
            pictures=tuple(one.name for one in pictures),
            not_served=bool(run.pictures) and not served,
        )

    def close(self) -> None:
        """Let go of its connections."""
        self._client.close()

    def _experiment(self, name: str) -> str:
        answer = self._answered("GET", f"{_API}/experiments/get-by-name", params={"experiment_name": name})
        if answer.status_code == 404:
            made = self._answered("POST", f"{_API}/experiments/create", json={"name": name})
            if made.status_code == 200:
                return self._named(_json(made).get("experiment_id"), "experiment")
            # Somebody else has made it since.
            answer = self._answered("GET", f"{_API}/experiments/get-by-name", params={"experiment_name": name})
        found = self._sound(answer).get("experiment", {})
        if found.get("lifecycle_stage") == "deleted":
            raise TrackingRefusedError(
                f"the experiment {name} was deleted at {self._host}",
                hint="restore it there (mlflow experiments restore), and the runs that wait are sent",
            )
        return self._named(found.get("experiment_id"), "experiment")

    def _found(self, experiment: str, key: str) -> tuple[str, str, frozenset[str]] | None:
        """Return the run of this key, where its artifacts lie and the parameters it has; None where there is none."""
        wanted = key.replace("'", "")
        asked = {"experiment_ids": [experiment], "filter": f"tags.`{KEY_TAG}` = '{wanted}'", "max_results": 1}
        runs = self._asked("POST", f"{_API}/runs/search", json=asked).get("runs") or []
        if not runs:
            return None
        info, data = runs[0].get("info", {}), runs[0].get("data", {})
        has = frozenset(str(one.get("key")) for one in data.get("params", []))
        return self._named(info.get("run_id"), "run"), str(info.get("artifact_uri", "")), has

    def _made(self, experiment: str, run: Run) -> tuple[str, str]:
        tags = [{"key": KEY_TAG, "value": run.key.replace("'", "")}, {"key": "mlflow.runName", "value": run.name}]
        asked = {"experiment_id": experiment, "run_name": run.name, "start_time": _ms(run), "tags": tags}
        info = self._asked("POST", f"{_API}/runs/create", json=asked).get("run", {}).get("info", {})
        return self._named(info.get("run_id"), "run"), str(info.get("artifact_uri", ""))

    def _log(self, run_id: str, run: Run, has: frozenset[str]) -> None:
        at = _ms(run)
        metrics = [
            {"key": name, "value": value, "timestamp": at, "step": 0}
            for name, value in run.metrics.items()
            if math.isfinite(value)
        ]
        parameters = [
            {"key": name, "value": value[:_LONGEST_PARAMETER]}
            for name, value in run.parameters.items()
            if name not in has
        ]
        tags = [{"key": name, "value": value[:_LONGEST_TAG]} for name, value in run.tags.items()]
        for field, rows, most in (
            ("metrics", metrics, _MOST_METRICS),
            ("params", parameters, _MOST_PARAMETERS),
            ("tags", tags, _MOST_TAGS),
        ):
            for some in (rows[at : at + most] for at in range(0, len(rows), most)):
                self._asked("POST", f"{_API}/runs/log-batch", json={"run_id": run_id, field: some})

    def _put(self, artifacts: str, picture: Picture) -> None:
        folder = urlsplit(artifacts).path.strip("/")
        target = f"{_ARTIFACTS}/{quote(folder)}/{quote(picture.name, safe='')}"
        headers = {"Content-Type": picture.media_type}
        self._sound(self._answered("PUT", target, content=picture.content, headers=headers))

    def _asked(self, method: str, target: str, **asked: Any) -> Mapping[str, Any]:  # noqa: ANN401 - httpx2's own
        return self._sound(self._answered(method, target, **asked))

    def _answered(self, method: str, target: str, **asked: Any) -> httpx2.Response:  # noqa: ANN401 - httpx2's own
        try:
            return self._client.request(method, target, **asked)
        except httpx2.HTTPError as wrong:
            told = f"no answer came from the tracking server {self._host}: {type(wrong).__name__}"
        # Raised out here, so that no trace leads to a request that holds the token.
        raise TrackingAwayError(told, hint="what was to be sent waits, and is sent when it is there again")

    def _named(self, name: object, called: str) -> str:
        """Return the server's name of something; where it tells none, somebody else answers in its place."""
        if isinstance(name, str) and name:
            return name
        raise TrackingRefusedError(
            f"the tracking server {self._host} answers without naming the {called}: it is no MLflow server",
            hint="check mlflow_url: a page to sign in by answers like this, too",
        )

    def _sound(self, answer: httpx2.Response) -> Mapping[str, Any]:
        if answer.status_code == 429 or answer.status_code >= 500:
            raise TrackingAwayError(f"the tracking server {self._host} answers {answer.status_code}")
        if not answer.is_success:
            said = str(_json(answer).get("message", ""))[:_SHOWN]
            hint = "check mlflow_token" if answer.status_code in {401, 403} else None
            raise TrackingRefusedError(
                f"the tracking server {self._host} answers {answer.status_code}{f': {said}' if said else ''}", hint=hint
            )
        return _json(answer)


def _json(answer: httpx2.Response) -> Mapping[str, Any]:
    try:
        found = answer.json() if answer.content else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _ms(run: Run) -> int:
    return round(run.at.timestamp() * 1000)
