"""Adds the pages to the service: their routes, and pages in the place of problem documents for people."""

from __future__ import annotations

from fastapi import FastAPI

from paceline.service.dashboard import (
    abandonment_page,
    accuracy_page,
    assets,
    audit_page,
    calling_time_page,
    campaign_page,
    campaigns_page,
    changes_page,
    deciding_page,
    entering,
    error_pages,
    experiments_page,
    keys_page,
    pacing_page,
    rollouts_page,
    runbooks_page,
    settings_page,
    supervision_page,
    twin_page,
    verbs_page,
    webhooks_page,
    weights_page,
    words_page,
)
from paceline.service.dashboard.rows import Rows

ROUTERS = (
    campaigns_page.router,
    settings_page.router,
    pacing_page.router,
    weights_page.router,
    twin_page.router,
    experiments_page.router,
    accuracy_page.router,
    abandonment_page.router,
    rollouts_page.router,
    supervision_page.router,
    campaign_page.router,
    verbs_page.router,
    changes_page.router,
    deciding_page.router,
    audit_page.router,
    calling_time_page.router,
    webhooks_page.router,
    keys_page.router,
    runbooks_page.router,
    entering.router,
    words_page.router,
    assets.router,
)
"""The routes of the pages."""


def install(app: FastAPI) -> None:
    """Add the pages; after the routes for programs and after `problems.install`."""
    app.state.rows = Rows()
    for router in ROUTERS:
        app.include_router(router)
    error_pages.install(app)
