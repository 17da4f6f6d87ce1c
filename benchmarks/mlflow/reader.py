"""Runs in the environment of the published package: prints what its own client finds of an experiment, as JSON."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from mlflow.tracking import MlflowClient  # type: ignore[import-not-found]  # stands in .venv-mlflow alone


def main() -> None:
    """Print each run of an experiment: parameters, metrics, tags, and the sizes of what lies beside it."""
    client = MlflowClient(tracking_uri=sys.argv[1])
    experiment = client.get_experiment_by_name(sys.argv[2])
    found = []
    for run in client.search_runs([experiment.experiment_id]):
        with tempfile.TemporaryDirectory() as folder:
            sizes = {
                one.path: Path(client.download_artifacts(run.info.run_id, one.path, folder)).stat().st_size
                for one in client.list_artifacts(run.info.run_id)
            }
        found.append(
            {
                "name": run.info.run_name,
                "status": run.info.status,
                "parameters": dict(run.data.params),
                "metrics": dict(run.data.metrics),
                "tags": {name: value for name, value in run.data.tags.items() if name.startswith("paceline.")},
                "pictures": sizes,
            }
        )
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
