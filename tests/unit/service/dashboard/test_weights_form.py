"""What was typed of weights becomes the change of what differs from what is live, or findings."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from paceline.campaign.blocks import WEIGHT_KEYS, Tuning, Weights
from paceline.campaign.weights.changes import SetWeights
from paceline.primitives.ids import CampaignId
from paceline.service.dashboard import weights_form
from tests.unit.campaign.weights.evidences import tuning, weights
from tests.unit.service.dashboard.test_forms import typing

CAMPAIGN = CampaignId("CMP-1")
VALUES = some.decimals(-1, 1, places=3)
LIVE = some.dictionaries(some.sampled_from(WEIGHT_KEYS), VALUES, min_size=1)


def read(live: Weights | None, held: Tuning | None, **fields: str) -> SetWeights | None:
    return weights_form.typed(CAMPAIGN, typing(**fields), live, held).change


@given(LIVE, some.booleans())
def test_form_that_is_sent_as_it_was_shown_changes_nothing(parameters: dict[str, Decimal], enabled: bool) -> None:
    live, held = weights({key: str(value) for key, value in parameters.items()}), tuning(enabled=enabled)
    found = weights_form.typed(CAMPAIGN, typing(**weights_form.values(live, held)), live, held)
    assert (found.change, found.differs) == (SetWeights(campaign=CAMPAIGN), False)


@given(LIVE, some.sampled_from(WEIGHT_KEYS), VALUES)
def test_only_the_weight_that_differs_is_named(parameters: dict[str, Decimal], key: str, value: Decimal) -> None:
    live = weights({name: str(one) for name, one in parameters.items()})
    shown = {**weights_form.values(live, tuning()), f"weight_{key}": str(value)}
    change = read(live, tuning(), **shown)
    assert change is not None
    assert change.adjusted == ({} if live.of(key) == value else {key: value})
    assert (change.algorithm, change.parameters, change.enabled) == (None, None, None)


def test_first_weights_are_named_whole() -> None:
    shown = weights_form.values(None, None)
    assert set(shown.values()) == {""}
    named = {
        "weight_call_rate": "0.1", "algorithm": "adaptive-v2", "deviation_limit": "0.2", "validation_split": "0.8",
        "convergence": "0.05", "enabled": "on", "drift_protection": "off",
    }  # fmt: skip
    change = read(None, None, **{**shown, **named})
    assert change is not None
    assert change.wanted.missing_on(None, None) == ()
    assert (change.enabled, change.drift_protection) == (True, False)


def test_what_is_no_number_and_no_switch_is_a_finding_and_no_change() -> None:
    found = weights_form.typed(
        CAMPAIGN, typing(weight_call_rate="bold", enabled="yes", algorithm="a\x00b"), weights(), tuning()
    )
    assert found.change is None
    assert [one.field for one in found.findings] == ["weight_call_rate", "algorithm", "enabled"]
