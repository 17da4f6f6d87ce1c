"""The page of the reference about the HTTP service: every route, the right it wants, and how it can answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from paceline.control.access.rights import RIGHTS, Right, Role
from paceline.service.app import ROUTERS
from paceline.service.replaying import OnceRoute

_INTRO = """# The HTTP service, route by route

The same as JSON Schema, with examples: `GET /openapi.json` of a running service. How it is used:
[the guide](../guides/service.md). A refusal is a problem document (RFC 9457) with `code`, `hint` and all `findings`.
"""


def service() -> str:
    """Return the table of roles and every route with its right, its parameters and its statuses."""
    app = FastAPI(title="paceline")
    for router in ROUTERS:
        app.include_router(router)
    document = app.openapi()
    told = [_INTRO, "## Roles\n\n| right | roles that have it |\n| --- | --- |"]
    told += [f"| {right} | {', '.join(role.value for role in Role if right in RIGHTS[role])} |" for right in Right]
    section = None
    for router in ROUTERS:
        for route in _flat(router.routes):
            name = str((route.tags or ["other"])[0])
            if name != section:
                section = name
                told.append(f"\n## {str(name).capitalize()}")
            told += _told(route, document)
    return "\n".join(told) + "\n"


def rights_of(route: APIRoute) -> list[str]:
    """Return the rights that a route wants, those of what it depends on at any depth among them."""
    return sorted(set(_scopes(route.dependant)))


def _scopes(dependant: Dependant) -> Iterator[str]:
    for one in dependant.dependencies:
        yield from one.own_oauth_scopes or ()
        yield from _scopes(one)


def _told(route: APIRoute, document: dict[str, Any]) -> Iterator[str]:
    for method in sorted(route.methods or ()):
        operation = document["paths"][route.path][method.lower()]
        yield f"\n### `{method} {route.path}`\n"
        yield " ".join(operation["description"].split())
        rights = rights_of(route)
        yield f"\n* right: {', '.join(rights) if rights else 'none'}"
        query = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
        if query:
            yield f"* query: {', '.join(f'`{name}`' for name in query)}"
        headers = [one["name"] for one in operation.get("parameters", []) if one["in"] == "header"]
        if isinstance(route, OnceRoute) and method != "GET":
            headers.append("Idempotency-Key")
        if headers:
            yield f"* headers: {', '.join(f'`{name}`' for name in headers)}"
        yield f"* answers: {', '.join(sorted(operation['responses']))}"


def _flat(routes: Iterable[BaseRoute]) -> Iterator[APIRoute]:
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _flat(inner.routes)
        elif isinstance(route, APIRoute):
            yield route
