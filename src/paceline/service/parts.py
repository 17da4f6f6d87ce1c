"""What the routes are given: the parts of the service, joined once by `app`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from paceline.bootstrap import System
from paceline.control.law.looks import LawLooks
from paceline.primitives.checks import Check
from paceline.service.expecting import Expecting
from paceline.service.limits import RequestLimits
from paceline.service.list_checks import ListChecks
from paceline.service.live import Live
from paceline.service.news import News
from paceline.service.operations import Operations
from paceline.service.options import Options
from paceline.telemetry.collector import Telemetry
from paceline.telemetry.requests import RequestCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of the service.

    Attributes:
        system: all of paceline for one tenant.
        options: how the service behaves.
        limits: who has asked how often.
        wrong_keys: from which address wrong keys came how often.
        news: the rows of the ledger, as they come.
        live: all campaigns, as they are.
        operations: what is being computed.
        expecting: what changes of pacing are expected to do, and what data say of weights.
        law_looks: what was seen of campaigns that the law judges, and what of it breaks.
        list_checks: contact lists, held against the law a few at a time.
        requests: what this process was asked, counted.
        telemetry: the metrics.
        diagnose: looks at everything that the settings of this service name; None where it was given no settings.
    """

    system: System
    options: Options
    limits: RequestLimits
    wrong_keys: RequestLimits
    news: News
    live: Live
    operations: Operations
    expecting: Expecting
    law_looks: LawLooks
    list_checks: ListChecks
    requests: RequestCounts
    telemetry: Telemetry
    diagnose: Callable[[], Sequence[Check]] | None = None


def parts_of(connection: HTTPConnection) -> Parts:
    """Return the parts of the service that a request came to."""
    found = connection.app.state.parts
    if not isinstance(found, Parts):
        raise TypeError("the application was not made by `app.application`")
    return found


Here = Annotated[Parts, Depends(parts_of)]
"""The parts of the service, for a route."""
