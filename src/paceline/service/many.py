"""One kind of change for many campaigns, now or later: found, counted, carried out, an item each."""

from __future__ import annotations

from dataclasses import replace

from fastapi.responses import Response

from paceline.campaign.change import Lane
from paceline.control.access.rights import Principal
from paceline.control.fleet.fleet import Target
from paceline.control.work.later import Makes, kept_for_all
from paceline.primitives.ids import campaign_id
from paceline.service.answers import answer_of_fleet
from paceline.service.bodies import BulkOrdered, TargetBody
from paceline.service.decode import order_of
from paceline.service.parts import Parts
from paceline.service.problems import ProblemError


def change_many(parts: Parts, who: Principal, body: BulkOrdered, make: Makes, *, lane: Lane) -> Response:
    """Carry out a change for each campaign that a body means, or keep it for its hour, and return the answer.

    Raises:
        ProblemError: the body contradicts itself or means nothing (422), or there are more or fewer campaigns (409).
        PlatformError: the campaigns cannot be listed.
        LedgerError: nothing could be recorded, so nothing was done.
    """
    system, target = parts.system, target_of(parts, body)
    is_later = body.at is not None and body.by is None
    found, away = system.later.find(target, lane=lane) if is_later else (system.fleet.find(target, lane=lane), None)
    hold_count(len(found), body.count)
    order = replace(order_of(body, who), campaigns=max(1, len(found)))
    if is_later and body.at is not None:
        keep = system.later.keeper(make, order, body.at, lane=lane)
        return answer_of_fleet(kept_for_all(found, keep, away=away, told=lambda _outcome: None))
    return answer_of_fleet(system.fleet.run(found, lambda campaign: make(campaign, body.at), order))


def target_of(parts: Parts, body: TargetBody) -> Target:
    """Return the campaigns that a body means.

    Raises:
        ProblemError: the body contradicts itself, or means nothing.
        MalformedIdError: an id can be none.
    """
    chosen = body.state is not None or bool(body.labels)
    if sum((bool(body.campaigns), chosen, body.all)) != 1:
        raise ProblemError(
            422,
            "say which campaigns: campaigns, or state and labels, or all; one of the three",
            code="target",
        )
    if body.all and body.count is None:
        raise ProblemError(422, "`all` wants `count`: how many campaigns there must be", code="target")
    named = tuple(dict.fromkeys(campaign_id(one) for one in body.campaigns))
    labelled = parts.system.facts.labelled(body.labels) if body.labels else None
    return Target(named=named, state=body.state, labelled=labelled, everything=body.all)


def hold_count(found: int, wanted: int | None) -> None:
    """Hold how many campaigns there are against how many were meant.

    Raises:
        ProblemError: there are others.
    """
    if wanted is not None and wanted != found:
        raise ProblemError(
            409, f"{wanted} campaigns were meant, and there are {found}", code="count",
            hint="look again, and send the number that there is", more={"count": found},
        )  # fmt: skip
