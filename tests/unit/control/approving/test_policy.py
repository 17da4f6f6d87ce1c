"""Which changes want approval by a policy, held against an oracle that knows no pattern; and what a rule may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.catalogue import CATALOGUE
from paceline.campaign.change import Lane
from paceline.campaign.pacing.changes import SetPacing
from paceline.control.approving.findings import is_same_person
from paceline.control.approving.policy import ASPECTS, FREEZING, Policy, Rule, fault_of
from paceline.control.freezes import FREEZE
from paceline.control.order import ApprovalWanted, Order, order_of
from paceline.ledger.drafts import opened
from paceline.ledger.entry import Actor, Deed, Entry, Row, Step
from paceline.primitives.clock import instant_of
from paceline.primitives.ids import EntryId, TenantId, campaign_id

ADA = Actor(name="ada", known_by="test")
CAMPAIGN = campaign_id("CMP-1")


def oracle(pattern: str, kind: str) -> bool:
    """Whether a pattern fits a kind, by trying every length that a star may stand for."""
    if not pattern:
        return not kind
    if pattern[0] == "*":
        return any(oracle(pattern[1:], kind[skipped:]) for skipped in range(len(kind) + 1))
    return bool(kind) and pattern[0] == kind[0] and oracle(pattern[1:], kind[1:])


PATTERNS = st.sampled_from(
    ["lifecycle.resume", "lifecycle.*", "*", "*.resume", "*.*", "lifecycle.re*", "pacing.*", "lifecycle.stop", "l*e"]
)


@given(
    kind=st.sampled_from(sorted(CATALOGUE)),
    kinds=st.lists(PATTERNS, min_size=1, max_size=3),
    least=st.none() | st.integers(1, 20),
    campaigns=st.integers(1, 20),
)
def test_change_wants_approval_when_kind_and_size_fit_and_what_stops_never_does(
    kind: str, kinds: list[str], least: int | None, campaigns: int
) -> None:
    change = CATALOGUE[kind](campaign=CAMPAIGN)
    policy = Policy(rules=(Rule(kinds=tuple(kinds), at_least={} if least is None else {"campaigns": least}),))
    fits = any(oracle(pattern, kind) for pattern in kinds) and (least is None or campaigns >= least)
    wanted = policy.wanted(change, Order(actor=ADA, campaigns=campaigns)) is not None
    assert wanted is (fits and kind not in {"lifecycle.pause", "lifecycle.stop"})


@given(pattern=st.text(alphabet="abcefilmnoprstuyz.*-", max_size=12) | PATTERNS)
def test_pattern_that_may_stand_in_a_rule_fits_nothing_that_stops(pattern: str) -> None:
    stopping = [kind for kind, made in CATALOGUE.items() if made.lane is Lane.STOPPING] + [FREEZING]
    if fault_of(pattern) is None:
        assert not any(oracle(pattern, kind) for kind in stopping)
        rest = [aspect for aspect in ASPECTS if not any(kind.startswith(f"{aspect}.") for kind in CATALOGUE)]
        assert any(oracle(pattern, kind) for kind in CATALOGUE) or any(
            oracle(pattern.partition(".")[0], aspect) for aspect in rest
        )


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("lifecycle.*", "fits lifecycle.pause and lifecycle.stop"),
        ("*.*", "fits lifecycle.pause and lifecycle.stop and campaign.freeze"),
        ("lifecycle.stop", "fits lifecycle.stop"),
        ("campaign.freeze", "fits campaign.freeze"),
        ("campaign.unfreeze", "fits no kind of change"),
        ("lifecycle.resum", "fits no kind of change: there are lifecycle.resume"),
        ("billing.*", "fits no kind of change"),
        ("*", "is no kind of change"),
        ("", "is no kind of change"),
        ("Lifecycle.Resume", "is no kind of change"),
        ("lifecycle.[r]esume", "is no kind of change"),
    ],
)
def test_pattern_that_fits_what_stops_or_nothing_at_all_is_at_fault(pattern: str, told: str) -> None:
    assert (fault_of(pattern) or "").startswith(told)


@pytest.mark.parametrize("pattern", ["lifecycle.resume", "lifecycle.res*", "dialing.*", "pacing.set", "*.resume"])
def test_pattern_of_what_may_wait_is_none(pattern: str) -> None:
    assert fault_of(pattern) is None


def test_word_for_freezing_is_that_of_the_ledger() -> None:
    assert FREEZING == FREEZE


def test_time_to_wait_is_that_of_the_order_before_that_of_the_policy() -> None:
    resume = CATALOGUE["lifecycle.resume"](campaign=CAMPAIGN)
    policy = Policy(rules=(Rule(kinds=("lifecycle.resume",)),), approvers=("carol",), within=timedelta(hours=2))
    assert policy.wanted(resume, Order(actor=ADA, campaigns=3)) == ApprovalWanted(
        approvers=("carol",), within=timedelta(hours=2), campaigns=3
    )
    short = policy.wanted(resume, Order(actor=ADA, approve_within=timedelta(minutes=5)))
    assert short is not None
    assert short.within == timedelta(minutes=5)
    assert Policy().wanted(resume, Order(actor=ADA)) is None


@given(
    approvers=st.lists(st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=9), max_size=3),
    within_s=st.integers(1, 10**7),
    campaigns=st.integers(1, 10**5),
)
def test_approval_that_an_order_wants_is_read_back_from_its_entry(
    approvers: list[str], within_s: int, campaigns: int
) -> None:
    wanted = ApprovalWanted(approvers=tuple(approvers), within=timedelta(seconds=within_s), campaigns=campaigns)
    details = Order(actor=ADA, approval=wanted).details()
    assert order_of(entry_with(details)).approval == wanted


@pytest.mark.parametrize("damaged", [{}, "yes", {"approvers": 3, "within_s": "x"}, []])
def test_approval_that_cannot_be_read_is_wanted_all_the_same(damaged: object) -> None:
    assert order_of(entry_with({"approval": damaged})).approval is not None


def entry_with(details: Mapping[str, Any]) -> Entry:
    draft = opened(Deed(kind="lifecycle.resume", actor=ADA, details=details), at=instant_of(0))
    row = Row(
        tenant=TenantId("acme"),
        sequence=1,
        entry=EntryId(1),
        step=Step.OPENED,
        at=instant_of(0),
        previous="",
        hash="",
        body="",
        document=draft.document,
    )
    return Entry(rows=(row,))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ada", "ADA", True),
        ("ada", " ada ", True),
        ("ada", "ａｄａ", True),
        ("ada lee", "ada  lee", True),
        ("ada", "bob", False),
    ],
)
def test_other_spelling_of_a_name_makes_no_second_person(one: str, other: str, same: bool) -> None:
    assert is_same_person(one, other) is same


def test_what_takes_back_a_change_made_here_waits_for_nobody() -> None:
    policy = Policy(rules=(Rule(kinds=("pacing.*",)),))
    change, order = SetPacing(campaign=CAMPAIGN, max_calls=9), Order(actor=ADA)
    assert policy.wanted(change, order) is not None
    assert policy.wanted(change, replace(order, takes_back=True)) is None
