"""The port's suite, run on the dialect against a real emulator, at both addresses of a campaign."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Achieved, Lane, Settling
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Ability, Drain, LiveCalls, Observed, Pending, State
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.ports import (
    CampaignLockedError,
    FleetLimitError,
    ForbiddenError,
    NotFoundError,
    Platform,
    PlatformError,
    Prepared,
    RejectedError,
    RevisionConflictError,
    UnknownRequestError,
    WrongStateError,
)
from paceline.cxone.outbound_v2.dialect import OutboundV2
from paceline.cxone.outbound_v2.writing import Prefix
from paceline.primitives.ids import CampaignId, MalformedIdError, Version
from tests.contract.emulated import Emulated

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
ACTIVE, PAUSED, STOPPED = CampaignId("ACTIVE"), CampaignId("PAUSED"), CampaignId("STOPPED")


@pytest.fixture(params=list(Prefix), ids=lambda prefix: prefix.name.lower())
def platform(request: pytest.FixtureRequest, emulated: Emulated) -> OutboundV2:
    return emulated.platform(prefix=request.param)


def applied(platform: Platform, change: AnyChange, *, version: str | None = None, key: str = "k-1") -> object:
    named = None if version is None else Version(version)
    return platform.apply(platform.prepare(change, named), idempotency_key=key, lane=change.lane)


def test_the_dialect_is_a_platform(platform: OutboundV2) -> None:
    spoken: Platform = platform
    assert spoken.dialect == "outbound-v2"
    assert Ability.PAUSE in spoken.abilities


def test_campaign_is_read_with_all_that_is_known_of_it(platform: OutboundV2) -> None:
    seen = platform.read(ACTIVE)
    assert (seen.campaign, seen.name, seen.state) == ("ACTIVE", "Renewals East", State.ACTIVE)
    assert (seen.version, seen.revision, seen.agents, seen.attempts) == ("42", 42, 48, 0)
    assert (seen.locked, seen.drained, seen.pending, seen.effective_at) == (False, True, None, None)
    assert seen.at == NOW


def test_fields_that_nobody_here_knows_are_kept(platform: OutboundV2) -> None:
    assert platform.read(ACTIVE).document["predictiveDialerSettings"] is None


def test_list_yields_every_campaign_of_the_tenant_with_its_version(platform: OutboundV2) -> None:
    seen = {one.campaign: one.version for one in platform.list() if isinstance(one, Observed)}
    assert seen == {"ACTIVE": "42", "ARCHIVED": "9", "LOCKED": "5", "PAUSED": "7", "STOPPED": "3"}


def test_list_goes_on_after_the_first_page(emulated: Emulated) -> None:
    for number in range(1001):
        emulated.control("POST", "/campaigns", {"id": f"M-{number:04}"})
    assert len(list(emulated.platform().list())) == 1006
    assert [entry["path"] for entry in emulated.entries(method="GET")] == ["/api/v2/outbound/campaigns"] * 2


def test_list_holds_only_the_state_that_was_asked_for(platform: OutboundV2) -> None:
    assert [one.campaign for one in platform.list(state=State.PAUSED)] == ["PAUSED"]


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (Pause(campaign=ACTIVE), State.PAUSED),
        (Stop(campaign=ACTIVE), State.STOPPED),
        (Stop(campaign=PAUSED), State.STOPPED),
        (Resume(campaign=PAUSED), State.ACTIVE),
        (Resume(campaign=STOPPED), State.ACTIVE),
    ],
    ids=lambda value: value.kind if hasattr(value, "kind") else value,
)
def test_change_is_applied_and_shown_by_one_request(
    platform: OutboundV2, emulated: Emulated, change: AnyChange, state: State
) -> None:
    with platform.metered() as meter:
        receipt = platform.apply(platform.prepare(change, None), idempotency_key="k", lane=change.lane)
    assert receipt.status == 200
    assert receipt.observed is not None
    assert receipt.observed.state is state
    assert change.verify(receipt.observed) == Achieved()
    assert emulated.shown(change.campaign)["status"] == state
    assert meter.requests == 1


def test_pause_lets_queued_calls_finish_and_is_settling_until_then(platform: OutboundV2, emulated: Emulated) -> None:
    emulated.arrange("ACTIVE", callsInFlight=[{"state": "waiting", "secondsLeft": 30}])
    pause = Pause(campaign=ACTIVE)
    applied(platform, pause)
    assert pause.verify(platform.read(ACTIVE)) == Settling(timedelta(seconds=15))
    emulated.advance(31)
    assert pause.verify(platform.read(ACTIVE)) == Achieved()


def test_dropped_calls_are_gone_at_once(platform: OutboundV2, emulated: Emulated) -> None:
    emulated.arrange("ACTIVE", callsInFlight=[{"state": "ringing", "secondsLeft": 30}])
    stop = Stop(campaign=ACTIVE, drain=Drain.DROP)
    applied(platform, stop)
    assert stop.verify(platform.read(ACTIVE)) == Achieved()


def test_live_calls_are_counted_by_what_they_do(platform: OutboundV2, emulated: Emulated) -> None:
    calls = [{"state": state, "secondsLeft": 30} for state in ("ringing", "ringing", "waiting", "connected")]
    emulated.arrange("ACTIVE", callsInFlight=calls)
    assert platform.live(ACTIVE) == LiveCalls(ringing=2, waiting=1, connected=1)


def test_later_transition_is_pending_on_the_platform_until_its_instant(
    platform: OutboundV2, emulated: Emulated
) -> None:
    at = NOW + timedelta(minutes=30)
    stop = Stop(campaign=ACTIVE, effective_at=at)
    applied(platform, stop)
    seen = platform.read(ACTIVE)
    assert seen.pending == Pending(state=State.STOPPED, effective_at=at, drain=Drain.FINISH)
    assert seen.effective_at == at
    assert stop.verify(seen) == Settling(timedelta(minutes=30, seconds=1))
    emulated.advance(1801)
    assert stop.verify(platform.read(ACTIVE)) == Achieved()


def test_instant_keeps_its_microseconds_and_its_zone_does_not_matter(platform: OutboundV2) -> None:
    at = datetime(2026, 6, 15, 14, 30, 0, 123456, tzinfo=UTC)
    applied(platform, Pause(campaign=ACTIVE, effective_at=at.astimezone(timezone(timedelta(hours=-4)))))
    seen = platform.read(ACTIVE)
    assert seen.pending is not None
    assert seen.pending.effective_at == at


def test_change_judged_on_an_older_version_conflicts_and_names_both(platform: OutboundV2) -> None:
    with pytest.raises(RevisionConflictError) as caught:
        applied(platform, Pause(campaign=ACTIVE), version="41")
    assert (caught.value.sent, caught.value.current) == ("41", "42")
    assert not caught.value.may_have_happened


def test_change_judged_on_the_present_version_is_taken(platform: OutboundV2) -> None:
    applied(platform, Pause(campaign=ACTIVE), version=platform.read(ACTIVE).version)
    assert platform.read(ACTIVE).state is State.PAUSED


def test_version_of_a_list_is_one_to_write_under(platform: OutboundV2) -> None:
    (seen,) = platform.list(state=State.PAUSED)
    assert isinstance(seen, Observed)
    applied(platform, Resume(campaign=PAUSED), version=seen.version)
    assert platform.read(PAUSED).revision == 8


def test_same_key_has_one_effect(platform: OutboundV2, emulated: Emulated) -> None:
    prepared = platform.prepare(Pause(campaign=ACTIVE), None)
    first = platform.apply(prepared, idempotency_key="one")
    again = platform.apply(prepared, idempotency_key="one")
    assert first == again
    assert emulated.shown("ACTIVE")["revision"] == 43


def test_request_that_was_kept_on_disk_is_the_same_request(platform: OutboundV2) -> None:
    prepared = platform.prepare(Stop(campaign=ACTIVE, drain=Drain.DROP, effective_at=NOW), Version("42"))
    assert Prepared.of(json.loads(json.dumps(prepared.document()))) == prepared


def test_request_of_another_dialect_is_not_sent(platform: OutboundV2, emulated: Emulated) -> None:
    prepared = replace(platform.prepare(Pause(campaign=ACTIVE), None), dialect="skills")
    with pytest.raises(UnknownRequestError):
        platform.apply(prepared, idempotency_key="k")
    assert emulated.entries(method="PATCH") == []


def test_effect_is_read_back_where_the_answer_does_not_show_it(emulated: Emulated) -> None:
    for number, (prefer, status) in enumerate([("return=minimal", 204), ("respond-async", 202)]):
        platform = emulated.platform()
        change: Pause | Resume = Pause(campaign=ACTIVE) if number == 0 else Resume(campaign=ACTIVE)
        prepared = platform.prepare(change, None)
        headers = prepared.request["headers"]
        assert isinstance(headers, dict)
        preferring = replace(prepared, request={**prepared.request, "headers": {**headers, "Prefer": prefer}})
        with platform.metered() as meter:
            receipt = platform.apply(preferring, idempotency_key=f"k-{number}")
        assert receipt.status == status
        assert receipt.observed is not None
        assert receipt.observed.state is change.state
        assert meter.requests == 2


def test_change_stands_when_reading_back_fails(emulated: Emulated) -> None:
    platform = emulated.platform(attempts=1)
    prepared = platform.prepare(Pause(campaign=ACTIVE), None)
    headers = prepared.request["headers"]
    assert isinstance(headers, dict)
    preferring = replace(prepared, request={**prepared.request, "headers": {**headers, "Prefer": "return=minimal"}})
    emulated.order("status", status=500, method="GET")
    receipt = platform.apply(preferring, idempotency_key="k")
    assert (receipt.status, receipt.observed) == (204, None)


REFUSALS: list[tuple[AnyChange, type[PlatformError], str]] = [
    (Pause(campaign=CampaignId("LOCKED")), CampaignLockedError, "campaign-locked"),
    (Resume(campaign=CampaignId("ARCHIVED")), WrongStateError, "wrong-state"),
    (Pause(campaign=STOPPED), WrongStateError, "wrong-state"),
    (Pause(campaign=CampaignId("NOWHERE")), NotFoundError, "not-found"),
    (Pause(campaign=CampaignId("FOREIGN")), ForbiddenError, "forbidden"),
]


@pytest.mark.parametrize(("change", "error", "code"), REFUSALS, ids=[f"{c.campaign}-{n}" for c, _, n in REFUSALS])
def test_refusal_has_its_own_error_at_both_addresses(
    platform: OutboundV2, change: AnyChange, error: type[PlatformError], code: str
) -> None:
    with pytest.raises(error) as caught:
        applied(platform, change)
    assert caught.value.code == code
    assert not caught.value.may_have_happened
    assert not caught.value.retryable
    assert change.campaign in caught.value.report()


def test_wrong_state_tells_the_state_and_what_may_follow(platform: OutboundV2) -> None:
    with pytest.raises(WrongStateError) as caught:
        applied(platform, Pause(campaign=STOPPED))
    assert (caught.value.state, caught.value.allowed) == (State.STOPPED, (State.ACTIVE,))


def test_one_active_campaign_too_many_tells_the_limit(platform: OutboundV2, emulated: Emulated) -> None:
    for name in ("X1", "X2"):
        emulated.control("POST", "/campaigns", {"id": name, "status": "ACTIVE"})
    with pytest.raises(FleetLimitError) as caught:
        applied(platform, Resume(campaign=PAUSED))
    assert (caught.value.limit, caught.value.active) == (4, 4)


def test_fields_at_fault_are_named(platform: OutboundV2) -> None:
    prepared = platform.prepare(Pause(campaign=ACTIVE), None)
    wrong = replace(prepared, request={**prepared.request, "body": '{"status":"ASLEEP","drainQueue":1}'})
    with pytest.raises(RejectedError) as caught:
        platform.apply(wrong, idempotency_key="k")
    assert [violation.field for violation in caught.value.violations] == ["status", "drainQueue"]


def test_client_without_the_right_is_told_what_is_missing(emulated: Emulated) -> None:
    with pytest.raises(ForbiddenError) as caught:
        applied(emulated.platform("reader"), Pause(campaign=ACTIVE))
    assert "campaign:write" in (caught.value.missing_right or "")


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a b", "ü", "a?b", "x" * 129])
def test_id_that_would_lead_elsewhere_is_not_sent(platform: OutboundV2, emulated: Emulated, name: str) -> None:
    with pytest.raises(MalformedIdError):
        platform.read(CampaignId(name), lane=Lane.READING)
    assert emulated.entries() == []


def test_meters_count_what_their_own_block_asked(platform: OutboundV2) -> None:
    with platform.metered() as outer:
        platform.read(ACTIVE)
        with platform.metered() as inner:
            platform.read(PAUSED)
    platform.read(STOPPED)
    assert (outer.requests, inner.requests) == (2, 1)


PACED = SetPacing(
    campaign=PAUSED,
    answer_rate=Decimal("0.7201"),
    abandonment_aim=Decimal("0.0125"),
    max_calls=80,
    call_interval_ms=120,
    warm_up_s=0,
    strategy="predictive",
)


def test_pacing_is_written_whole_and_read_back_to_the_digit(platform: OutboundV2, emulated: Emulated) -> None:
    assert platform.read(PAUSED).pacing is None
    change = PACED.whole_on(platform.read(PAUSED))
    applied(platform, change, version="7")
    seen = platform.read(PAUSED)
    assert (change.verify(seen), seen.version, change.already_so(seen)) == (Achieved(), "8", True)
    shown = emulated.shown(PAUSED)["predictiveDialer"]
    assert platform.block(seen, "pacing") == {"predictiveDialer": shown}
    assert shown["answerRate"] == 0.7201
    fewer = SetPacing(campaign=PAUSED, max_calls=72).whole_on(seen)
    applied(platform, fewer, version="8", key="k-2")
    assert emulated.shown(PAUSED)["predictiveDialer"] == {**shown, "maxConcurrentCalls": 72}


def test_pacing_judged_on_an_older_version_conflicts(platform: OutboundV2) -> None:
    with pytest.raises(RevisionConflictError):
        applied(platform, PACED, version="6")
    assert platform.read(PAUSED).pacing is None


def test_pacing_that_the_platform_does_not_take_names_its_fields(platform: OutboundV2) -> None:
    beyond = replace(PACED, answer_rate=Decimal("0.39"), max_calls=151)
    with pytest.raises(RejectedError) as refused:
        applied(platform, beyond, version="7")
    named = {violation.field for violation in refused.value.violations}
    assert named == {"predictiveDialer.answerRate", "predictiveDialer.maxConcurrentCalls"}
