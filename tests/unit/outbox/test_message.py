"""What is told, and of a change that has ended: made from the rows of its entry."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from paceline.outbox.message import Ended, News, enveloped, of_recovery, of_test, told
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, EntryId, TenantId

ACME = TenantId("acme")
AT = "2026-11-20T12:00:01.500000Z"
FINDING: Json = {"rule": "lifecycle.transition", "severity": "error", "message": "a stopped campaign cannot be paused"}
PENDING: Json = {"state": "STOPPED", "effective_at": "2026-11-20T17:00:00Z"}


def opened(**more: Json) -> dict[str, Json]:
    return {
        "v": 1,
        "step": "opened",
        "at": "2026-11-20T12:00:00.000000Z",
        "kind": "lifecycle.pause",
        "campaign": "CMP-1",
        "actor": {"name": "ada", "known_by": "key"},
        "reason": "too many calls",
        "ticket": "OPS-7",
        "details": {},
        **more,
    }


def closed(outcome: str = "applied", verdict: str | None = "achieved", **details: Json) -> dict[str, Json]:
    said: dict[str, Json] = {
        "findings": [],
        "before": {"revision": 42, "version": "42", "state": "ACTIVE", "drained": False},
        "after": {"revision": 43, "version": "43", "state": "PAUSED", "drained": True},
        "requests": 1,
        "timings_ms": {"total": 81.5, "platform": 60.25},
        **details,
    }
    return {"v": 1, "step": "closed", "at": AT, "entry": 7, "outcome": outcome, "verdict": verdict, "details": said}


def news(**parts: Any) -> News:
    found = told(Ended(**{"entry": EntryId(7), "opened": opened(), "closed": closed(), **parts}))
    assert found is not None
    return found


def test_pause_that_was_achieved_tells_workforce_management_what_it_asks_for() -> None:
    made = news(effective_at=datetime(2026, 11, 20, 12, tzinfo=UTC))
    assert (made.type, made.campaign, made.entry) == ("lifecycle.applied", "CMP-1", 7)
    assert made.at == datetime(2026, 11, 20, 12, 0, 1, 500_000, tzinfo=UTC)
    assert made.data == {
        "change": "lifecycle.pause",
        "outcome": "applied",
        "verdict": "achieved",
        "state": "PAUSED",
        "revision": 43,
        "drained": True,
        "pending": None,
        "effective_at": "2026-11-20T12:00:00.000000Z",
        "latency_ms": 81.5,
        "findings": [],
        "differences": [],
        "error": None,
        "actor": {"name": "ada", "known_by": "key"},
        "reason": "too many calls",
        "ticket": "OPS-7",
    }


def test_refusal_tells_its_findings_and_the_state_that_stayed() -> None:
    made = news(closed=closed("refused", None, findings=[FINDING], after=None))
    assert made.type == "lifecycle.refused"
    assert made.data["findings"] == [FINDING]
    assert (made.data["state"], made.data["revision"], made.data["effective_at"]) == ("ACTIVE", 42, None)


def test_change_that_nobody_could_look_at_tells_its_error() -> None:
    error = {"code": "unavailable", "message": "the platform is away", "hint": None, "retryable": True}
    made = news(closed=closed("failed", None, before=None, after=None, error=error))
    assert made.type == "lifecycle.failed"
    assert (made.data["error"], made.data["state"], made.data["revision"]) == (error, None, None)


def test_change_that_the_platform_carries_out_later_tells_when() -> None:
    after: Json = {"revision": 43, "version": "43", "state": "ACTIVE", "pending": PENDING}
    made = news(closed=closed("scheduled", "settling", after=after))
    assert made.type == "lifecycle.scheduled"
    assert (made.data["pending"], made.data["effective_at"]) == (PENDING, "2026-11-20T17:00:00Z")


def test_later_verdict_is_news_of_its_own() -> None:
    difference = {"field": "state", "wanted": "PAUSED", "observed": "ACTIVE"}
    verdict: dict[str, Json] = {
        "v": 1,
        "step": "verdict",
        "at": "2026-11-20T12:09:00.000000Z",
        "entry": 7,
        "verdict": "diverged",
        "details": {"revision": 44, "state": "ACTIVE", "differences": [difference]},
    }
    made = news(closed=closed("applied", "settling"), verdict=verdict)
    assert made.type == "lifecycle.verdict"
    assert made.at.minute == 9
    assert (made.data["verdict"], made.data["outcome"]) == ("diverged", "applied")
    assert (made.data["state"], made.data["revision"]) == ("ACTIVE", 44)
    assert made.data["differences"] == [difference]


def test_dry_run_is_not_told() -> None:
    assert told(Ended(entry=EntryId(7), opened=opened(details={"dry_run": True}), closed=closed())) is None


def test_aspect_without_words_of_its_own_tells_what_all_tell() -> None:
    made = news(opened=opened(kind="fact.declare"), closed=closed("applied", None))
    assert made.type == "fact.applied"
    assert made.data["actor"] == {"name": "ada", "known_by": "key"}
    assert "state" not in made.data


def test_envelope_says_the_same_parts_always() -> None:
    made = news()
    message = enveloped(made, tenant=ACME, message_id="msg_1", sequence=5)
    said = json.loads(message.body)
    assert list(said) == ["at", "campaign", "data", "entry", "id", "sequence", "tenant", "type", "version"]
    assert (said["at"], said["sequence"], said["version"], said["tenant"]) == (AT, 5, 1, "acme")
    alone = json.loads(enveloped(of_test(0), tenant=ACME, message_id="msg_2", sequence=None).body)
    assert list(alone) == list(said)
    assert (alone["campaign"], alone["sequence"], alone["entry"]) == (None, None, None)


def test_words_that_stand_for_phone_numbers_are_taken_out() -> None:
    word = "number:" + "0f" * 32
    data: dict[str, Json] = {"reason": f"call {word} back", "list": [word, {word: 1}], "revision": "number:7"}
    made = News(type="lifecycle.applied", at=datetime(2026, 11, 20, tzinfo=UTC), campaign=CampaignId("A"), data=data)
    said = json.loads(enveloped(made, tenant=ACME, message_id="msg_1", sequence=1).body)["data"]
    number = "(a phone number)"
    assert said == {"reason": f"call {number} back", "list": [number, {number: 1}], "revision": "number:7"}


@pytest.mark.parametrize("hour", [0, 13])
def test_instants_are_told_in_utc_with_six_decimals(hour: int) -> None:
    zone = datetime(2026, 11, 20, hour, tzinfo=UTC).astimezone().tzinfo
    made = News(type="a.b", at=datetime(2026, 11, 20, hour, tzinfo=UTC).astimezone(zone))
    body = enveloped(made, tenant=ACME, message_id="msg_1", sequence=1).body
    assert json.loads(body)["at"] == f"2026-11-20T{hour:02}:00:00.000000Z"


def test_recovery_tells_from_when_to_when_and_how_many() -> None:
    made = of_recovery(since_ns=0, until_ns=3_600_000_000_000, late=4, dead=1)
    assert made.data == {
        "since": "1970-01-01T00:00:00.000000Z",
        "until": "1970-01-01T01:00:00.000000Z",
        "late": 4,
        "dead_letters": 1,
    }


def change(kind: str, **fields: Json) -> dict[str, Json]:
    return opened(kind=kind, details={"change": {"kind": kind, "campaign": "CMP-1", **fields}})


RULES: Json = {"mode": "POWER", "attempt_limit": 3}
SCHEDULE: Json = {"zone": "America/New_York", "directive": "STRICT", "windows": ["Monday 09:00-17:00"], "max_calls": 80}


@pytest.mark.parametrize(
    ("outcome", "verdict", "success"),
    [
        ("applied", "achieved", True),
        ("applied", "diverged", False),
        ("applied", "settling", None),
        ("unchanged", None, True),
        ("scheduled", None, None),
        ("in_doubt", None, None),
        ("refused", None, False),
        ("conflicted", None, False),
        ("expired", None, False),
        ("failed", None, False),
    ],
)
def test_compliance_monitor_is_told_whether_it_succeeded(
    outcome: str, verdict: str | None, success: bool | None
) -> None:
    before = {"revision": 42, "rules": RULES}
    made = news(opened=change("dialing.set"), closed=closed(outcome, verdict, before=before, after=None))
    assert (made.type, made.data["success"]) == (f"dialing.{outcome}", success)
    assert (made.data["revision"], made.data["dialing_method"], made.data["rules"]) == (42, "POWER", RULES)


def test_validation_errors_are_what_spoke_against_it_and_no_more() -> None:
    findings: Json = [
        {"rule": "dialing.attempts", "severity": "error", "message": "4 a day", "field": "attempt_limit", "found": 4,
         "limit": 3, "source": "Fla. Stat."},
        {"rule": "dialing.capacity", "severity": "info", "message": "48 calls", "field": None, "found": 48,
         "limit": None, "source": None},
    ]  # fmt: skip
    made = news(opened=change("dialing.set", attempt_limit=4), closed=closed("refused", None, findings=findings))
    assert made.data["validation_errors"] == [
        {"rule": "dialing.attempts", "field": "attempt_limit", "message": "4 a day", "source": "Fla. Stat."}
    ]
    assert (made.data["wanted"], made.data["findings"]) == ({"attempt_limit": 4}, findings)


def test_calendar_is_told_of_windows_in_words_those_that_were_asked_for_too() -> None:
    asked = change("schedule.set", windows=[[0, 32_400, 61_200], [6, 0, 86_400], [2, 1, 61_199]])
    after = {"revision": 3, "schedule": SCHEDULE}
    made = news(opened=asked, closed=closed(after=after))
    assert made.data["windows"] == ["Monday 09:00-17:00"]
    assert (made.data["zone"], made.data["directive"], made.data["max_calls"]) == ("America/New_York", "STRICT", 80)
    assert made.data["wanted"] == {
        "windows": ["Monday 09:00-17:00", "Sunday 00:00-24:00", "Wednesday 00:00:01-16:59:59"]
    }


def test_later_look_at_settings_tells_what_was_seen_then() -> None:
    verdict: dict[str, Json] = {
        "at": AT,
        "verdict": "achieved",
        "details": {"revision": 4, "state": "ACTIVE", "happened": True, "schedule": SCHEDULE},
    }
    before = {"revision": 3, "schedule": None}
    made = news(
        opened=change("schedule.set", max_calls=80),
        closed=closed("in_doubt", None, before=before, after=None),
        verdict=verdict,
    )
    assert (made.type, made.data["revision"], made.data["success"]) == ("schedule.verdict", 4, True)
    assert made.data["windows"] == ["Monday 09:00-17:00"]


def test_campaign_without_settings_is_told_without_them() -> None:
    made = news(opened=change("schedule.set"), closed=closed("refused", None, before=None, after=None))
    assert (made.data["zone"], made.data["windows"], made.data["revision"]) == (None, [], None)
    made = news(opened=change("dialing.set"), closed=closed("refused", None, before=None, after=None))
    assert (made.data["rules"], made.data["dialing_method"]) == (None, None)


PACING: Json = {"answer_rate": "0.72", "abandonment_aim": "0.01", "max_calls": 80}
BELIEVED: Json = {"answer_rate": "0.60", "abandonment_aim": "0.01", "max_calls": 80}
STEP: Json = {"rule": "pacing.step-limit", "severity": "review", "message": "too far"}
LAW: Json = {"rule": "pacing.loosens", "severity": "error", "message": "over"}
TOLD: Json = {"rule": "pacing.projection", "severity": "info", "message": "a gain"}
CONFLICT: Json = {"rule": "change.conflict", "severity": "error", "message": "bob was here"}


def test_reporting_is_told_of_old_and_new_parameters_and_of_the_change_of_the_belief() -> None:
    before: Json = {"revision": 4, "pacing": PACING}
    after: Json = {"revision": 5, "pacing": BELIEVED}
    made = news(opened=change("pacing.set", answer_rate="0.60"), closed=closed(before=before, after=after))
    assert (made.type, made.data["old_parameters"], made.data["new_parameters"]) == ("pacing.applied", PACING, BELIEVED)
    assert (made.data["answer_rate_change"], made.data["wanted"]) == ("-0.12", {"answer_rate": "0.60"})
    assert (made.data["revision"], made.data["compliance_verdict"], made.data["success"]) == (5, "passed", True)
    assert made.data["expected"] is None


@pytest.mark.parametrize(
    ("outcome", "findings", "verdict"),
    [
        ("refused", [STEP], "review"),
        ("refused", [STEP, LAW, TOLD], "refused"),
        ("applied", [TOLD], "passed"),
        ("in_doubt", [TOLD], "passed"),
        ("unchanged", [], "passed"),
        ("conflicted", [CONFLICT], None),
        ("failed", [], None),
    ],
)
def test_verdict_of_compliance_is_of_the_rules_of_pacing_alone(
    outcome: str, findings: Json, verdict: str | None
) -> None:
    before: Json = {"revision": 4, "pacing": PACING}
    made = news(opened=change("pacing.set"), closed=closed(outcome, None, before=before, after=None, findings=findings))
    assert (made.data["compliance_verdict"], made.data["new_parameters"]) == (verdict, None)
    assert made.data["answer_rate_change"] is None


def test_what_was_expected_of_a_pacing_is_told_with_its_intervals() -> None:
    rate: Json = {"mean": 0.041, "low": 0.036, "high": 0.046, "half_width": 0.005}
    forecast: Json = {
        "then": {"abandonment": rate, "utilisation": rate, "connects_per_agent_hour": rate},
        "periods": [{"breach_probability": {"now": None, "then": 0.2}}, {"breach_probability": {"then": 0.97}}],
    }
    for said, expected in (
        (forecast, {"abandonment": rate, "utilisation": rate, "breach_probability": 0.97}),
        ({"none": "nothing was measured"}, None),
    ):
        ended = closed("refused", None, before=None, after=None, forecast=said)
        assert news(opened=change("pacing.set"), closed=ended).data["expected"] == expected


def test_campaign_without_pacing_is_told_without_it() -> None:
    made = news(opened=change("pacing.set"), closed=closed("refused", None, before={"revision": 1}, after=None))
    assert (made.data["old_parameters"], made.data["new_parameters"], made.data["answer_rate_change"]) == (None,) * 3
