"""Which regions stand for those that somebody named, and which declared limits hold."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from paceline.campaign.observed import Limits
from paceline.compliance.shelf import the_rulebook
from paceline.control.facts.circumstances import circumstances_of, regions_of
from paceline.control.facts.declared import Said, Source, Spoken, facts_from
from paceline.control.facts.known_facts import FactError, Scope, judged
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, EntryId


@pytest.mark.parametrize("code", ["FR-RE", "FR-GF", "FR-MQ", "FR-75", "FR-IDF", "US-UM", "GB-JEY", "GB-GGY", "GB-IMN"])
def test_region_that_may_keep_other_hours_than_its_country_stays_unknown(code: str) -> None:
    found = regions_of([code], the_rulebook())
    assert found == {code}
    assert found.isdisjoint(the_rulebook().zones)


@pytest.mark.parametrize(("code", "country"), [("DE-BY", "DE"), ("GB-SCT", "GB"), ("GB-ENG", "GB"), ("IE-D", "IE")])
def test_region_of_a_country_that_is_one_stands_for_it(code: str, country: str) -> None:
    assert regions_of([code], the_rulebook()) == {country}


def test_known_region_stands_for_itself_and_a_country_for_all_that_is_not_outlying() -> None:
    rulebook = the_rulebook()
    assert regions_of(["FR-974", "US-FL"], rulebook) == {"FR-974", "US-FL"}
    assert regions_of(["FR", "AQ"], rulebook) == {"FR", "AQ"}
    assert regions_of(["US"], rulebook) == set(rulebook.regions_of("US"))


def test_country_is_one_only_while_none_of_its_regions_is_outlying() -> None:
    rulebook = the_rulebook()
    zones = {**rulebook.zones, "DE-HH": rulebook.zones["DE"]}
    apart = replace(rulebook, zones=zones, outlying=rulebook.outlying | {"DE-HH"})
    assert regions_of(["DE-BY"], apart) == {"DE-BY"}


FRACTIONS = ("limits.pacing_step", "limits.least_answer_rate", "limits.most_abandonment_aim")


def limits_of(campaign: dict[str, Json], tenant: dict[str, Json]) -> Limits:
    said = {
        name: Spoken({Source.DECLARED: Said(value, Source.DECLARED, EntryId(1))}) for name, value in campaign.items()
    }
    facts = facts_from(CampaignId("C1"), said)
    return circumstances_of(facts, tenant, countries=("US",), rulebook=the_rulebook()).limits


@pytest.mark.parametrize("turned", [False, True])
def test_tightest_pacing_limit_of_campaign_and_tenant_counts(turned: bool) -> None:
    loose: dict[str, Json] = {
        "limits.pacing_step": "0.1",
        "limits.least_answer_rate": "0.5",
        "limits.most_abandonment_aim": "0.02",
        "limits.least_call_interval_ms": 100,
    }
    tight: dict[str, Json] = {
        "limits.pacing_step": "0.05",
        "limits.least_answer_rate": "0.6",
        "limits.most_abandonment_aim": "0.009",
        "limits.least_call_interval_ms": 150,
    }
    expected = Limits(
        pacing_step=Decimal("0.05"),
        least_answer_rate=Decimal("0.6"),
        most_abandonment_aim=Decimal("0.009"),
        least_call_interval_ms=150,
    )
    assert limits_of(*((tight, loose) if turned else (loose, tight))) == expected
    assert limits_of(tight, {}) == limits_of({}, tight) == expected
    assert limits_of({}, {}) == Limits()


@pytest.mark.parametrize(
    ("value", "kept"),
    [("0.05", "0.05"), (0.05, "0.05"), (".050", "0.05"), (Decimal("0.10"), "0.1"), ("0.1", "0.1"), (1e-2, "0.01")],
)
@pytest.mark.parametrize("name", FRACTIONS)
@pytest.mark.parametrize("scope", Scope)
def test_fraction_of_pacing_is_kept_in_one_form(name: str, value: object, kept: str, scope: Scope) -> None:
    assert judged({name: value}, scope=scope, folder=Path("/")) == {name: kept}


@pytest.mark.parametrize(
    "wrong",
    [True, False, "5%", "nan", float("nan"), float("inf"), "-0.05", -0.05, "0.0000001", "1e-2", 2, "1.5", [], "0_1"],
)
@pytest.mark.parametrize("name", FRACTIONS)
def test_what_is_no_fraction_is_not_declared(name: str, wrong: object) -> None:
    with pytest.raises(FactError, match=f"{name} must be a fraction from 0"):
        judged({name: wrong}, scope=Scope.CAMPAIGN, folder=Path("/"))


@pytest.mark.parametrize("looser", ["0.11", "0.2", "1", "0"])
def test_step_of_pacing_is_declared_tighter_than_the_common_one_or_not_at_all(looser: str) -> None:
    with pytest.raises(FactError, match=r"must be a fraction from 0\.000001 to 0\.10"):
        judged({"limits.pacing_step": looser}, scope=Scope.CAMPAIGN, folder=Path("/"))
