"""Every route of the application, and what it must want of who asks: written down here a second time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from paceline.control.access.rights import Role

OPEN = {"/healthz", "/readyz", "/openapi.json", "/metrics"}
"""What needs no key."""
_READING = {"/v1/law:check-call", "/v1/lists:check", "/v1/schedule:intervals", "/v1/preflight", "/v1/simulations",
            "/v1/campaigns/{campaign}/what-if", "/v1/optimisations", "/v1/campaigns/{campaign}/weights:tune",
            "/v1/audit/checkpoints", "/v1/audit/reports"}  # fmt: skip
"""What is posted, and changes nothing."""
_LEAST = {
    ("POST", "/v1/changes/{number}:approve"): Role.APPROVER,
    ("POST", "/v1/changes/{number}:reject"): Role.APPROVER,
    ("POST", "/v1/audit/numbers:erase"): Role.ADMINISTRATOR,
    ("GET", "/v1/keys"): Role.ADMINISTRATOR,
    ("GET", "/v1/doctor"): Role.ADMINISTRATOR,
}
_ADMINISTERED = ("/v1/webhooks", "/v1/keys")
ORDER = tuple(Role)


def routes_of(app: FastAPI) -> list[tuple[str, str]]:
    """Return method and template of every route, those of routers inside routers too."""
    return sorted(
        (method, route.path) for route in _flat(app.routes) for method in sorted((route.methods or set()) - {"HEAD"})
    )


def _flat(routes: Iterable[BaseRoute]) -> Iterator[APIRoute]:
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _flat(inner.routes)
        elif isinstance(route, APIRoute):
            yield route


def least_role(method: str, path: str) -> Role:
    """Return the least role that may use a route of the interface for programs."""
    if (method, path) in _LEAST:
        return _LEAST[method, path]
    if method == "GET" or path in _READING:
        return Role.VIEWER
    return Role.ADMINISTRATOR if path.startswith(_ADMINISTERED) else Role.OPERATOR


def address(template: str) -> str:
    """Return an address that fits a template and names nothing that is there."""
    return re.sub(r"\{(\w+)[^}]*\}", lambda found: "999999" if found[1] == "number" else "NOWHERE", template)
