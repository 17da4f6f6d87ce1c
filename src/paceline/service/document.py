"""The OpenAPI document: what FastAPI makes of the routes, with the media type that problem documents have."""

from __future__ import annotations

from fastapi import FastAPI

from paceline.service.problems import MEDIA_TYPE
from paceline.service.shapes import Document

_JSON = "application/json"


def install(app: FastAPI) -> None:
    """Have the application's document tell of problem documents as they are sent."""
    made = app.openapi

    def openapi() -> Document:
        if app.openapi_schema is None:
            _corrected(made())
        return made()

    app.openapi = openapi  # type: ignore[method-assign]  # the way that FastAPI names for it


def _corrected(document: Document) -> None:
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                content = answer.get("content", {})
                if int(status) >= 400 and _JSON in content:
                    answer["content"] = {MEDIA_TYPE: content[_JSON]}
