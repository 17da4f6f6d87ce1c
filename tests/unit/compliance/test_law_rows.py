"""The rows of the law: all that were read are there, each with its source, and doubtful ones only tighten."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from paceline.compliance.rule import (
    AbandonmentCeiling,
    AttemptCap,
    Confidence,
    Counted,
    Duty,
    GapAfter,
    Hours,
    Obligation,
    Period,
    Rule,
)
from paceline.compliance.rule_terms import JUDGED, KINDS, kind_of
from paceline.compliance.shelf import the_rulebook

BOOK = the_rulebook()
FEDERAL = [*(f"US-{n}" for n in range(1, 14)), "US-P"]
STATES = {
    "AL": "hours closed-days", "AZ": "ban", "AR": "duty", "CA": "hours", "CT": "hours duty",
    "FL": "hours attempts duty",
    "GA": "hours duty", "IL": "hours", "IN": "duty", "KY": "hours", "LA": "hours closed-days duty blackout",
    "ME": "hours attempts", "MD": "hours attempts", "MA": "hours attempts", "MI": "hours", "MN": "hours",
    "MS": "hours closed-days duty", "MO": "hours", "NE": "hours closed-days", "NV": "hours duty", "NJ": "hours duty",
    "NM": "hours", "NY": "hours duty", "NC": "hours duty", "OK": "hours attempts", "OR": "hours attempts",
    "PA": "hours closed-days", "RI": "hours closed-days duty", "SC": "hours", "SD": "hours", "TN": "hours",
    "TX": "hours duty", "UT": "hours closed-days duty", "VA": "hours duty", "WA": "hours attempts duty", "WV": "hours",
    "WI": "hours duty", "WY": "hours", "DC": "hours attempts", "HI": "hours", "MT": "hours", "ND": "hours",
    "VT": "duty",
}  # fmt: skip
COUNTRIES = {
    "CA": "hours abandonment duty", "GB": "hours abandonment gap ring duty", "AU": "hours closed-days duty",
    "FR": "hours closed-days attempts gap duty", "DE": "hours duty", "ES": "hours closed-days duty",
    "IE": "hours duty",
    "NZ": "hours duty", "IN": "hours duty", "BR": "hours closed-days duty", "MX": "hours closed-days duty",
}  # fmt: skip
DAY = timedelta(days=1)
CAPS = {
    "US-FL-attempts": (3, DAY, Counted.ROLLING, "subject"),
    "US-MD-attempts": (3, DAY, Counted.ROLLING, "subject"),
    "US-OK-attempts": (3, DAY, Counted.ROLLING, "subject"),
    "US-OR-attempts": (3, DAY, Counted.ROLLING, "subject"),
    "US-7": (7, 7 * DAY, Counted.LEGAL_DAYS, "debt"),
    "US-12": (3, 30 * DAY, Counted.LEGAL_DAYS, "number"),
    "US-MA-debt-attempts": (2, 7 * DAY, Counted.ROLLING, "debt"),
    "US-MA-debt-attempts-elsewhere": (2, 30 * DAY, Counted.ROLLING, "debt"),
    "US-DC-debt-attempts": (3, 7 * DAY, Counted.ROLLING, "debt"),
    "US-WA-debt-attempts": (3, 7 * DAY, Counted.ROLLING, "debt"),
    "US-ME-recorded-attempts": (1, timedelta(hours=8), Counted.ROLLING, "number"),
    "FR-attempts": (4, 30 * DAY, Counted.LEGAL_DAYS, "person"),
}
CEILINGS = {
    "US-2": (3, 100, 2, Period.BLOCKS_30D),
    "US-5": (3, 100, 2, Period.BLOCKS_30D),
    "CA-abandonment": (5, 100, 2, Period.CALENDAR_MONTH),
    "GB-abandonment": (3, 100, 2, Period.DAY),
}
GAPS = {
    "US-7-gap": ("conversation", 7 * DAY, Counted.LEGAL_DAYS),
    "GB-gap-abandoned": ("abandoned", 3 * DAY, Counted.ROLLING),
    "GB-gap-machine": ("machine", DAY, Counted.ROLLING),
    "FR-gap-refusal": ("refusal", 60 * DAY, Counted.LEGAL_DAYS),
}
DATED = {
    "US-CT-hours": (None, None),
    "US-CT-consent": (date(2023, 10, 1), None),
    "US-6": (date(2021, 11, 30), None),
    "HOUSE-US-debt-hours-before-2021-11-30": (None, date(2021, 11, 30)),
    "FR-hours": (date(2023, 3, 1), None),
    "HOUSE-FR-sales-hours-before-2023-03-01": (None, date(2023, 3, 1)),
    "US-OR-hours": (date(2026, 1, 1), None),
    "US-OR-attempts": (date(2026, 1, 1), None),
    "US-PA-hours": (date(2026, 10, 18), None),
    "US-PA-hours-before-2026-10-18": (None, date(2026, 10, 18)),
    "US-PA-closed-days": (date(2019, 12, 3), None),
    "US-10-all": (date(2027, 1, 31), None),
    "FR-consent": (date(2026, 8, 11), None),
    "FR-do-not-call": (None, date(2026, 8, 11)),
}


def of(rule_id: str) -> Rule:
    found = BOOK.of(rule_id)
    assert found is not None, rule_id
    return found


def kinds_of(jurisdiction: str) -> set[str]:
    return {kind_of(rule.terms) for rule in BOOK.by_jurisdiction.get(jurisdiction, ())}


def test_every_row_of_the_federal_table_is_there() -> None:
    assert [row for row in FEDERAL if BOOK.of(row) is None] == []


def test_every_state_has_the_kinds_of_rules_that_were_read() -> None:
    wrong = {
        code: kinds_of(f"US-{code}") for code, kinds in STATES.items() if kinds_of(f"US-{code}") != set(kinds.split())
    }
    assert wrong == {}
    others = {region[3:] for region in BOOK.regions_of("US")} - set(STATES)
    assert others == {"AK", "CO", "DE", "ID", "KS", "NH", "OH", "IA"}
    assert all(kinds_of(f"US-{code}") == set() for code in others)


def test_every_country_has_the_kinds_of_rules_that_were_read() -> None:
    assert {code: kinds_of(code) for code in COUNTRIES} == {
        code: set(kinds.split()) for code, kinds in COUNTRIES.items()
    }


def test_caps_are_those_that_were_read_and_there_are_no_others() -> None:
    found = {
        rule.id: (rule.terms.most, rule.terms.period, rule.terms.counted, rule.terms.per)
        for rule in BOOK.rules
        if isinstance(rule.terms, AttemptCap)
    }
    assert found == CAPS


def test_abandonment_ceilings_are_those_that_were_read_and_there_are_no_others() -> None:
    found = {
        rule.id: (rule.terms.most, rule.terms.per, rule.terms.within_s, rule.terms.period)
        for rule in BOOK.rules
        if isinstance(rule.terms, AbandonmentCeiling)
    }
    assert found == CEILINGS


def test_gaps_are_those_that_were_read_and_there_are_no_others() -> None:
    found = {
        rule.id: (rule.terms.event, rule.terms.gap, rule.terms.counted)
        for rule in BOOK.rules
        if isinstance(rule.terms, GapAfter)
    }
    assert found == GAPS


@pytest.mark.parametrize("rule_id", DATED)
def test_dated_rules_begin_and_end_on_their_days(rule_id: str) -> None:
    assert (of(rule_id).effective_from, of(rule_id).effective_to) == DATED[rule_id]


def test_every_rule_says_where_it_was_read_and_when() -> None:
    for rule in BOOK.rules:
        assert rule.citation.strip(), rule.id
        assert rule.summary.endswith("."), rule.id
        assert re.search(r"\b(P|R1|R2|S|K|house)\b", rule.source), rule.id
        assert date(2026, 1, 1) <= rule.verified_on <= date(2026, 12, 31), rule.id


def test_ids_are_unique_and_begin_with_where_the_rule_holds() -> None:
    assert len({rule.id for rule in BOOK.rules}) == len(BOOK.rules)
    assert [rule.id for rule in BOOK.rules if not rule.id.removeprefix("HOUSE-").startswith(rule.jurisdiction)] == []


def test_rules_of_the_house_say_so_and_are_of_low_confidence() -> None:
    house = [rule for rule in BOOK.rules if rule.id.startswith("HOUSE-")]
    assert {rule.jurisdiction for rule in house} == {region[:2] for region in BOOK.zones}
    for rule in house:
        assert isinstance(rule.terms, Hours)
        assert rule.citation.startswith("house rule: no law read sets hours")
        assert rule.confidence is (Confidence.LOW if rule.effective_to is None else Confidence.MEDIUM)


def test_a_rule_of_the_house_ends_only_when_a_law_with_the_same_hours_begins() -> None:
    for rule in BOOK.rules:
        if rule.id.startswith("HOUSE-") and rule.effective_to is not None:
            after = [
                one.id
                for one in BOOK.by_jurisdiction[rule.jurisdiction]
                if one.effective_from == rule.effective_to
                and (one.terms, one.purposes) == (rule.terms, rule.purposes)
                and (one.modes, one.lines) == (rule.modes, rule.lines)
            ]
            assert len(after) == 1, rule.id


def test_a_rule_of_low_confidence_never_ends_and_never_opens() -> None:
    for rule in BOOK.rules:
        if rule.confidence is Confidence.LOW:
            assert rule.effective_to is None, rule.id


def test_central_standard_time_of_mississippi_is_a_second_clock() -> None:
    hours = of("US-MS-hours").terms
    assert isinstance(hours, Hours)
    assert hours.also_in == ("Etc/GMT+6",)


def test_laws_that_speak_of_calls_received_are_marked() -> None:
    marked = {rule.jurisdiction for rule in BOOK.rules if isinstance(rule.terms, Hours) and rule.terms.received}
    assert marked == {"US-MI", "US-NM", "US-NV", "US-WA"}


def test_duties_are_not_judged_and_each_kind_of_duty_is_told_somewhere() -> None:
    assert "duty" not in JUDGED
    assert set(KINDS) >= JUDGED
    assert {rule.terms.duty for rule in BOOK.rules if isinstance(rule.terms, Obligation)} == set(Duty)


def test_what_is_pending_binds_nothing() -> None:
    assert kind_of(of("US-P").terms) == "duty"
    assert of("US-2").id != of("US-5").id
