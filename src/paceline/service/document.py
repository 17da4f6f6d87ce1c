"""The OpenAPI document: what FastAPI makes of the routes, and the shape of problem documents, which all name."""

from __future__ import annotations

from fastapi import FastAPI

from paceline.service.shapes import Document, ProblemShape


def install(app: FastAPI) -> None:
    """Have the application's document hold the shape of problem documents."""
    made = app.openapi

    def openapi() -> Document:
        if app.openapi_schema is None:
            shape = ProblemShape.model_json_schema(ref_template="#/components/schemas/{model}")
            made()["components"]["schemas"] |= {**shape.pop("$defs", {}), ProblemShape.__name__: shape}
        return made()

    app.openapi = openapi  # type: ignore[method-assign]  # the way that FastAPI names for it
