"""Attacks that had no test elsewhere, and that the page of threats names only tests that there are."""

from __future__ import annotations

import re
import socket
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from paceline.campaign.lifecycle.changes import Pause
from paceline.control.access.rights import Role
from paceline.control.wall import Wall, WallLook
from paceline.primitives.clock import ManualClock
from paceline.service import live as live_module
from paceline.service.dashboard.pages import local
from paceline.service.live import Live
from tests.contract.emulated import Emulated
from tests.contract.systems import PAUSE, PAUSED, Office
from tests.service.served import Served, serving
from tests.service.streams import deeds, listen
from tests.service.test_stale_pages import ANY_STATUS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "background" / "threats.md"
ANY = {"If-Match": "*"}


@pytest.mark.parametrize(
    "elsewhere",
    ["//x.example", "///x.example", "////x.example/", "/\\x.example", "/\t/x.example", "https:x.example", "x", ""],
)
def test_nobody_is_led_elsewhere_after_signing_in(elsewhere: str) -> None:
    assert local(elsewhere) == "/"


def test_place_behind_the_end_of_the_ledger_is_refused_and_not_waited_for(served: Served) -> None:
    head = served.system.book.head().size
    answer = served.client().get("/v1/events", params={"after": head + 1})
    assert (answer.status_code, answer.json()["code"]) == (422, "last-event-id")


def test_stop_that_met_an_outage_is_carried_out_when_it_comes_again_under_its_key(
    served: Served, emulated: Emulated
) -> None:
    client = served.client(Role.OPERATOR)
    emulated.order(**ANY_STATUS)
    headers = {**ANY, "Idempotency-Key": "again"}
    assert client.post("/v1/campaigns/ACTIVE:stop", headers=headers).status_code == 503
    emulated.control("DELETE", "/faults")
    again = client.post("/v1/campaigns/ACTIVE:stop", headers=headers)
    assert (again.status_code, emulated.shown("ACTIVE")["status"]) == (200, "STOPPED"), again.text


class _Slow(Wall):
    """A wall whose platform does not answer until it is told to."""

    def __init__(self, look: WallLook) -> None:
        self.answer, self.asked, self.seen = threading.Event(), threading.Event(), look

    def look(self, *, thorough: bool = False) -> WallLook:
        del thorough
        self.asked.set()
        self.answer.wait()
        return self.seen


def test_pages_do_not_wait_in_line_for_a_platform_that_is_slow(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "IN_LINE_S", 0.05)
    clock, first = ManualClock(), served.system.wall.look()
    slow = _Slow(first)
    slow.answer.set()
    live = Live(slow, clock, look_s=5.0)
    assert live.look() is first
    slow.answer.clear()
    slow.asked.clear()
    clock.advance(60)
    asking = threading.Thread(target=live.look)
    asking.start()
    try:
        assert slow.asked.wait(30)
        assert live.look() is first, "who comes meanwhile is shown what was seen last"
        assert live.away is not None, "and is told that it is older"
    finally:
        slow.answer.set()
        asking.join()


def test_number_that_no_machine_counts_is_refused(standing: Served) -> None:
    client = standing.client()
    digits = "9" * 5000
    for path in (f"/v1/changes/{digits}", f"/v1/audit/{digits}", f"/v1/audit?limit={digits}", f"/changes/{digits}"):
        assert client.get(path).status_code in {404, 422}, path
    big = f'{{"agents": {digits}, "answer_rate": 1e999, "handle_s": NaN, "ring_s": -Infinity}}'
    answer = client.post("/v1/preflight", content=big, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    nested = b'{"scenario": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001
    answer = client.post("/v1/simulations", content=nested, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    assert client.get("/healthz").status_code == 200


def test_word_of_a_proxy_that_was_not_named_is_not_taken(desk: Office) -> None:
    with serving(desk.system(), attempts_per_minute=3) as served:
        codes = [
            served.client(None, **{"Authorization": "Bearer x", "X-Forwarded-For": f"10.0.0.{number}"})
            .get("/v1/me")
            .status_code
            for number in range(5)
        ]
    assert codes == [401, 401, 401, 429, 429]


def test_no_file_beside_those_of_the_pages_is_sent(standing: Served) -> None:
    reader = standing.client(Role.VIEWER)
    for name in ("../pages.py", "..%2fpages.py", "%2e%2e/%2e%2e/pages.py", "vendor/../../pages.py", "%2fetc/passwd"):
        assert reader.get(f"/static/x/{name}").status_code == 404, name
        assert reader.get(f"/runbooks/rules/{name}").status_code == 404, name


def test_two_requests_in_one_are_refused(standing: Served) -> None:
    place = urlsplit(standing.url)
    for head in (
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Content-Length: " + b"9" * 5000 + b"\r\n",
        b"Content-Length : 5\r\n",
        b"X-A: b\r\n  folded\r\nTransfer-Encoding : chunked\r\n",
    ):
        with socket.create_connection((place.hostname, place.port)) as line:
            begun = b"POST /v1/preflight HTTP/1.1\r\nHost: x\r\n"
            line.sendall(begun + head + b"\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n")
            answered = line.makefile("rb").readline()
        assert answered.split()[1] in {b"400", b"413", b"401"}, (head, answered)


def test_every_test_that_the_page_of_threats_names_is_there() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE.read_text()))
    assert len(named) > 30
    for file, test in sorted(named):
        assert f"def {test}(" in (ROOT / file).read_text(), (file, test)


def test_null_character_is_no_fault_on_any_database(everywhere: Served) -> None:
    program, person = everywhere.client(), everywhere.client(Accept="text/html")
    for client, path in (
        (program, "/v1/audit?actor=%00"),
        (program, "/v1/audit?campaign=%00"),
        (program, "/v1/changes?campaign=%00"),
        (program, "/v1/campaigns?label=%00%3Db"),
        (program, "/v1/campaigns?label=b%3D%00"),
        (program, "/v1/law/%00"),
        (program, "/v1/operations/%00"),
        (person, "/audit?actor=%00"),
        (person, "/audit?kind=%00"),
        (person, "/audit/export?actor=%00"),
        (person, "/changes?campaign=%00"),
        (person, "/live/changes/list?campaign=%00"),
        (person, "/?label=%00%3Db"),
        (person, "/?text=%00&state=%00"),
        (person, "/many/pause?campaign=%00"),
    ):
        assert client.get(path).status_code < 500, path
    for client, method, path, said in (
        (program, "DELETE", "/v1/keys/%00", None),
        (program, "DELETE", "/v1/webhooks/%00", None),
        (program, "POST", "/v1/campaigns/PAUSED:pause", {"reason": "\0", "ticket": "\0"}),
        (program, "POST", "/v1/campaigns:freeze", {"labels": {"\0": "\0"}}),
        (program, "PATCH", "/v1/campaigns/PAUSED/facts", {"facts": {"seller": "\0"}}),
        (program, "PATCH", "/v1/campaigns/PAUSED/facts", {"facts": {"label.\0": "x"}}),
        (person, "POST", "/keys/%00/revoke", None),
        (person, "POST", "/webhooks/%00/remove", None),
        (person, "POST", "/webhooks/%00/test", None),
    ):
        answer = client.request(method, path, json=said, headers=ANY)
        assert answer.status_code < 500, (path, answer.text)


def test_stream_of_one_campaign_tells_no_end_of_another(served: Served) -> None:
    first = served.system.run(PAUSE)
    served.system.run(Pause(campaign=PAUSED))
    head = served.system.book.head().size
    assert first.entry is not None
    for after in (0, first.entry):  # with the row that opens the entry, and taken up behind it
        came = listen(served.client(), lambda all_: bool(all_) and all_[-1].id >= head, after=after, campaign=PAUSED)
        assert first.entry not in {event.data["entry"] for event in deeds(came)}, after
        assert {event.name for event in deeds(came)} >= {"opened", "closed"}
