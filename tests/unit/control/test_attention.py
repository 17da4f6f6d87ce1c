"""What needs a person, in which order, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.observed import Frozen, Observed, State
from paceline.campaign.statistics import LivePicture, Tally
from paceline.compliance.rule import AbandonmentCeiling, Denominator, Period
from paceline.control.abandonment.account import CampaignAccount, PeriodAccount
from paceline.control.abandonment.kept import Counts, KeptPeriod
from paceline.control.abandonment.remaining import Foretold
from paceline.control.attention import Known, Urgency, needs_of, urgency_of, worst_of
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, EntryId, Version

NOW = datetime(2026, 6, 15, 15, tzinfo=UTC)


def seen(state: State = State.ACTIVE, *, locked: bool = False) -> Observed:
    return Observed(campaign=CampaignId("CMP-1"), state=state, version=Version("1"), at=NOW, locked=locked)


def waiting(status: str, **more: Json) -> dict[str, Json]:
    return {"entry": 7, "status": status, "kind": "lifecycle.pause", "by": "ada", "due": None, **more}


FROZEN = Frozen(by="ada", reason="a complaint", since=NOW, entry=EntryId(3))


def test_campaign_of_which_nothing_is_known_needs_nobody() -> None:
    assert needs_of(Known(observed=seen()), NOW) == ()
    assert urgency_of(()) is Urgency.NOTHING


def test_frozen_campaign_that_dials_is_the_most_urgent_of_all() -> None:
    (need,) = needs_of(Known(observed=seen(), frozen=FROZEN), NOW)
    assert need.urgency is Urgency.FROZEN_DIALING is min(Urgency)
    assert need.reason == "ada froze it: a complaint, and it is active all the same"
    assert need.entry == 3


def test_frozen_campaign_at_rest_says_who_froze_it_and_why() -> None:
    (need,) = needs_of(Known(observed=seen(State.STOPPED), frozen=FROZEN), NOW)
    assert (need.urgency, need.reason) == (Urgency.FROZEN, "ada froze it: a complaint")


def test_change_in_doubt_comes_before_lock_and_late_change() -> None:
    late = waiting("waiting", due="2026-06-15T14:00:00Z")
    known = Known(observed=seen(locked=True), unended=(late, waiting("in-doubt")), outside=EntryId(5))
    order = [need.urgency for need in needs_of(known, NOW)]
    assert order == [Urgency.IN_DOUBT, Urgency.LATE, Urgency.CHANGED_OUTSIDE, Urgency.LOCKED]


@pytest.mark.parametrize(("late_s", "is_told"), [(59, False), (60, False), (61, True)])
def test_change_is_late_a_minute_after_its_hour(late_s: int, *, is_told: bool) -> None:
    due = (NOW - timedelta(seconds=late_s)).isoformat().replace("+00:00", "Z")
    found = needs_of(Known(observed=seen(), unended=(waiting("waiting", due=due),)), NOW)
    assert [need.urgency for need in found] == ([Urgency.LATE] if is_told else [])


def test_change_that_was_put_aside_is_late_whatever_its_hour() -> None:
    aside = waiting("waiting", due="2027-01-01T00:00:00Z", trouble="it failed", put_aside=True)
    (need,) = needs_of(Known(observed=seen(), unended=(aside,)), NOW)
    assert (need.urgency, "put aside: it failed" in need.reason) == (Urgency.LATE, True)


def test_change_that_settles_or_is_made_now_needs_nobody() -> None:
    for status in ("open", "settling"):
        assert needs_of(Known(observed=seen(), unended=(waiting(status),)), NOW) == ()


def test_change_that_waits_for_approval_says_until_when() -> None:
    asked = waiting("waits-for-approval", approve_until="2026-06-15T16:00:00Z")
    (need,) = needs_of(Known(observed=seen(), unended=(asked,)), NOW)
    assert (need.urgency, need.action) == (Urgency.APPROVAL, "Decide")
    assert need.reason.endswith("until 2026-06-15T16:00:00Z")


def test_active_campaign_in_open_hours_that_dials_nothing_says_whether_agents_are_there() -> None:
    nobody = Known(observed=seen(), live=LivePicture(), is_open=True, recent=Tally())
    (need,) = needs_of(nobody, NOW)
    assert (need.urgency, need.reason.endswith("no agent is logged in")) == (Urgency.NOT_DIALING, True)
    some = Known(observed=seen(), live=LivePicture(agents_available=9), is_open=True, recent=Tally())
    assert needs_of(some, NOW)[0].reason.endswith("9 agents are logged in")


@given(
    state=st.sampled_from(State),
    is_open=st.sampled_from([True, False, None]),
    ringing=st.integers(0, 2),
    dials=st.integers(0, 2),
)
def test_only_an_active_open_and_silent_campaign_is_not_dialing(
    state: State, *, is_open: bool | None, ringing: int, dials: int
) -> None:
    known = Known(
        observed=seen(state), live=LivePicture(calls_ringing=ringing), is_open=is_open, recent=Tally(dials=dials)
    )
    silent = state is State.ACTIVE and is_open is True and not ringing and not dials
    assert [need.urgency for need in needs_of(known, NOW)] == ([Urgency.NOT_DIALING] if silent else [])


def test_rates_of_nothing_are_unknown_and_tallies_add_up() -> None:
    assert (Tally().occupancy, Tally().abandonment) == (None, None)
    both = Tally(connects=50, abandons=1, talk_s=10, staffed_s=20) + Tally(
        connects=50, abandons=2, wrap_s=5, staffed_s=20
    )
    assert (both.abandonment, both.occupancy) == (0.03, 15 / 40)


def account(answered: int, abandoned: int, breach: float | None = None) -> PeriodAccount:
    end = NOW + timedelta(days=10)
    kept = KeptPeriod(
        campaign=CampaignId("CMP-1"), period="30-day-blocks", start=NOW - timedelta(days=20), end=end,
        counts=Counts(dials=9 * answered, answered=answered, abandoned=abandoned), told_at=NOW,
    )  # fmt: skip
    to_come = None if breach is None else Foretold(answers=(0, 0, 0), remaining=(0, 0, 0), breach=breach, days=14)
    ceiling = AbandonmentCeiling(
        most=3, per=100, within_s=2, denominator=Denominator.ANSWERED_LIVE, period=Period.BLOCKS_30D
    )
    return PeriodAccount(
        period="30-day-blocks", rules=("US-2",), ceiling=ceiling, kept=kept, start=kept.start, end=end, to_come=to_come
    )


def standing(*periods: PeriodAccount) -> CampaignAccount:
    return CampaignAccount(campaign=CampaignId("CMP-1"), periods=periods)


def test_ceiling_that_is_broken_is_more_urgent_than_what_is_only_likely() -> None:
    fine, near, over = account(1000, 10), account(1000, 20, 0.7), account(1000, 31)
    assert needs_of(Known(observed=seen(), account=standing(fine)), NOW) == ()
    (need,) = needs_of(Known(observed=seen(), account=standing(fine, near)), NOW)
    assert (need.urgency, need.reason.endswith("it ends above with probability 0.70")) == (Urgency.APPROACHING, True)
    (need,) = needs_of(Known(observed=seen(), account=standing(near, over, fine)), NOW)
    assert (need.urgency, need.action) == (Urgency.BREACHED, "Ease off")
    assert need.reason == "31 of 1000 answered calls were abandoned; the law allows 3 in 100, until 2026-06-25"
    assert Urgency.BREACHED < Urgency.APPROACHING


def test_worst_period_is_the_one_of_which_most_is_used() -> None:
    first, second = account(1000, 5), account(1000, 15)
    assert worst_of(standing(first, second)) is second
    assert worst_of(standing()) is None
    assert worst_of(None) is None
