"""How far something is that is done to many campaigns: so many of so many, what failed, an entry for each."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.service.dashboard.many_runs import Run
from paceline.service.dashboard.many_verbs_page import runs_of
from paceline.service.dashboard.pages import render
from paceline.service.dashboard.visitors import Viewing

router = APIRouter(include_in_schema=False)
"""The routes of runs."""
Id = Annotated[str, Path(max_length=40)]
"""A run in an address."""
BAD, GOOD, LEFT = 20, 200, 50
"""So many campaigns are told one by one: that did not end as wanted, that did, and that nothing was sent to."""


@router.get("/many/runs/{run}")
def show_run(run: Id, request: Request, who: Viewing) -> Response:
    """Show how far a run is."""
    return render(request, "many_run.html", who, **told(runs_of(request).of(run)))


@router.get("/many/runs/{run}/now")
def show_run_now(run: Id, request: Request, who: Viewing) -> Response:
    """Show how far a run is: the part of its page that is asked for again."""
    return render(request, "many_run_inside.html", who, **told(runs_of(request).of(run)))


def told(run: Run) -> dict[str, Any]:
    """Return what the templates name of a run."""
    # It is asked first, so that a page that says it has ended shows every line.
    is_going_on = run.is_going_on
    lines = tuple(run.lines)
    bad, good = [one for one in lines if not one.good], [one for one in lines if one.good]
    return {
        "run": run,
        "goes_on": is_going_on,
        "done": len(lines),
        "bad": bad[-BAD:],
        "good": good[-GOOD:],
        "left": dict(islice(run.left.items(), LEFT)),
        "counted": (len(good), len(bad)),
        "again": 2,
    }
