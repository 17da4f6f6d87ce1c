"""Which regions of the law library stand for those that somebody named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from paceline.compliance.shelf import the_rulebook
from paceline.control.circumstances import regions_of


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
