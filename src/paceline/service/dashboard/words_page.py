"""The page of words: each with what it means, one click away from where it stands."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.service.dashboard.pages import render
from paceline.service.dashboard.visitors import Viewing

router = APIRouter(include_in_schema=False)
"""The route of the page of words."""


@router.get("/words")
def show_words(request: Request, who: Viewing) -> Response:
    """Show what the words mean."""
    return render(request, "words.html", who)
