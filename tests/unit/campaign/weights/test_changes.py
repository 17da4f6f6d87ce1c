"""The change of weights: what it leaves as it is, when it is so already, and what became of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.blocks import WEIGHT_KEYS
from paceline.campaign.catalogue import CATALOGUE, UnknownChangeError, change_of, document_of
from paceline.campaign.change import Achieved, Diverged, IncompleteChangeError
from paceline.campaign.judgement import verified
from paceline.campaign.weights.changes import SetWeights
from paceline.campaign.weights.model import JUDGED, Basis, Ground, switch_of, undo_of
from paceline.primitives.ids import EntryId, Version
from tests.unit.campaign.situations import C1, seen
from tests.unit.campaign.weights.evidences import setting, tuning, weights

LIVE = seen(weights=weights(), tuning=tuning())
NUMBERS = st.integers(-1000, 1000).map(lambda it: Decimal(it) / 1000)
MAPS = st.dictionaries(st.sampled_from(WEIGHT_KEYS), NUMBERS, min_size=1)
CHANGES = st.builds(
    SetWeights,
    campaign=st.just(C1),
    algorithm=st.none() | st.just("adaptive-v3"),
    parameters=st.none() | MAPS,
    adjusted=MAPS,
    validation_split=st.none() | st.just(Decimal("0.7")),
    deviation_limit=st.none() | st.just(Decimal("0.10")),
    convergence=st.none() | st.just(Decimal("0.01")),
    enabled=st.none() | st.booleans(),
    drift_protection=st.none() | st.booleans(),
    trigger=st.none() | st.just("automatic"),
    basis=st.sampled_from([JUDGED, undo_of(EntryId(3)), switch_of(EntryId(9))]),
)


@given(change=CHANGES)
def test_change_is_read_back_from_its_record(change: SetWeights) -> None:
    assert change_of(document_of(change)) == change


@pytest.mark.parametrize(
    "told", [3, {"ground": "mine", "entry": 1}, {"ground": "undo"}, {"ground": "undo", "entry": "1"}]
)
def test_record_of_no_ground_is_none(told: Any) -> None:
    with pytest.raises(UnknownChangeError):
        change_of({**document_of(setting(call_rate="0.2")), "basis": told})


def test_what_is_of_no_type_is_recorded_all_the_same() -> None:
    odd: Any = {"parameters": {7: 0.5}, "convergence": True, "enabled": "yes", "algorithm": b"x"}
    told: Any = document_of(setting(**odd))
    assert told["parameters"] == {"7": "0.5"}
    assert (told["convergence"], told["enabled"], told["algorithm"]) == ("True", "yes", "bytes")


def test_kind_stands_in_the_catalogue() -> None:
    assert CATALOGUE["weights.set"] is SetWeights


@given(change=CHANGES)
def test_whole_change_is_verified_by_what_it_says_and_says_manual(change: SetWeights) -> None:
    whole = change.whole_on(LIVE)
    made, held = whole.wanted.on(None), whole.wanted.tuning_on(None)
    assert made is not None
    assert held is not None
    assert held.trigger == "manual"
    after = seen(weights=made, tuning=held)
    assert whole.verify(after) == change.verify(after) == Achieved()
    assert change.already_so(after)
    for key in WEIGHT_KEYS:
        named = change.adjusted.get(key, (change.parameters or LIVE.weights.parameters).get(key, Decimal(0)))  # type: ignore[union-attr]  # it has weights
        assert made.of(key) == named


def test_single_weight_leaves_the_others_and_a_map_does_not() -> None:
    one = setting(call_rate="0.2").whole_on(LIVE)
    assert one.parameters == {"answer_rate": Decimal("0.1"), "call_rate": Decimal("0.2")}
    both = setting(parameters={"max_concurrent": Decimal("0.1")}, call_rate="0.2").whole_on(LIVE)
    assert both.parameters == {"max_concurrent": Decimal("0.1"), "call_rate": Decimal("0.2")}


def test_fields_that_nobody_here_knows_ride_along() -> None:
    beside, more = {"parameterWeights": {"speed": 0.5}, "owner": "x"}, {"note": 1}
    odd = seen(weights=weights(beside=beside), tuning=tuning(beside=more))
    whole = setting(call_rate="0.2").whole_on(odd)
    assert (whole.beside, whole.tuning_beside) == (beside, more)


def test_first_weights_have_to_be_whole() -> None:
    with pytest.raises(IncompleteChangeError, match="algorithm, validation_split"):
        setting(call_rate="0.2").whole_on(seen())


def test_weights_that_are_so_already_send_nothing_and_the_trigger_alone_is_no_reason() -> None:
    automatic = seen(weights=weights(), tuning=tuning(trigger="automatic"))
    assert setting(call_rate="0.10").already_so(automatic)
    assert not setting(trigger="manual").already_so(automatic)
    assert setting(trigger="automatic").already_so(LIVE)
    assert not setting(call_rate="0.2").already_so(LIVE)
    assert not setting().already_so(LIVE)


def test_each_field_that_is_not_as_named_is_told() -> None:
    change = setting(parameters={"call_rate": Decimal("0.1")}, convergence=Decimal("0.02"), enabled=False)
    verdict = change.verify(seen(weights=weights(), tuning=tuning(trigger="automatic")))
    assert isinstance(verdict, Diverged)
    assert [(one.field, one.wanted, one.observed) for one in verdict.differences] == [
        ("convergence", "0.02", "0.05"),
        ("enabled", False, True),
        ("answer_rate", "0", "0.1"),
        ("trigger", "manual", "automatic"),
    ]


def test_weights_at_the_same_version_were_not_taken() -> None:
    change, before = setting(call_rate="0.1"), seen(version=Version("42"))
    verdict = verified(change, before, replace(LIVE, version=Version("42")))
    assert isinstance(verdict, Diverged)
    assert [(one.field, one.wanted) for one in verdict.differences] == [("version", "later than 42")]
    assert verified(change, before, replace(LIVE, version=Version("43"))) == Achieved()


def test_ground_reads_as_people_say_it() -> None:
    assert [str(one) for one in (JUDGED, undo_of(EntryId(3)), switch_of(EntryId(9)))] == [
        "judged",
        "undo of entry 3",
        "experiment of entry 9",
    ]
    assert [one.wants_evidence for one in (JUDGED, undo_of(EntryId(3)))] == [True, False]
    assert Basis.of(undo_of(EntryId(3)).document()).ground is Ground.UNDO


@pytest.mark.parametrize(
    ("named", "asks"),
    [
        ({"call_rate": "0.2"}, True),
        ({"parameters": {}}, True),
        ({"algorithm": "x"}, True),
        ({"enabled": True}, True),
        ({"convergence": Decimal("0.02")}, False),
        ({"drift_protection": True, "trigger": "manual", "validation_split": Decimal("0.7")}, False),
        ({"call_rate": "0.2", "basis": undo_of(EntryId(3))}, False),
    ],
    ids=str,
)
def test_data_are_asked_first_only_for_what_may_dial_otherwise(named: dict[str, Any], *, asks: bool) -> None:
    assert setting(**named).asks_data is asks
