"""Schedule bodies in the contract's words, and what the schedule tests ask of answers."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.emulator.caller import Caller

INITIAL = 'W/"initial"'
NEVER = "CMP-ACTIVE"
"""A campaign of the suite's tenants file that never had a schedule."""
SCHEDULED = "CMP-FULL"
"""A campaign that starts with a schedule, so with the tag W/"1"."""
SCHEDULED_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def path(campaign: str) -> str:
    """Return where the campaign's schedule is."""
    return f"/api/v2/campaigns/{campaign}/schedule"


def window(day: str = "MONDAY", start: str = "09:00:00", end: str = "12:00:00") -> dict[str, Any]:
    """Return one window."""
    return {"dayOfWeek": day, "startTime": start, "endTime": end}


def body(campaign: str, **changes: Any) -> dict[str, Any]:
    """Return a schedule that is in order, with changes."""
    return {
        "campaignId": campaign,
        "timezone": "America/New_York",
        "businessHoursDirective": "STRICT",
        "timeWindows": [window()],
        "maxConcurrentCalls": 40,
        **changes,
    }


def without(document: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return the document without these members."""
    return {name: value for name, value in document.items() if name not in names}


def put(
    caller: Caller, campaign: str, tag: str | None = INITIAL, client: str = "acme-all", **changes: Any
) -> httpx2.Response:
    """PUT a schedule that is in order but for the changes, against this tag."""
    headers = {} if tag is None else {"If-Match": tag}
    return caller.put(path(campaign), body(campaign, **changes), headers=headers, client=client)


def tag_of(caller: Caller, campaign: str, client: str = "acme-all") -> str:
    """Return the schedule's present tag."""
    answer = caller.get(path(campaign), client=client)
    assert answer.status_code == 200, answer.text
    tag: str = answer.headers["ETag"]
    return tag


def fields(answer: httpx2.Response, status: int = 422) -> set[str]:
    """Return the fields at fault of an answer that must be a field fault."""
    assert answer.status_code == status, answer.text
    document = answer.json()
    assert document["code"] in {"validation", "invalid_request"}
    assert document["message"]
    assert all(fault["message"] for fault in document["errors"])
    return {fault["field"] for fault in document["errors"]}
