"""Sessions of the pages used on the interface for programs: cookies alone change nothing, and none is taken over."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx2
import pytest

from paceline.control.access.rights import Role
from paceline.control.order import Order
from paceline.service.identity import COOKIE, SECURE_COOKIE
from tests.contract.systems import Office
from tests.service.served import Served, serving

ANY = {"If-Match": "*"}


def entered(served: Served, role: Role = Role.OPERATOR, cookies: dict[str, str] | None = None) -> httpx2.Client:
    """Sign in by the form, as a browser does, with whatever cookies it has already."""
    client = served.client(None)
    client.cookies.update(cookies or {})
    proof = re.search(r'name="proof" value="(\w+)"', client.get("/enter").text)
    assert proof is not None
    answer = client.post("/enter", data={"proof": proof[1], "key": served.keys[role]}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return client


def token(served: Served, client: httpx2.Client) -> str:
    session = served.system.access.session(client.cookies[COOKIE])
    assert session is not None
    return session.csrf


def test_session_reads_and_changes_only_with_its_token(served: Served) -> None:
    client = entered(served)
    assert client.get("/v1/me").json()["known_by"].startswith("session of api-key")
    place = "/v1/campaigns/ACTIVE:pause"
    alone = client.post(place, headers=ANY)
    assert (alone.status_code, alone.json()["code"]) == (403, "csrf")
    other = token(served, entered(served, Role.VIEWER))
    for wrong in ("", "x", other, other[:-1]):
        assert client.post(place, headers={**ANY, "X-CSRF-Token": wrong}).status_code == 403
    assert client.post(place, headers={**ANY, "X-CSRF-Token": token(served, client)}).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_no_method_that_changes_goes_by_the_cookie_alone(served: Served, method: str) -> None:
    answer = entered(served, Role.ADMINISTRATOR).request(method, "/v1/keys/pk_000000000000" if method == "DELETE" else {
        "POST": "/v1/keys", "PUT": "/v1/campaigns/ACTIVE/rules", "PATCH": "/v1/facts",
    }[method], headers=ANY, json=None)  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")


def test_cookie_from_before_signing_in_is_nobodys(served: Served) -> None:
    planted = "0" * 40
    client = entered(served, cookies={COOKIE: planted})
    values = {cookie.value for cookie in client.cookies.jar if cookie.name == COOKIE}
    assert values - {planted}, "a new secret is given at sign-in"
    assert served.client(None, Cookie=f"{COOKIE}={planted}").get("/v1/me").status_code == 401


def test_each_sign_in_has_a_secret_of_its_own_and_leaving_ends_it(served: Served) -> None:
    first, second = entered(served), entered(served)
    assert first.cookies[COOKIE] != second.cookies[COOKIE]
    left = first.cookies[COOKIE]
    served.system.access.leave(left)
    assert served.client(None, Cookie=f"{COOKIE}={left}").get("/v1/me").status_code == 401
    assert second.get("/v1/me").status_code == 200


def test_wrong_key_is_nobody_though_the_cookie_is_good(served: Served) -> None:
    client = entered(served)
    assert client.get("/v1/me", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_revoked_key_ends_the_session_that_it_began(served: Served) -> None:
    client = entered(served)
    key = client.get("/v1/me").json()["known_by"].rpartition(" ")[2]
    served.system.access.revoke(key, Order(actor=served.system.actor))
    assert client.get("/v1/me").status_code == 401


def test_cookie_is_for_https_and_this_host_alone_behind_tls(desk: Office) -> None:
    with serving(desk.system(), behind_tls=True) as served:
        client = served.client(None)
        shown = client.get("/enter")
        proof = re.search(r'name="proof" value="(\w+)"', shown.text)
        assert proof is not None
        given = shown.headers["set-cookie"].partition(";")[0]
        said = {"proof": proof[1], "key": served.keys[Role.VIEWER]}
        answer = client.post("/enter", data=said, headers={"Cookie": given}, follow_redirects=False)
        cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(SECURE_COOKIE))
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "path=/"} <= attributes
        assert attributes & {"samesite=lax", "samesite=strict"}
        assert not any(part.startswith("domain") for part in attributes)


def test_keys_are_compared_in_the_same_time_whatever_they_are(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from paceline.control.access import secret_words as access_secrets

    compared: list[tuple[str, str]] = []
    same: Callable[[str, str], bool] = access_secrets.is_same

    def noted(one: str, other: str) -> bool:
        compared.append((one, other))
        return same(one, other)

    monkeypatch.setattr(access_secrets, "is_same", noted)
    for key in ("x", "pk_000000000000_x", served.keys[Role.VIEWER][:-1] + "?"):
        served.client(None, Authorization=f"Bearer {key}").get("/v1/me")
    assert len(compared) == 3, "a key that nobody has takes the same steps"
