from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Drain, Observed, Pending, State, Unreadable
from paceline.campaign.ports import Prepared, UnexpectedAnswerError, UnknownRequestError
from paceline.cxone.exchange import Answer, Repeat
from paceline.cxone.outbound_v2.reading import campaign_read, live_read, page_read
from paceline.cxone.outbound_v2.writing import Prefix, prepared, request_of, sent_version
from paceline.primitives.ids import CampaignId, Version

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
C1 = CampaignId("C1")
SHOWN: dict[str, Any] = {"id": "C1", "status": "ACTIVE", "isLocked": False, "revision": 4}


def read(**changes: Any) -> Observed:
    body = json.dumps({**SHOWN, **changes}).encode()
    return campaign_read(Answer(status=200, body=body), campaign=C1, operation="read", now=NOW)


def test_least_that_is_needed_is_state_lock_and_revision() -> None:
    seen = read()
    assert (seen.state, seen.locked, seen.version, seen.at) == (State.ACTIVE, False, "4", NOW)
    assert (seen.drained, seen.agents, seen.attempts, seen.pending) == (None, None, None, None)


def test_unknown_fields_are_kept_as_they_came() -> None:
    odd = {"someday": [1, {"deep": 2.50}], "status": "PAUSED"}
    assert read(**odd).document == {**SHOWN, **odd}


def test_instants_are_read_with_nine_digits_and_any_offset() -> None:
    pending = {"status": "STOPPED", "effectiveTime": "2026-06-15T08:30:00.123456789-04:00", "drainQueue": False}
    seen = read(transitionTime="2026-06-15T12:30:00.5Z", pendingTransition=pending)
    at = datetime(2026, 6, 15, 12, 30, 0, 123456, tzinfo=UTC)
    assert seen.pending == Pending(state=State.STOPPED, effective_at=at, drain=Drain.DROP)
    assert seen.effective_at == datetime(2026, 6, 15, 12, 30, 0, 500000, tzinfo=UTC)


@pytest.mark.parametrize(
    "wrong",
    [
        {"revision": 4.0},
        {"revision": "4"},
        {"revision": True},
        {"revision": None},
        {"revision": -1},
        {"isLocked": None},
        {"isLocked": "false"},
        {"isLocked": 0},
        {"status": "ASLEEP"},
        {"status": None},
        {"id": 7},
        {"id": "C2"},
        {"activeAgents": 1.5},
        {"queueDrained": "yes"},
        {"transitionTime": "2026-06-15T12:30:00"},
        {"transitionTime": "soon"},
        {"pendingTransition": {"status": "PAUSED"}},
        {"pendingTransition": []},
    ],
    ids=str,
)
def test_answer_of_another_form_is_unexpected_and_its_values_are_not_told(wrong: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedAnswerError) as caught:
        read(**wrong)
    assert caught.value.may_have_happened
    assert "ASLEEP" not in caught.value.message


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b"\xff", b'{"id": NaN}', b"[" * 100_000])
def test_body_that_is_no_campaign_is_unexpected(body: bytes) -> None:
    with pytest.raises(UnexpectedAnswerError):
        campaign_read(Answer(status=200, body=body), campaign=C1, operation="read", now=NOW)


def test_number_that_json_has_not_is_unexpected_in_unknown_fields_too() -> None:
    body = json.dumps({**SHOWN, "someday": float("nan")}).encode()
    with pytest.raises(UnexpectedAnswerError):
        campaign_read(Answer(status=200, body=body), campaign=C1, operation="read", now=NOW)


def test_page_holds_campaigns_with_their_documents_and_the_next_cursor() -> None:
    body = json.dumps({"campaigns": [SHOWN, {**SHOWN, "id": "C2", "extra": 1}], "nextCursor": "n"}).encode()
    shown, cursor = page_read(Answer(status=200, body=body), operation="list", now=NOW)
    assert ([one.campaign for one in shown], cursor) == (["C1", "C2"], "n")
    assert isinstance(shown[1], Observed)
    assert shown[1].document["extra"] == 1


def test_campaign_of_an_unknown_form_hides_no_other_of_its_page() -> None:
    odd = [{**SHOWN, "id": "C2", "status": "DREAMING"}, {**SHOWN, "id": "../up"}, {"id": 7}]
    body = json.dumps({"campaigns": [SHOWN, *odd], "nextCursor": None}).encode()
    (sound, *unreadable), _ = page_read(Answer(status=200, body=body), operation="list", now=NOW)
    assert sound.campaign == "C1"
    assert [(type(one), one.campaign) for one in unreadable] == [
        (Unreadable, "C2"),
        (Unreadable, None),
        (Unreadable, None),
    ]


@pytest.mark.parametrize(
    "body", [b"{}", b'{"campaigns": {}}', b'{"campaigns": [1]}', b'{"campaigns": [], "nextCursor": 3}']
)
def test_page_of_another_form_is_unexpected(body: bytes) -> None:
    with pytest.raises(UnexpectedAnswerError):
        page_read(Answer(status=200, body=body), operation="list", now=NOW)


def test_statistics_without_live_calls_are_unexpected() -> None:
    with pytest.raises(UnexpectedAnswerError):
        live_read(Answer(status=200, body=b'{"live": {"callsRinging": 1}}'), operation="live")


@pytest.mark.parametrize(
    ("change", "body"),
    [
        (Pause(campaign=C1), '{"status":"PAUSED","drainQueue":true}'),
        (Stop(campaign=C1, drain=Drain.DROP), '{"status":"STOPPED","drainQueue":false}'),
        (Resume(campaign=C1), '{"status":"ACTIVE"}'),
        (
            Pause(campaign=C1, effective_at=NOW),
            '{"status":"PAUSED","effectiveTime":"2026-06-15T12:00:00Z","drainQueue":true}',
        ),
    ],
    ids=["pause", "stop", "resume", "later"],
)
@pytest.mark.parametrize("prefix", list(Prefix))
def test_change_has_one_exact_request(change: Pause | Resume | Stop, body: str, prefix: Prefix) -> None:
    request = request_of(prepared(change, Version("42"), prefix), idempotency_key="k", lane=Lane.STOPPING)
    assert (request.method, request.target) == ("PATCH", f"{prefix.value}/C1")
    assert request.body.decode() == body
    assert request.headers == {"Content-Type": "application/json", "If-Match": '"42"', "Idempotency-Key": "k"}
    assert (request.lane, request.repeat) == (Lane.STOPPING, Repeat.GUARDED)


def test_request_without_a_version_has_no_precondition() -> None:
    told = prepared(Pause(campaign=C1), None, Prefix.SHORT)
    assert sent_version(told) is None
    assert "If-Match" not in request_of(told, idempotency_key="k", lane=Lane.STOPPING).headers


def test_record_that_is_no_request_is_refused() -> None:
    with pytest.raises(UnknownRequestError):
        request_of(Prepared(dialect="outbound-v2", campaign=C1, request={}), idempotency_key="k", lane=Lane.STOPPING)
    with pytest.raises(UnknownRequestError):
        Prepared.of({"dialect": "outbound-v2", "campaign": "C1"})
