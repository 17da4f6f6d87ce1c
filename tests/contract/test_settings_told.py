"""What subscribers hear of changes of settings, and what an explanation says of settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from paceline.bootstrap import System
from paceline.campaign.blocks import Directive, Window
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.lifecycle.changes import Pause
from paceline.campaign.schedule.changes import SetSchedule
from paceline.control.order import Order, Override
from paceline.outbox.addresses import Reach
from paceline.primitives.findings import Severity
from paceline.primitives.ids import CampaignId
from tests.contract.receivers import Receiver, receiving
from tests.contract.set_up import (
    BARE,
    FEWER,
    HELD,
    RULES,
    TWO_DAYS,
    declare,
    furnish,
    furnished,
    rewrite,
    set_up_by_hand,
)
from tests.contract.systems import Office

MANY = SetDialingRules(campaign=HELD, attempt_limit=4, retry_intervals_min=(15, 60, 240))


def heard(system: System, receiver: Receiver) -> list[Any]:
    """Return what the only subscriber hears, verified with the library of the standard."""
    (subscribed,) = system.webhooks.all()
    system.worker.once()
    # What is signed is judged by the machine's clock, and this one stands still.
    secret = Webhook(subscribed.subscriber.secrets.current)
    for one in receiver.got:
        at = datetime.fromtimestamp(int(one.headers["webhook-timestamp"]), tz=UTC)
        assert secret.sign(one.headers["webhook-id"], at, one.body.decode()) in one.headers["webhook-signature"]
    return receiver.taken()


def listening(office: Office, receiver: Receiver, *kinds: str) -> System:
    system = furnished(office, webhook_reach=Reach.LOOPBACK)
    system.webhooks.add(receiver.url, kinds, Order(actor=system.actor))
    return system


def test_compliance_monitor_hears_of_rules_that_were_set_and_of_those_that_were_refused(office: Office) -> None:
    with receiving() as receiver:
        system = listening(office, receiver, "dialing.*")
        applied, refused = system.run(FEWER, reason="complaints"), system.run(MANY)
        system.run(Pause(campaign=HELD))
        first, second = heard(system, receiver)
    assert ((first["type"], second["type"]), first["sequence"]) == (("dialing.applied", "dialing.refused"), 1)
    assert first["at"].endswith("Z")
    assert (first["campaign"], first["entry"]) == (HELD, applied.entry)
    data = first["data"]
    assert (data["revision"], data["dialing_method"], data["success"], data["validation_errors"]) == (
        43,
        "PROGRESSIVE",
        True,
        [],
    )
    assert data["latency_ms"] >= 0
    assert data["rules"]["attempt_limit"] == 2
    assert data["wanted"] == {"attempt_limit": 2, "retry_intervals_min": [240]}
    data = second["data"]
    assert (data["revision"], data["dialing_method"], data["success"]) == (43, "PROGRESSIVE", False)
    assert (data["rules"]["attempt_limit"], data["wanted"]["attempt_limit"]) == (2, 4)
    (wrong,) = data["validation_errors"]
    assert (wrong["rule"], wrong["field"], "501.616" in wrong["source"]) == ("dialing.attempts", "attempt_limit", True)
    assert second["entry"] == refused.entry


def test_calendar_hears_of_a_schedule_its_zone_windows_and_directive(office: Office) -> None:
    with receiving() as receiver:
        system = listening(office, receiver, "schedule.*")
        system.run(TWO_DAYS)
        late = Window(weekday=0, start_s=9 * 3600, end_s=20 * 3600 + 60)
        system.run(replace(TWO_DAYS, windows=(late,)))
        system.run(replace(TWO_DAYS, campaign=BARE))
        bare, first, second = sorted(heard(system, receiver), key=lambda one: (one["campaign"], one["sequence"]))
    data = first["data"]
    assert (first["type"], data["revision"], data["zone"], data["directive"], data["max_calls"]) == (
        "schedule.applied",
        2,
        "America/New_York",
        "STRICT",
        80,
    )
    assert data["windows"] == data["wanted"]["windows"] == ["Monday 09:00-17:00", "Tuesday 09:00-17:00"]
    assert (second["type"], second["data"]["success"]) == ("schedule.refused", False)
    assert second["data"]["windows"] == data["windows"]
    assert second["data"]["wanted"] == {"windows": ["Monday 09:00-20:01"]}
    assert (bare["type"], bare["data"]["zone"], bare["data"]["windows"]) == ("schedule.refused", None, [])


def test_doubt_and_its_end_are_told_with_what_was_seen(desk: Office) -> None:
    with receiving() as receiver:
        furnish(desk)
        system = desk.system(platform=desk.emulated.platform(attempts=1), webhook_reach=Reach.LOOPBACK)
        declare(system)
        system.webhooks.add(receiver.url, ("schedule.*",), Order(actor=system.actor))
        desk.emulated.order("reset_after", method="PUT", times=None)
        system.run(TWO_DAYS)
        desk.emulated.control("DELETE", "/faults")
        system.watch.settle()
        doubt, verdict = heard(system, receiver)
    assert (doubt["type"], doubt["data"]["success"]) == ("schedule.in_doubt", None)
    assert (verdict["type"], verdict["data"]["success"], len(verdict["data"]["windows"])) == (
        "schedule.verdict",
        True,
        2,
    )


def at(office: Office, instant: str) -> None:
    office.emulated.control("PUT", "/clock", {"now": instant})


@pytest.mark.parametrize(
    ("instant", "is_open", "turns", "told"),
    [
        ("2026-06-15T12:59:59Z", False, "2026-06-15T13:00:00Z", "closed, and opens at 2026-06-15T13:00:00Z"),
        ("2026-06-15T13:00:00Z", True, "2026-06-15T21:00:00Z", "open, and closes at 2026-06-15T21:00:00Z"),
        ("2026-06-15T20:59:59Z", True, "2026-06-15T21:00:00Z", "open, and closes at 2026-06-15T21:00:00Z"),
        ("2026-06-15T21:00:00Z", False, "2026-06-22T13:00:00Z", "closed, and opens at 2026-06-22T13:00:00Z"),
        ("2026-10-26T21:00:00Z", False, "2026-11-02T14:00:00Z", "closed, and opens at 2026-11-02T14:00:00Z"),
    ],
)
def test_explanation_says_when_the_schedule_opens_or_closes(
    desk: Office,
    instant: str,
    is_open: bool,  # what the case says
    turns: str,
    told: str,
) -> None:
    system = furnished(desk)
    at(desk, instant)
    found = system.explain(HELD)
    assert found.why[1] == f"its schedule is {told}"
    shown: Any = found.document()["schedule"]
    assert (shown["open"], shown["lawful"]) == (is_open, True)
    assert (shown["closes_at"], shown["opens_at"]) == ((turns, None) if is_open else (None, turns))


def test_explanation_tells_what_is_unlawful_and_what_was_assumed(office: Office) -> None:
    furnish(office)
    system = office.system()
    set_up_by_hand(office, {**RULES, "retrySettings": {"maxAttempts": 4, "intervalMinutes": [15, 60, 240]}})
    told = system.explain(HELD).settings
    assert (told.assumed, told.overrides, told.unknown) == (("purpose", "regions"), (), ())
    assert told.rules is not None
    assert told.schedule is not None
    assert (told.rules.is_lawful, told.schedule.is_lawful) == (False, False)
    assert "dialing.attempts" in told.rules.findings.of_severity(Severity.ERROR).rules
    assert "schedule.calling-time" in told.schedule.findings.of_severity(Severity.ERROR).rules
    assert told.document()["taken_for"] == {
        "mode": "a person speaks; what binds recordings and artificial voices only is not judged"
    }
    declare(system, HELD, regions=["US-NY"])
    again = system.explain(HELD).settings
    assert again.rules is not None
    assert again.schedule is not None
    assert (again.rules.is_lawful, again.schedule.is_lawful, again.assumed) == (True, True, ())


def test_explanation_shows_an_override_until_it_ends_and_none_that_counted_for_nothing(office: Office) -> None:
    system = furnished(office)
    until = datetime(2026, 6, 16, 12, tzinfo=UTC)
    words = (Override(rule="schedule.directive", until=until), Override(rule="schedule.calling-time", until=until))
    order = Order(actor=system.actor, overrides=words)
    assert system.corridor.run(SetSchedule(campaign=HELD, directive=Directive.IGNORE), order).word == "applied"
    night = SetSchedule(campaign=HELD, windows=(Window(weekday=0, start_s=6 * 3600, end_s=9 * 3600),))
    refused = system.corridor.run(night, order)
    assert (refused.word, "change.override" in refused.findings.rules) == ("refused", True)
    told: Any = system.explain(HELD).document()["overrides"]
    assert [(one["rule"], one["until"], one["by"]) for one in told] == [
        ("schedule.directive", "2026-06-16T12:00:00Z", "ada")
    ]
    office.emulated.advance(timedelta(days=1).total_seconds())
    assert system.explain(HELD).settings.overrides == ()


def test_explanation_of_a_campaign_without_settings_says_so(desk: Office) -> None:
    told = furnished(desk).explain(BARE)
    assert told.why[1] == "it has no schedule"
    found: Any = told.document()
    assert (found["schedule"]["held"], found["schedule"]["lawful"], found["rules"]["held"]) == (None, None, None)
    assert (found["schedule"]["open"], found["unknown"]) == (None, [])


def test_explanation_goes_on_where_the_schedule_cannot_be_looked_at(desk: Office) -> None:
    system = furnished(desk, platform=desk.emulated.platform(attempts=1))
    desk.emulated.order("status", status=500, method="GET", path="*/schedule", times=None)
    told = system.explain(HELD)
    assert told.settings.schedule is None
    assert told.settings.unknown[0].startswith("its schedule cannot be looked at")
    assert told.settings.rules is not None
    assert not told.dialing, "no agent works on it"


def test_schedule_that_never_closes_is_told_so(desk: Office) -> None:
    furnish(desk)
    system = desk.system()
    declare(system)
    rewrite(desk, SetSchedule(campaign=HELD, directive=Directive.IGNORE, windows=tuple(
        Window(weekday=day, start_s=0, end_s=86_400) for day in range(7))))  # fmt: skip
    assert "its schedule is always open" in system.explain(HELD).why
    assert system.explain(CampaignId("PAUSED")).why[1] == "it has no schedule"
