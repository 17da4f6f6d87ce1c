"""What the routes are given: the parts of the service, joined once by `app`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from paceline.bootstrap import System
from paceline.service.expecting import Expecting
from paceline.service.limits import RequestLimits
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
        requests: what this process was asked, counted.
        telemetry: the metrics.
    """

    system: System
    options: Options
    limits: RequestLimits
    wrong_keys: RequestLimits
    news: News
    live: Live
    operations: Operations
    expecting: Expecting
    requests: RequestCounts
    telemetry: Telemetry


def parts_of(connection: HTTPConnection) -> Parts:
    """Return the parts of the service that a request came to."""
    found = connection.app.state.parts
    if not isinstance(found, Parts):
        raise TypeError("the application was not made by `app.application`")
    return found


Here = Annotated[Parts, Depends(parts_of)]
"""The parts of the service, for a route."""
