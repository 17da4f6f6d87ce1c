"""The event stream: nothing is lost and nothing comes twice, whichever service on the database is asked."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from paceline.campaign.lifecycle.changes import Pause, Resume
from paceline.control.access.rights import Role
from paceline.ledger.entry import Step
from tests.contract.systems import ACTIVE, PAUSED, Office
from tests.service.served import Served, keys_of, serving
from tests.service.streams import deeds, listen


def test_stream_tells_of_a_change_while_it_is_made(everywhere: Served) -> None:
    def change() -> None:
        everywhere.system.run(Pause(campaign=ACTIVE), reason="seen live")

    came = listen(everywhere.client(Role.VIEWER), lambda all_: len(deeds(all_)) >= 3, begun=change)
    assert [one.name for one in deeds(came)] == ["opened", "intent", "closed"]
    assert deeds(came)[0].data["reason"] == "seen live"


def test_stream_goes_on_at_another_service_without_loss_or_repetition(office: Office) -> None:
    first, second = office.system("ada"), office.system("ben")
    keys = keys_of(first)
    with serving(first, keys) as one, serving(second, keys) as other:
        for campaign in (ACTIVE, PAUSED):
            first.run(Pause(campaign=campaign))
        seen = listen(one.client(Role.VIEWER), lambda all_: len(deeds(all_)) >= 2, after=0)
        second.run(Resume(campaign=ACTIVE))
        rows = [row for row in first.book.rows() if row.step is not Step.READING]
        last = deeds(seen)[-1].id
        rest = listen(
            other.client(Role.VIEWER), lambda all_: len(deeds(all_)) >= len(rows) - len(deeds(seen)), last=last
        )
    told = [event.id for event in (*deeds(seen), *deeds(rest))]
    assert told == [row.sequence for row in rows]
    assert [event.data["hash"] for event in (*deeds(seen), *deeds(rest))] == [row.hash for row in rows]


def test_stream_of_one_campaign_tells_of_no_other_and_moves_its_place_on(served: Served) -> None:
    served.system.run(Pause(campaign=ACTIVE))
    served.system.run(Pause(campaign=PAUSED))
    head = served.system.book.head().size
    came = listen(served.client(), lambda all_: bool(all_) and all_[-1].id >= head, after=0, campaign="PAUSED")
    assert {one.data.get("campaign") for one in deeds(came)} <= {"PAUSED", None}
    assert len([one for one in deeds(came) if one.data.get("campaign") == "PAUSED"]) >= 1


def test_reader_that_does_not_read_keeps_nobody_else_waiting(served: Served) -> None:
    place = urlsplit(served.url)
    with socket.create_connection((place.hostname, place.port)) as idle:
        idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        head = f"GET /v1/events?after=0 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {served.keys[Role.VIEWER]}\r\n\r\n"
        idle.sendall(head.encode())
        for _ in range(5):
            served.system.run(Pause(campaign=ACTIVE))
        head_size = served.system.book.head().size
        came = listen(served.client(), lambda all_: bool(all_) and all_[-1].id >= head_size, after=0)
    assert len(deeds(came)) >= 5


def test_place_that_is_none_is_refused_and_more_streams_than_allowed_are_503(desk: Office) -> None:
    with serving(desk.system(), streams=1) as served:
        client = served.client()
        for wrong in ("x", "-1", "9" * 20, "\u0661"):
            answer = client.get("/v1/events", headers={b"Last-Event-ID": wrong.encode()})
            assert answer.status_code == 422, wrong

        def second() -> None:
            busy = served.client().get("/v1/events")
            assert (busy.status_code, busy.json()["code"]) == (503, "too-many-streams")

        listen(client, bool, begun=second)


def test_service_that_ends_says_so_in_the_stream(desk: Office) -> None:
    with serving(desk.system()) as served, served.client().stream("GET", "/v1/events") as answer:
        lines = answer.iter_lines()
        next(lines)
        served.app.state.parts.news.end()
        rest = list(lines)
    assert rest[-2] == ": this stream ends here; ask again with the last id"
