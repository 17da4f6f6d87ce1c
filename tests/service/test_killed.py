"""A service is killed in the middle of a request that has a key: nothing is made twice, and nobody is told a guess."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from paceline.control.access.rights import Role
from tests.contract.killing import LEASE_S, Killer, ordered
from tests.contract.systems import Office
from tests.service.served import Served, keys_of, serving

PAUSE, RESUME = ("POST", "/v1/campaigns/ACTIVE:pause"), ("POST", "/v1/campaigns/PAUSED:resume")
Asked = tuple[str, str]


@pytest.fixture(scope="module")
def dying() -> Iterator[Killer]:
    with Killer("tests.service.dying") as ready:
        yield ready


def killed_at(dying: Killer, office: Office, url: str, asked: Asked, headers: dict[str, str], *, sent: bool) -> None:
    """Ask a service of another process, which is killed in the middle of it."""
    method, path = asked
    dying.order(ordered(office, url, kind=method, campaign=path, moment="answered" if sent else "unsent"))
    place = dying.line()
    with pytest.raises(httpx2.TransportError):
        httpx2.request(method, f"{place}{path}", headers=headers, timeout=60.0, trust_env=False)
    assert dying.line() == "signal 9"


def again(served: Served, asked: Asked, headers: dict[str, str]) -> httpx2.Response:
    method, path = asked
    return served.client(None).request(method, path, headers=headers)


@pytest.mark.parametrize("sent", [True, False])
def test_request_of_a_service_that_died_is_in_doubt_and_is_not_made_again(
    office: Office, url: str, dying: Killer, sent: bool
) -> None:
    system = office.system(lease_s=LEASE_S)
    keys = keys_of(system)
    headers = {"Authorization": f"Bearer {keys[Role.OPERATOR]}", "If-Match": "*", "Idempotency-Key": "k"}
    killed_at(dying, office, url, RESUME, headers, sent=sent)
    with serving(system, keys) as served:
        waits = again(served, RESUME, headers)
        assert (waits.status_code, waits.json()["code"]) == (409, "under-way")
        office.clock.advance(LEASE_S * 3)
        for _ in range(2):
            told = again(served, RESUME, headers)
            assert (told.status_code, told.json()["code"]) == (504, "in-doubt")
        assert len(office.sent_keys()) == int(sent)
        fresh = again(served, RESUME, {**headers, "Idempotency-Key": "k2"})
        assert fresh.json()["outcome"] == ("unchanged" if sent else "applied"), fresh.text


def test_pause_of_a_service_that_died_is_repeated_and_has_one_effect(office: Office, url: str, dying: Killer) -> None:
    system = office.system(lease_s=LEASE_S)
    keys = keys_of(system)
    headers = {"Authorization": f"Bearer {keys[Role.OPERATOR]}", "If-Match": "*", "Idempotency-Key": "k"}
    killed_at(dying, office, url, PAUSE, headers, sent=True)
    with serving(system, keys) as served:
        office.clock.advance(LEASE_S * 3)
        answer = again(served, PAUSE, headers)
        assert (answer.status_code, answer.json()["outcome"]) == (200, "unchanged")
        assert served.client().get("/v1/campaigns/ACTIVE").json()["state"] == "PAUSED"
    assert len(office.sent_keys()) == 1, "the platform knows a repetition by its key"
