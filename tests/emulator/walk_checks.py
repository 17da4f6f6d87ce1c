"""What an answer must be by the model's verdict, and what reading must show afterwards."""

from __future__ import annotations

from typing import Any, Final

import httpx2

from tests.emulator.blocks import nanoseconds
from tests.emulator.caller import Caller
from tests.emulator.walk_model import MINUTE, MOVES, SECOND, Campaign, Model, Verdict, Write

OUTBOUND: Final = "/api/v2/outbound/campaigns"
SHORT: Final = "/api/v2/campaigns"

Documents = dict[str, dict[str, Any]]


def as_read(document: dict[str, Any]) -> dict[str, Any]:
    """Return a campaign's document in the model's terms: instants in nanoseconds, without the dialer's counter."""
    seen = dict(document)
    assert type(seen.pop("totalCallsAttempted")) is int
    for name in ("revision", "version", "activeAgents"):
        assert type(seen[name]) is int, document
    seen["transitionTime"] = _instant(seen["transitionTime"])
    if seen["pendingTransition"] is not None:
        pending = dict(seen["pendingTransition"])
        seen["pendingTransition"] = {**pending, "effectiveTime": _instant(pending["effectiveTime"])}
    return seen


def _instant(text: str | None) -> int | None:
    assert text is None or text.endswith("Z"), text
    return None if text is None else nanoseconds(text)


def delivered(caller: Caller, write: Write) -> httpx2.Response:
    """Send the write over HTTP, with its flaws, and return the answer."""
    tenant, flaws = write.client.partition("-")[0], write.flaws
    client: str | None = write.client
    path, body, headers = write.path, write.body, dict(write.headers)
    if "tenant" in flaws:
        client = "beta-one" if tenant == "alpha" else "alpha-one"
    elif "scope" in flaws:
        client = f"{tenant}-reader"
    if "no token" in flaws:
        client = None
    elif "unknown token" in flaws:
        headers["Authorization"] = "Bearer of-bad-news"
    if "unknown id" in flaws:
        path = path.replace(write.campaign, "NOBODY")
    if "content type" in flaws:
        headers["Content-Type"] = "text/plain"
    if "unparsable" in flaws:
        body = body[:-1]
    return caller.send("DELETE" if "method" in flaws else write.method, path, body=body, headers=headers, client=client)


def everything(caller: Caller, campaign: Campaign) -> dict[str, Any]:
    """Return all that can be seen of a campaign, and its tenant's whole list, in the platform's own words."""
    reader = f"{campaign.tenant}-one"
    documents = listed(caller, campaign.tenant)
    schedule = caller.get(f"{SHORT}/{campaign.id}/schedule", client=reader)
    return {
        "list": documents,
        "control": caller.control("GET", f"/campaigns/{campaign.id}"),
        "schedule": (schedule.headers["ETag"], schedule.json()),
        "abandons": caller.get(f"{SHORT}/{campaign.id}/statistics", client=reader).json()["abandons"],
    }


def listed(caller: Caller, tenant: str, query: str = "") -> Documents:
    """Return the tenant's campaigns by id, as the list holds them."""
    answer = caller.get(OUTBOUND + query, client=f"{tenant}-one")
    assert answer.status_code == 200, answer.text
    return {document["id"]: document for document in answer.json()["campaigns"]}


def paged(caller: Caller, tenant: str, size: int) -> Documents:
    """Return the tenant's campaigns by id, gathered in pages of a size."""
    found: Documents = {}
    cursor = ""
    while True:
        page = caller.get(f"{OUTBOUND}?limit={size}{cursor}", client=f"{tenant}-one").json()
        assert 0 < len(page["campaigns"]) <= size
        for document in page["campaigns"]:
            assert document["id"] not in found
            found[document["id"]] = document
        if page["nextCursor"] is None:
            return found
        cursor = f"&cursor={page['nextCursor']}"


def check_campaign(caller: Caller, model: Model, campaign: Campaign, seen: dict[str, Any]) -> None:
    """Check all that can be seen of a campaign against the model, and that its two addresses show the same."""
    expected = {c.id: c.document() for c in model.campaigns.values() if c.tenant == campaign.tenant}
    assert {name: as_read(document) for name, document in seen["list"].items()} == expected
    document = seen["list"][campaign.id]
    for prefix in (OUTBOUND, SHORT):
        answer = caller.get(f"{prefix}/{campaign.id}", client=f"{campaign.tenant}-two")
        assert (answer.status_code, answer.json()) == (200, document)
        assert answer.headers["ETag"] == f'"{campaign.revision}"'
    assert seen["schedule"] == (campaign.schedule_tag, campaign.timetable())
    control = seen["control"]
    assert {name: control[name] for name in document} == document
    calls = sorted((call["state"], round(call["secondsLeft"] * SECOND)) for call in control["callsInFlight"])
    assert calls == sorted((state, ends - model.now) for state, ends in campaign.calls)
    due = campaign.last_due
    if due is None:
        assert control["lastDue"] is None
    else:
        told = control["lastDue"]
        assert (told["status"], nanoseconds(told["at"]), told["code"]) == (due.status, due.at, due.code)
        assert told["applied"] is (due.code is None)
    assert seen["abandons"] == sum(at // MINUTE * MINUTE <= model.now for at in campaign.abandons)


def check_answer(write: Write, verdict: Verdict, answer: httpx2.Response, campaign: Campaign) -> None:
    """Check an answer against the verdict; the model has done what the write does."""
    got = (answer.status_code, answer.json().get("code") if answer.content else None)
    assert got[0] == verdict.status, f"{verdict} and not {got[0]} {answer.text}"
    stored = verdict.replay
    assert answer.headers.get("Idempotent-Replayed") == ("true" if stored else None)
    if stored is not None:
        assert (answer.status_code, answer.headers.get("ETag"), answer.content) == stored.told
    elif verdict.code is not None:
        assert got[1] == verdict.code, f"{verdict} and not {answer.text}"
        check_refusal(verdict, answer.json())
    else:
        schedule = write.kind == "schedule"
        assert answer.headers["ETag"] == (campaign.schedule_tag if schedule else f'"{campaign.revision}"')
        if verdict.status == 204:
            assert answer.content == b""
        elif schedule:
            timetable = campaign.timetable()
            assert answer.json() == {**timetable, "scheduleId": timetable["scheduleId"] or answer.json()["scheduleId"]}
        else:
            assert as_read(answer.json()) == campaign.document()
            assert "status" not in write.document or len(write.document) > 1 or answer.json()["transitionTime"]


def check_refusal(verdict: Verdict, document: dict[str, Any]) -> None:
    """Check the body of a refusal: its faults, one place for each expected, and what a 409 tells."""
    assert set(document) == {"code", "message", "errors", *verdict.told}
    assert document["message"]
    assert {name: document[name] for name in verdict.told} == verdict.told
    named = [error["field"] for error in document["errors"]]
    missed = [fault for fault in verdict.faults if not any(_names(name, fault) for name in named)]
    invented = [name for name in named if not any(_names(name, fault) for fault in verdict.faults)]
    assert (missed, invented) == ([], []), named


def _names(name: str, fault: str) -> bool:
    """Return whether a field is the one at fault, or one of the several that may be named, or a part of it."""
    return any(name == one or name.startswith((f"{one}.", f"{one}[")) for one in fault.split("|"))


def check_effect(write: Write, verdict: Verdict, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Check, without the model, that a write changed nothing when refused or replayed, else its campaign alone."""
    if not verdict.accepted:
        assert after == before, f"{write} changed something"
        return
    old, new = dict(before["list"]), dict(after["list"])
    if write.kind == "schedule":
        assert new == old
        assert after["schedule"][0] != before["schedule"][0]
        return
    was, became = old.pop(write.campaign), new.pop(write.campaign)
    assert new == old
    assert after["schedule"] == before["schedule"]
    assert became["revision"] == was["revision"] + 1
    assert became["status"] == was["status"] or became["status"] in MOVES[was["status"]]
