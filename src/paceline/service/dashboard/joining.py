"""Adds the pages to the service: their routes, and pages in the place of problem documents for people."""

from __future__ import annotations

from fastapi import FastAPI

from paceline.primitives.clock import instant_of
from paceline.service.dashboard import (
    abandonment_page,
    accuracy_page,
    answering_for,
    assets,
    audit_page,
    calling_time_page,
    campaign_page,
    campaigns_page,
    changes_page,
    deciding_page,
    entering,
    error_pages,
    experiment_plan_page,
    experiments_page,
    keys_page,
    law_page,
    lists_page,
    many_runs_page,
    many_settings_page,
    many_verbs_page,
    pacing_page,
    policies_page,
    rollouts_page,
    runbooks_page,
    settings_page,
    supervision_page,
    tune_page,
    twin_page,
    verbs_page,
    wall_page,
    webhooks_page,
    weights_page,
    words_page,
)
from paceline.service.dashboard.many_judged import Questions
from paceline.service.dashboard.many_runs import Runs
from paceline.service.dashboard.rows import Rows

ROUTERS = (
    campaigns_page.router,
    wall_page.router,
    settings_page.router,
    pacing_page.router,
    policies_page.router,
    weights_page.router,
    twin_page.router,
    tune_page.router,
    experiment_plan_page.router,
    experiments_page.router,
    accuracy_page.router,
    abandonment_page.router,
    rollouts_page.router,
    supervision_page.router,
    campaign_page.router,
    verbs_page.router,
    many_settings_page.router,
    many_runs_page.router,
    many_verbs_page.router,
    changes_page.router,
    deciding_page.router,
    answering_for.router,
    audit_page.router,
    law_page.router,
    calling_time_page.router,
    lists_page.router,
    webhooks_page.router,
    keys_page.router,
    runbooks_page.router,
    entering.router,
    words_page.router,
    assets.router,
)
"""The routes of the pages."""


def install(app: FastAPI) -> None:
    """Make an application ready for the pages, whose routes it has; after `problems.install`."""
    app.state.rows = Rows()
    clock = app.state.parts.system.clock
    app.state.many, app.state.questions = Runs(lambda: instant_of(clock.wall_ns())), Questions()
    error_pages.install(app)


def end(app: FastAPI) -> None:
    """End what goes on beside the pages: nothing more is begun for many campaigns."""
    app.state.many.end()
