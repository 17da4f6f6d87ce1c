"""The tables of area codes and plans against the numbering library's data, which is one signal and sometimes wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

from paceline.compliance.geography.tables import area_codes, digest, plans
from paceline.compliance.shelf import the_rulebook
from paceline.primitives.zones import zone, zone_keys

# Where we differ from the library's zones on purpose; the table itself says why.
WRONG_THERE = {"689": "Orlando", "474": "Saskatchewan", "879": "Newfoundland", "867": "its seven zones", "907": "Adak"}
OURS = {"US", "CA", "PR", "GU", "VI", "AS", "MP"}
BOUND = {0, 1, 2}
STATES = {
    "Washington State": "WA",
    "Washington D.C.": "DC",
    "British Colombia": "BC",
    "British Columbia": "BC",
    "Newfoundland and Labrador": "NL",
    "Quebec": "QC",
    "Ontario": "ON",
    "Missouri": "MO",
}
OVERLAYS = {
    "448": "850", "930": "812", "364": "270", "458": "541", "986": "208", "729": "423", "879": "709", "581": "418",
    "367": "418", "236": "250", "672": "250", "778": "250", "257": "250", "436": "440", "457": "318", "471": "662",
    "483": "334", "621": "713", "624": "716", "679": "313", "837": "530", "861": "309", "924": "507", "357": "559",
    "689": "407", "474": "306", "639": "306", "531": "402", "938": "256", "346": "713", "947": "248", "782": "902",
    "428": "506", "584": "204", "431": "204", "368": "403", "825": "403",
}  # fmt: skip


def kind_of(code: str) -> tuple[str | None, bool]:
    """Return the country of an area code, and whether its numbers are bound to a place, as the library sees it."""
    for exchange in ("234", "258", "322", "400", "555", "633", "700", "927", "987"):
        number = phonenumbers.PhoneNumber(country_code=1, national_number=int(f"{code}{exchange}2345"))
        if phonenumbers.is_valid_number(number):
            country = phonenumbers.region_code_for_number(number)
            return country, phonenumbers.number_type(number) in BOUND
    return None, False


@pytest.fixture(scope="module")
def timezone_data() -> dict[str, tuple[str, ...]]:
    from phonenumbers.tzdata import TIMEZONE_DATA

    return TIMEZONE_DATA


@pytest.fixture(scope="module")
def geocode_data() -> dict[str, dict[str, str]]:
    """The names of places: every process collects this file, and they take long to load."""
    from phonenumbers.geodata import GEOCODE_DATA

    return GEOCODE_DATA


def prefix_zones(timezone_data: dict[str, tuple[str, ...]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for prefix, zones in timezone_data.items():
        if prefix.startswith("1") and len(prefix) >= 4:
            found[prefix[1:4]] |= set(zones)
    return found


def offsets(zones: set[str] | frozenset[str]) -> set[tuple[object, object]]:
    winter, summer = (datetime.fromisoformat(f"{at}T12:00:00+00:00") for at in ("2026-12-15", "2027-07-15"))
    keys = [ZoneInfo.utcoffset(zone(key), winter.astimezone(zone(key))) for key in sorted(zones)]
    return set(zip(keys, [summer.astimezone(zone(key)).utcoffset() for key in sorted(zones)], strict=True))


def test_table_has_exactly_the_area_codes_that_are_bound_to_a_place() -> None:
    kinds = {str(code): kind_of(str(code)) for code in range(200, 1000)}
    known = {code for code, (country, bound) in kinds.items() if bound and country in OURS}
    newer = {code for code, area in area_codes().items() if area.newer}
    assert set(area_codes()) - newer == known
    assert not newer & known


def test_zones_cover_every_prefix_of_the_code(timezone_data: dict[str, tuple[str, ...]]) -> None:
    missing = {
        code: sorted(map(str, offsets(zones) - offsets(area_codes()[code].zones)))
        for code, zones in prefix_zones(timezone_data).items()
        if code in area_codes() and not offsets(zones) <= offsets(area_codes()[code].zones)
    }
    assert set(missing) == set(WRONG_THERE)


def test_zones_of_other_plans_cover_every_prefix_of_their_areas(timezone_data: dict[str, tuple[str, ...]]) -> None:
    codes = {"33": "FR", "34": "ES", "44": "GB", "49": "DE", "52": "MX", "55": "BR", "61": "AU", "64": "NZ", "91": "IN"}
    missing = set()
    for prefix, zones in timezone_data.items():
        plan = plans().get(codes.get(prefix[:2], ""))
        if plan is None or len(prefix) == 2:
            continue
        area = plan.prefix_of(prefix[2:])
        ours = plan.zones if area is None else plan.prefixes[area]
        if not offsets(set(zones)) <= offsets(ours):
            missing.add((codes[prefix[:2]], prefix[2:5]))
    # The library has one area of Mexico in New York too.
    assert missing == {("MX", "201")}


def test_regions_are_those_of_the_places_in_the_library(geocode_data: dict[str, dict[str, str]]) -> None:
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for prefix, names in geocode_data.items():
        if prefix.startswith("1") and len(prefix) > 4 and "en" in names:
            told[prefix[1:4]][names["en"].rpartition(", ")[2]] += 1
    wrong = {}
    for code, counted in told.items():
        states = {word for word, _ in counted.most_common() if len(word) == 2}
        ours = {region[3:] for region in area_codes()[code].regions} if code in area_codes() else set()
        # 201 has one place on the other bank of the Hudson.
        if ours and states and not states <= ours | {"NY" if code == "201" else ""}:
            wrong[code] = states - ours
    assert wrong == {}


def test_whole_codes_are_in_the_state_that_the_library_names(geocode_data: dict[str, dict[str, str]]) -> None:
    wrong = {
        code: geocode_data[f"1{code}"]["en"]
        for code, area in area_codes().items()
        if geocode_data.get(f"1{code}", {}).get("en") in STATES
        and STATES[geocode_data[f"1{code}"]["en"]] not in {region[3:] for region in area.regions}
    }
    assert wrong == {}


def test_overlay_has_the_zones_and_regions_of_the_code_that_it_overlays() -> None:
    table = area_codes()
    assert {code: parent for code, parent in OVERLAYS.items() if table[code].zones != table[parent].zones} == {}
    assert {code: parent for code, parent in OVERLAYS.items() if table[code].regions != table[parent].regions} == {}


def test_every_zone_is_in_the_zone_data_and_every_region_in_the_law() -> None:
    zones = {key for area in area_codes().values() for key in area.zones}
    zones |= {key for plan in plans().values() for key in plan.zones}
    zones |= {key for plan in plans().values() for prefix in plan.prefixes.values() for key in prefix}
    assert zones <= zone_keys()
    law = the_rulebook()
    assert {region for area in area_codes().values() for region in area.regions} <= set(law.zones)
    bound = {each for plan in plans().values() for each in plan.jurisdictions}
    assert {each for each in bound if each[:2] in {"FR", "AU"}} - {"AU"} <= set(law.zones)


def test_every_state_and_province_has_an_area_code() -> None:
    served = {region for area in area_codes().values() for region in area.regions}
    assert {region for region in the_rulebook().zones if region[:3] in {"US-", "CA-"}} == served


def test_whole_country_reaches_at_least_as_far_as_each_of_its_prefixes() -> None:
    wider = {
        country: sorted(zones - plan.zones)
        for country, plan in plans().items()
        for zones in plan.prefixes.values()
        if not zones <= plan.zones
    }
    assert wider == {}


@pytest.mark.parametrize("block", ["850234", "212555", "436234", "907200", "800234", "291234", "600234"])
def test_last_four_digits_change_nothing(block: str) -> None:
    kinds = set()
    for last in (0, 1, 123, 1000, 4567, 5555, 9999):
        number = phonenumbers.PhoneNumber(country_code=1, national_number=int(f"{block}{last:04}"))
        kinds.add((phonenumbers.number_type(number), phonenumbers.region_code_for_number(number)))
    assert len(kinds) == 1


def test_digest_names_the_tables() -> None:
    assert len(bytes.fromhex(digest())) == 32
