"""Every route refuses nobody, and every role that has not its right; the list is the application's own."""

from __future__ import annotations

import pytest

from paceline.control.access.rights import Role
from tests.service.routes import OPEN, ORDER, address, least_role, routes_of
from tests.service.served import Served


def test_four_routes_need_no_key_and_every_other_one_does(standing: Served) -> None:
    nobody = standing.client(None)
    open_to_all = {
        path
        for method, path in routes_of(standing.app)
        if path.startswith("/v1") and nobody.request(method, address(path)).status_code != 401
    }
    assert open_to_all == set()
    for path in OPEN:
        assert nobody.get(path).status_code == 200, path


def test_wrong_key_is_nobody_though_a_route_is_read_only(standing: Served) -> None:
    wrong = standing.client(None, Authorization="Bearer pk_000000000000_wrong")
    for scheme in ("Basic YTpi", "Bearer", "bearer x", "Digest x"):
        assert standing.client(None, Authorization=scheme).get("/v1/me").status_code == 401
    for method, path in routes_of(standing.app):
        if path.startswith("/v1"):
            answer = wrong.request(method, address(path))
            assert answer.status_code == 401, (method, path)
            assert answer.headers["www-authenticate"].startswith("Bearer")


def test_every_route_refuses_every_role_below_its_own(standing: Served) -> None:
    clients = {role: standing.client(role) for role in ORDER}
    for method, path in routes_of(standing.app):
        if not path.startswith("/v1"):
            continue
        least = least_role(method, path)
        for role in ORDER[: ORDER.index(least)]:
            answer = clients[role].request(method, address(path))
            assert (answer.status_code, answer.json()["code"]) == (403, "wrong-role"), (method, path, role)
            assert answer.json()["role"] == role.value


def test_least_role_of_each_route_is_let_in(standing: Served) -> None:
    clients = {role: standing.client(role) for role in ORDER}
    for method, path in routes_of(standing.app):
        if path.startswith("/v1") and path != "/v1/events":
            answer = clients[least_role(method, path)].request(method, address(path))
            assert answer.status_code not in {401, 403}, (method, path, answer.text)
            assert answer.status_code < 500, (method, path, answer.text)


def test_page_of_nobody_leads_to_the_entrance(standing: Served) -> None:
    nobody = standing.client(None, Accept="text/html")
    answer = nobody.get("/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/enter")


@pytest.mark.parametrize("role", [None, *Role])
def test_document_of_the_interface_is_the_same_for_everybody(standing: Served, role: Role | None) -> None:
    assert standing.client(role).get("/openapi.json").json()["openapi"].startswith("3.1")
