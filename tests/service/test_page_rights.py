"""Every page refuses nobody, and every role that has not its right; what is posted wants the session's token."""

from __future__ import annotations

from paceline.control.access.rights import Role
from paceline.control.order import Order
from tests.service.routes import OPEN, ORDER, address, routes_of
from tests.service.served import Served

ENTRANCES = {"/enter", "/static/{digest}/{name:path}"}
"""What everybody may fetch, and the form that everybody may send."""
CHANGES_NOTHING = {"/leave", "/audit/verify", "/audit/report", "/calling-time/check", "/law/look", "/lists/check"}
"""What is posted by everybody who may look."""
STREAMS = {"/live/campaigns", "/live/campaigns/{campaign}", "/live/changes", "/live/wall"}
ASKS = {
    "/campaigns/{campaign}/{verb}", "/campaigns/{campaign}/ease-off", "/campaigns/{campaign}/supervise",
    "/rollouts/{campaign}/start", "/rollouts/{campaign}/{verb}", "/experiments/{campaign}/{verb}",
    "/experiment", "/experiments/{campaign}/plan",
}  # fmt: skip
"""What is looked at only to press a button."""
APPROVERS = {"/changes/{number}/approve", "/changes/{number}/reject"}
ADMINISTRATORS = ("/keys", "/live/keys", "/webhooks/")


def pages_of(served: Served) -> list[tuple[str, str]]:
    """Return method and template of every route of the pages."""
    return [
        (method, path)
        for method, path in routes_of(served.app)
        if not path.startswith("/v1") and path not in OPEN | ENTRANCES
    ]


def least_role(method: str, path: str) -> Role:
    """Return the least role that may use a page: written down here a second time."""
    if path.startswith(ADMINISTRATORS):
        return Role.ADMINISTRATOR
    if path in APPROVERS:
        return Role.APPROVER
    is_told = path.startswith("/many/runs/")  # what is done to many campaigns is told to everybody
    asks = (path.startswith(("/many/", "/changes/{number}/")) and not is_told) or path in ASKS
    return Role.OPERATOR if asks or (method == "POST" and path not in CHANGES_NOTHING) else Role.VIEWER


def test_nobody_is_led_to_the_entrance_from_every_page(standing: Served) -> None:
    browser, program = standing.client(None, Accept="text/html"), standing.client(None)
    for method, path in pages_of(standing):
        led = browser.request(method, address(path), follow_redirects=False)
        assert (led.status_code, led.headers["location"].partition("?")[0]) == (303, "/enter"), (method, path)
        assert program.request(method, address(path)).status_code == 401, (method, path)


def test_every_page_refuses_every_role_below_its_own_and_lets_its_own_in(standing: Served) -> None:
    clients = {role: standing.client(role, Accept="text/html") for role in ORDER}
    for method, path in pages_of(standing):
        least = least_role(method, path)
        for role in ORDER[: ORDER.index(least)]:
            assert clients[role].request(method, address(path)).status_code == 403, (method, path, role)
        if path in STREAMS:
            continue  # it has no end
        answer = clients[least].request(method, address(path), follow_redirects=False)
        assert answer.status_code not in {401, 403}, (method, path, answer.text[-500:])
        assert answer.status_code != 500, (method, path, answer.text[-500:])


def test_every_form_wants_the_sessions_token(standing: Served) -> None:
    link = standing.system.access.make_link("ada", Role.ADMINISTRATOR, Order(actor=standing.system.actor))
    begun = standing.system.access.enter(link)
    assert begun is not None
    page = standing.client(None, Cookie=f"paceline_session={begun[1]}", Accept="text/html")
    assert page.get("/changes").status_code == 200
    for method, path in pages_of(standing):
        if method == "POST":
            for said in ({}, {"csrf": "guessed"}):
                assert page.post(address(path), data=said).status_code == 403, path
    assert page.get("/changes").status_code == 200
