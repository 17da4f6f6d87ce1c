"""The process under load: an ordinary service, with one route more that does nothing; prints where it is, and a key.

`python -m benchmarks.service.served`, with the settings of a platform in the environment.
"""

from __future__ import annotations

import json
import sys

from fastapi.responses import Response

from paceline.bootstrap import open_system
from paceline.control.access.rights import Role
from paceline.control.order import Order
from paceline.service.app import application
from paceline.service.options import Options
from paceline.service.server import Listening, ServiceServer

EMPTY = "/benchmark/empty"
"""The route that does nothing; like every other one it gets a thread."""


def empty() -> Response:
    """Answer with nothing."""
    return Response(status_code=204)


def main() -> int:
    """Serve until SIGTERM."""
    with open_system() as system:
        _, key = system.access.make_key("bench", Role.OPERATOR, Order(actor=system.actor))
        app = application(system, Options(requests_per_minute=10**6))
        app.add_api_route(EMPTY, empty)
        server = ServiceServer(app, Listening(grace_s=10.0))
        server.heed_signals()
        sys.stdout.write(json.dumps({"url": server.url, "key": key}) + "\n")
        sys.stdout.flush()
        server.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
