"""Zone data that is too old decides nothing; old age alone is only told."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from importlib.resources import files
from itertools import pairwise

import pytest

from paceline.compliance.zonedata import MINIMUM, SEEN_ON, StaleZoneDataError, demand, record, release, standing
from paceline.primitives.zones import UnknownZoneError, zone_data_version


def test_versions_are_in_the_order_in_which_they_come_out() -> None:
    order = ["1997a", "2025b", "2026f", "2026g", "2026z", "2026za", "2026zb", "2027a"]
    assert all(release(older) < release(newer) for older, newer in pairwise(order))


@pytest.mark.parametrize("text", ["", "2026", "2026F", "2026.6", "26f", "2026ab", "2026f ", "٢٠٢٦f"])
def test_what_is_no_version_is_not_compared(text: str) -> None:
    with pytest.raises(ValueError, match="no version"):
        release(text)


def test_installed_data_is_new_enough() -> None:
    assert demand() == zone_data_version()
    assert standing(today=SEEN_ON).fresh


def test_older_data_is_refused_and_the_error_says_what_is_needed() -> None:
    with pytest.raises(StaleZoneDataError) as refused:
        demand("2027a", found="2026f")
    assert (refused.value.found, refused.value.required) == ("2026f", "2027a")
    assert "decisions need 2027a" in refused.value.report()


def test_older_data_is_told_of_without_an_error() -> None:
    told = standing(MINIMUM, today=SEEN_ON, found="2026e")
    assert not told.fresh
    assert told.warning is not None
    assert "2026e" in told.warning


def test_age_alone_only_warns() -> None:
    young, old = (standing(today=SEEN_ON + timedelta(days=days), found="2026f") for days in (60, 61))
    assert (young.fresh, young.warning) == (True, None)
    assert old.fresh
    assert old.warning is not None
    assert "for 61 days" in old.warning


def test_data_that_is_allowed_and_not_the_newest_is_told_of() -> None:
    told = standing("2026a", today=date(2026, 11, 21), found="2026c")
    assert told.fresh
    assert told.warning is not None
    assert told.warning.startswith("the zone data is 2026c; 2026f")


def test_record_names_the_version_and_each_file() -> None:
    data = files("tzdata").joinpath("zoneinfo", "America", "Vancouver").read_bytes()
    written = record(["UTC", "America/Vancouver", "UTC"])
    assert written["version"] == zone_data_version()
    assert isinstance(written["files"], dict)
    assert list(written["files"]) == ["America/Vancouver", "UTC"]
    assert written["files"]["America/Vancouver"] == hashlib.sha256(data).hexdigest()
    with pytest.raises(UnknownZoneError):
        record(["CST"])
