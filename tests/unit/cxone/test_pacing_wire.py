"""Pacing on the wire: read exactly with what nobody here knows, and written back without losing it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.observed import PACING, Observed
from paceline.campaign.pacing.changes import SetPacing
from paceline.cxone.exchange import Answer
from paceline.cxone.outbound_v2.reading import campaign_read
from paceline.cxone.outbound_v2.writing import Prefix, prepared, sent_version
from paceline.primitives.ids import CampaignId, Version

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
C1 = CampaignId("C1")
BLOCK: dict[str, Any] = {
    "answerRate": 0.72,
    "abandonRate": 0.01,
    "maxConcurrentCalls": 80,
    "callInterval": 120,
    "strategy": "predictive",
    "warmUpPeriod": 60,
}
MORE = st.dictionaries(st.text("abcxyz", min_size=1, max_size=4), st.none() | st.booleans() | st.integers(), max_size=3)


def campaign(block: Any) -> Observed:
    shown = {"id": "C1", "status": "ACTIVE", "isLocked": False, "revision": 4, "predictiveDialer": block}
    return campaign_read(Answer(status=200, body=json.dumps(shown).encode()), campaign=C1, operation="read", now=NOW)


def sent(change: SetPacing) -> Any:
    made = prepared(change, Version("4"), Prefix.OUTBOUND)
    assert (made.request["method"], made.request["target"]) == ("PATCH", "/api/v2/outbound/campaigns/C1")
    assert sent_version(made) == "4"
    return json.loads(str(made.request["body"]), parse_float=Decimal)


def test_pacing_is_read_and_written_as_it_was() -> None:
    live = campaign(BLOCK)
    assert live.pacing is not None
    assert (live.pacing.answer_rate, live.pacing.abandonment_aim) == (Decimal("0.72"), Decimal("0.01"))
    whole = SetPacing(campaign=C1, max_calls=80).whole_on(live)
    expected = json.loads(json.dumps({"predictiveDialer": BLOCK}), parse_float=Decimal)
    assert sent(whole) == expected


@given(
    more=MORE,
    belief=st.integers(4000, 9500).map(lambda it: Decimal(it) / 10_000),
    aim=st.integers(0, 300).map(lambda it: Decimal(it) / 10_000),
)
def test_rates_are_sent_digit_by_digit_and_whatever_else_stands_there_is_sent_back(
    more: dict[str, Any], belief: Decimal, aim: Decimal
) -> None:
    live = campaign({**more, **BLOCK})
    told = sent(SetPacing(campaign=C1, answer_rate=belief, abandonment_aim=aim).whole_on(live))["predictiveDialer"]
    assert {name: told[name] for name in more} == more
    assert (Decimal(told["answerRate"]), Decimal(told["abandonRate"])) == (belief, aim)
    again = campaign(json.loads(json.dumps(told, default=float))).pacing
    assert again is not None
    assert (again.answer_rate, again.abandonment_aim) == (belief, aim)


@pytest.mark.parametrize(
    "odd",
    [3, [], {**BLOCK, "answerRate": "fast"}, {**BLOCK, "maxConcurrentCalls": 8.5}, {**BLOCK, "warmUpPeriod": True}],
    ids=str,
)
def test_pacing_in_a_form_that_nobody_knows_is_not_read_and_not_lost(odd: Any) -> None:
    seen = campaign(odd)
    assert seen.pacing is None
    assert seen.unknown_blocks == {PACING}
