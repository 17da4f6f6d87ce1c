"""Errors as pages: who comes with a browser reads a page, and who is not known is led to the entrance.

Programs read problem documents as before: what lies under `/v1`, and whatever does not ask for HTML.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.requests import Request

from paceline.service.dashboard.pages import is_part, render

Answers = Callable[[Request, Exception], Response]
_KEPT = ("retry-after", "allow", "connection")


def install(app: FastAPI) -> None:
    """Have every error of this application that a browser meets answered by a page."""
    for kind, answers in list(app.exception_handlers.items()):
        app.exception_handlers[kind] = _for_people(cast("Answers", answers))


def _for_people(answers: Answers) -> Answers:
    def answered(request: Request, error: Exception) -> Response:
        answer = answers(request, error)
        if not isinstance(answer, JSONResponse) or not is_for_people(request):
            return answer
        return _page(request, answer)

    return answered


def is_for_people(request: Request) -> bool:
    """Return whether a browser asks for a page, not a program for a document."""
    if request.url.path.startswith(("/v1/", "/static/")):
        return False
    return request.headers.get("HX-Request") == "true" or "text/html" in request.headers.get("Accept", "")


def _page(request: Request, answer: JSONResponse) -> Response:
    status = HTTPStatus(answer.status_code)
    if status is HTTPStatus.UNAUTHORIZED:
        return _to_the_entrance(request)
    told: dict[str, Any] = json.loads(bytes(answer.body))
    headers = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
    if is_part(request):
        headers |= {"HX-Retarget": "#told", "HX-Reswap": "innerHTML"}
    return render(request, "error.html", None, status=status, headers=headers, problem=told)


def _to_the_entrance(request: Request) -> Response:
    if is_part(request):
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": "/enter"})
    if request.method != "GET":
        return RedirectResponse("/enter", 303)
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/enter?to={quote(request.url.path + query, safe='')}", 303)
