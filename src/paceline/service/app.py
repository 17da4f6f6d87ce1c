"""The application: every route, what stands before them, and what is begun and ended with the process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import cache
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from paceline.bootstrap import System
from paceline.control.law.looks import LawLooks
from paceline.primitives.checks import Check
from paceline.primitives.errors import PacelineError
from paceline.service import document, problems
from paceline.service.dashboard import joining
from paceline.service.edge import Edge
from paceline.service.expecting import Expecting
from paceline.service.limits import RequestLimits
from paceline.service.list_checks import ListChecks
from paceline.service.live import Live
from paceline.service.news import News
from paceline.service.operations import Operations
from paceline.service.options import Options
from paceline.service.parts import Parts
from paceline.service.routes import (
    abandonment,
    access,
    audit,
    campaigns,
    changes,
    computing,
    dialer,
    erasing,
    events,
    experiments,
    facts,
    freezes,
    handed,
    health,
    law,
    law_ahead,
    lists,
    metrics,
    operations,
    pacing,
    rollouts,
    runbooks,
    schedules,
    searching,
    settings_many,
    supervision,
    twins,
    verbs,
    webhooks,
)
from paceline.telemetry.collector import Budget, Process, Telemetry
from paceline.telemetry.requests import RequestCounts

ROUTERS = (
    verbs.router,
    freezes.router,
    campaigns.router,
    settings_many.router,
    schedules.router,
    pacing.router,
    abandonment.router,
    rollouts.router,
    experiments.router,
    twins.router,
    supervision.router,
    facts.router,
    dialer.router,
    changes.router,
    events.router,
    handed.router,
    erasing.router,
    audit.router,
    law_ahead.router,
    law.router,
    lists.router,
    runbooks.router,
    computing.router,
    searching.router,
    operations.router,
    webhooks.router,
    access.router,
    health.router,
    metrics.router,
)
"""The routes of the interface for programs; those of the pages are beside them."""


def application(
    system: System,
    options: Options | None = None,
    *,
    process: Process | None = None,
    budget: Budget | None = None,
    diagnose: Callable[[], Sequence[Check]] | None = None,
) -> FastAPI:
    """Return the application for a system, which stays the caller's to close.

    Args:
        system: what requests are carried out with.
        options: how the service behaves.
        process: what this process counts beside requests, for `/metrics`; requests are counted in any case.
        budget: how many requests we allow ourselves at the platform, for `/metrics`.
        diagnose: looks at everything that the settings name, as `paceline doctor` does; None where there are none.
    """
    options = options or Options()
    parts = replace(_parts(system, options, process or Process(), budget), diagnose=diagnose)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # The first look at `/metrics` need not wait for a long ledger to be read.
        reading = asyncio.create_task(run_in_threadpool(_catch_up, parts.telemetry))
        yield
        reading.cancel()
        parts.news.end()
        parts.live.end()
        parts.operations.end()
        await run_in_threadpool(joining.end, app)

    app = FastAPI(
        title="paceline",
        version=version("paceline"),
        summary="Changes to running outbound campaigns: checked before, verified after, recorded always.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        generate_unique_id_function=_operation_id,
        telemetry={"tracing": False},
        redirect_slashes=False,
        routes=list(_routes()),
    )
    app.state.parts = parts
    problems.install(app)
    joining.install(app)
    document.install(app)
    app.add_middleware(Edge, options=options, requests=parts.requests, clock=system.clock)
    return app


def _parts(system: System, options: Options, process: Process, budget: Budget | None) -> Parts:
    requests, computed = process.requests or RequestCounts(), Operations()
    return Parts(
        system=system,
        options=options,
        limits=RequestLimits(system.clock, per_minute=options.requests_per_minute),
        wrong_keys=RequestLimits(system.clock, per_minute=options.attempts_per_minute),
        news=News(system.book, poll_s=options.poll_s),
        live=Live(system.wall, system.clock, look_s=options.look_s),
        operations=computed,
        expecting=Expecting(system, computed),
        law_looks=LawLooks(system.platform, system.law, system.recorder),
        list_checks=ListChecks(),
        requests=requests,
        telemetry=Telemetry(system, process=replace(process, requests=requests), budget=budget),
    )


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """The routes of every application of this process: to make them costs more than to answer by them."""
    whole = APIRouter(generate_unique_id_function=_operation_id)
    for router in (*ROUTERS, *joining.ROUTERS):
        whole.include_router(router)
    return tuple(whole.routes)


def _catch_up(telemetry: Telemetry) -> None:
    with suppress(PacelineError):  # it is read with the next look
        telemetry.database.catch_up()


def _operation_id(route: APIRoute) -> str:
    """Return the name of an operation in the OpenAPI document: the function's."""
    return route.name
