"""What becomes of a block: carried out or not by rules said before, counted, and compared in pairs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from paceline.campaign.forecaster import LegalPeriod
from paceline.campaign.statistics import Tally
from paceline.control.experiments.blocks import blocks_of
from paceline.control.experiments.counts import (
    BlockRecord,
    Counts,
    closed,
    counts_of,
    filled,
    in_pairs,
    record_of,
)
from paceline.control.experiments.guarding import harm_in
from paceline.control.experiments.looking import due_look, gain_in
from paceline.control.experiments.plan import MINUTE, Setting
from paceline.control.experiments.planning import Terms, planned
from paceline.control.experiments.power import power_of

SINCE = datetime(2026, 6, 15, 3, tzinfo=UTC)
TERMS = Terms(seed=3, days=6, hours=(9 * 3600, 13 * 3600))
PLAN = planned(blocks_of(None, SINCE, TERMS), TERMS, handle_s=180.0)
BLOCK = PLAN.blocks[0]
OTHER = Setting.OLD if BLOCK.setting is Setting.NEW else Setting.NEW


def minutes(start: datetime, count: int, **tally: int) -> list[tuple[datetime, Tally]]:
    told = {"dials": 10, "connects": 4, "talk_s": 500, "wrap_s": 100, "staffed_s": 1000, **tally}
    return [(start + at * MINUTE, Tally(**told)) for at in range(count)]


def record(number: int, *, kept: Counts | None = None) -> BlockRecord:
    return BlockRecord(number=number, carried=kept is not None, kept=kept, whole=kept)


def period(answered: int, abandoned: int, *, days: int = 2) -> LegalPeriod:
    start = SINCE - timedelta(days=days)
    return LegalPeriod(
        period="30-day-blocks",
        rules=("US-2",),
        start=start,
        end=start + timedelta(days=30),
        most=3,
        per=100,
        answered=answered,
        abandoned=abandoned,
    )


@pytest.mark.parametrize(
    ("live", "late", "missed", "why"),
    [
        (BLOCK.setting, timedelta(0), "", ""),
        (BLOCK.setting, PLAN.latest, "", ""),
        (BLOCK.setting, PLAN.latest + timedelta(seconds=1), "", "after it began"),
        (OTHER, timedelta(0), "", "setting was live"),
        (BLOCK.setting, timedelta(0), "it was frozen", "it was frozen"),
    ],
)
def test_block_is_carried_out_when_its_setting_was_live_in_time(
    live: Setting, late: timedelta, missed: str, why: str
) -> None:
    found = closed(PLAN, BLOCK, live=live, since=BLOCK.start + late, missed=missed)
    assert found.carried is (why == "")
    assert why in found.why


def test_counts_begin_after_the_guard_and_carry_over_is_kept_beside() -> None:
    early = minutes(BLOCK.start, 12, talk_s=100)
    found = filled(PLAN, BLOCK, [*early, *minutes(BLOCK.start + 12 * MINUTE, 60)])
    assert found.carried
    assert found.kept == Counts(dials=480, answered=192, abandoned=0, busy_s=28_800, staffed_s=48_000)
    assert found.whole is not None
    assert found.whole.busy_s == 28_800 + 12 * 200


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (minutes(BLOCK.start, 59), "47 of its 48 minutes"),
        (minutes(BLOCK.start, 60, staffed_s=0), "0 of its 48 minutes"),
        (minutes(BLOCK.start, 60, dials=0), "nothing was dialed"),
        ([], "0 of its 48 minutes"),
    ],
)
def test_block_in_which_it_did_not_dial_is_not_carried_out(told: list[tuple[datetime, Tally]], why: str) -> None:
    found = filled(PLAN, BLOCK, told)
    assert (found.carried, found.kept) == (False, None)
    assert why in found.why


def test_block_is_dropped_with_its_pair_whatever_was_measured() -> None:
    records = [record(one.number, kept=Counts(busy_s=1, staffed_s=2)) for one in PLAN.blocks if one is not BLOCK]
    left = in_pairs(PLAN, [record(BLOCK.number), *records])
    assert len(left) == len(PLAN.blocks) - 2
    assert BLOCK.pair not in {one.pair for one, _ in left}


def test_records_survive_as_json() -> None:
    for one in (record(3), record(4, kept=Counts(dials=1, answered=2, abandoned=1, busy_s=4, staffed_s=5))):
        assert record_of(one.document()) == one
    assert counts_of(Counts(dials=7).document()) == Counts(dials=7)


def test_look_is_due_once_its_blocks_are_over_and_counted() -> None:
    records = [record(one.number, kept=Counts(busy_s=1, staffed_s=2)) for one in PLAN.blocks]
    assert due_look(PLAN, records[:-1], 0) is None
    assert due_look(PLAN, records, 0) == 1
    assert due_look(PLAN, records, 1) is None
    uncounted = BlockRecord(number=15, carried=True)
    assert due_look(PLAN, [*records[:-1], uncounted], 0) is None


def test_gain_is_that_of_the_test_itself_on_the_same_pairs() -> None:
    from paceline.inference.stratified import stratified_randomisation

    blocks = [
        (one, Counts(busy_s=700 + 13 * one.number % 97 + 40 * (one.setting is Setting.NEW), staffed_s=900 + one.number))
        for one in PLAN.blocks
    ]
    tested = stratified_randomisation(
        [found.busy_s for _, found in blocks],
        [found.staffed_s for _, found in blocks],
        new=[one.setting is Setting.NEW for one, _ in blocks],
        strata=[one.pair for one, _ in blocks],
        seed=1,
    )
    assert gain_in(blocks) == pytest.approx(tested.estimate, abs=1e-12)
    assert gain_in(blocks[:1]) is None


def test_power_follows_the_spread_of_earlier_blocks() -> None:
    told: dict[datetime, Tally] = {}
    for day in range(6):
        for hour in range(9, 13):
            start = SINCE.replace(hour=hour) - timedelta(days=day + 1)
            told |= dict(minutes(start, 60, talk_s=500 + 20 * ((day * 7 + hour) % 5)))
    found = power_of(PLAN, None, TERMS, told)
    assert found is not None
    assert (found.pairs, found.seen >= 12) == (12, True)
    calm = power_of(PLAN, None, TERMS, dict(minutes(SINCE, 1)))
    assert calm is None
    # By hand: z of 1 - 0.05 / 6 is 2.394, z of 0.8 is 0.842.
    assert found.smallest == pytest.approx((2.394 + 0.842) * found.spread / 12**0.5, rel=1e-3)


def test_harm_ends_it_and_blindness_gives_the_block_up() -> None:
    fine = [Counts(answered=1000, abandoned=10)]
    assert harm_in(PLAN, periods=[period(20_000, 300)], new=fine, now=SINCE) is None
    blind = harm_in(PLAN, periods=None, new=fine, now=SINCE)
    assert blind is not None
    assert not blind.ends
    over = harm_in(PLAN, periods=[period(20_000, 900)], new=fine, now=SINCE)
    assert over is not None
    assert over.ends
    assert "legal period" in over.why
    bad = harm_in(PLAN, periods=[period(20_000, 300)], new=[Counts(answered=600, abandoned=60)], now=SINCE)
    assert bad is not None
    assert bad.ends
    assert "60 of 600" in bad.why
    young = harm_in(PLAN, periods=[period(20_000, 300)], new=[Counts(answered=20, abandoned=2)], now=SINCE)
    assert young is None, "one burst of twenty answers shows nothing"
    assert harm_in(PLAN, periods=[], new=[Counts()], now=SINCE) is None
