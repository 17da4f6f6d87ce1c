"""What was typed becomes the change of what differs, or findings that say what is no value."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from paceline.campaign.blocks import DAY_S, DialingMode, DialingRules, Directive, Pacing, Schedule, Window
from paceline.control.access.rights import Principal, Role
from paceline.control.facts.declared import CampaignFacts, Said, Source
from paceline.primitives.ids import CampaignId, EntryId
from paceline.service.dashboard import facts_form, pacing_form, rules_form, schedule_form
from paceline.service.dashboard.visitors import Visitor

CAMPAIGN = CampaignId("CMP-1")
RULES = DialingRules(
    mode=DialingMode.PREDICTIVE,
    attempt_limit=3,
    retry_intervals_min=(60, 240),
    abandonment_threshold=Decimal("0.03"),
    cool_down_s=300,
    calls_per_agent=2,
)
WINDOWS = some.builds(
    lambda day, start, end: Window(weekday=day, start_s=min(start, end) * 60, end_s=max(start, end) * 60),
    some.integers(0, 6),
    some.integers(0, 700),
    some.integers(701, DAY_S // 60),
)


def typing(**fields: str) -> Visitor:
    return Visitor(
        principal=Principal(name="ada", role=Role.OPERATOR, signed_in=True),
        form={name.replace("__", "."): (value,) for name, value in fields.items()},
    )


def test_untouched_rules_name_nothing() -> None:
    found = rules_form.typed(CAMPAIGN, typing(**rules_form.values(RULES)), RULES)
    assert (found.differs, list(found.findings)) == (False, [])
    assert found.change is not None
    assert found.change.wanted.names_nothing


def test_only_what_differs_of_rules_is_named() -> None:
    said = {**rules_form.values(RULES), "abandonment_threshold": "0.030", "calls_per_agent": "1"}
    found = rules_form.typed(CAMPAIGN, typing(**said), RULES)
    assert found.change is not None
    assert (found.change.calls_per_agent, found.change.abandonment_threshold, found.change.mode) == (1, None, None)


def test_everything_that_is_no_value_is_found_at_once() -> None:
    said = typing(
        mode="FAST", attempt_limit="3.5", retry_intervals_min="1, x", abandonment_threshold="3 %", cool_down_s="1e3",
        calls_per_agent="9" * 13,
    )  # fmt: skip
    found = rules_form.typed(CAMPAIGN, said, RULES)
    assert found.change is None
    assert [one.field for one in found.findings] == list(rules_form.values(RULES))


def test_digits_of_other_scripts_and_endless_rates_are_no_numbers() -> None:
    for field, text in (("attempt_limit", "३"), ("abandonment_threshold", "NaN"), ("abandonment_threshold", "inf")):
        assert rules_form.typed(CAMPAIGN, typing(**{field: text}), RULES).change is None


@given(some.sets(WINDOWS, min_size=1, max_size=14), some.sampled_from(Directive))
def test_shown_schedule_is_read_back_as_the_same(windows: set[Window], directive: Directive) -> None:
    live = Schedule(zone="America/New_York", directive=directive, windows=tuple(windows), max_calls=80)
    shown = schedule_form.values(live)
    assert not schedule_form.typed(CAMPAIGN, typing(**shown), live).differs
    anew = schedule_form.typed(CAMPAIGN, typing(**shown), None).change
    assert anew is not None
    assert anew.windows == tuple(sorted(windows))


def test_days_may_be_named_in_short_and_as_spans() -> None:
    five = schedule_form.windows_of("Mon-Fri 9:00-17:00")
    assert five == schedule_form.windows_of(
        "\n".join(f"{day} 09:00 to 17:00" for day in ("mon", "TUE", "Wed", "thu", "fri"))
    )
    assert [one.weekday for one in schedule_form.windows_of("sat-mon 10:00-24:00")] == [0, 5, 6]


def test_what_is_no_window_is_told_with_the_line() -> None:
    for line in (
        "Mon 9-17",
        "Xyz 09:00-17:00",
        "T 09:00-17:00",
        "Mon 09:00-09:00",
        "Mon 24:00-25:00",
        "Mon 09:61-10:00",
    ):
        found = schedule_form.typed(CAMPAIGN, typing(windows=line), None)
        assert found.change is None
        assert line[:3] in next(iter(found.findings)).message


def said_facts(**facts: str) -> CampaignFacts:
    said = {name: Said(value, Source.DECLARED, EntryId(1)) for name, value in facts.items()}
    return CampaignFacts(campaign=CAMPAIGN, said=said)


def test_facts_that_were_touched_are_declared_and_emptied_ones_withdrawn() -> None:
    now = said_facts(seller="Acme", purpose="sales")
    found = facts_form.typed(
        typing(
            seller="", was__seller="Acme", purpose="sales", was__purpose="sales", regions="US-NY", labels="team=east"
        ),
        now,
    )
    assert found.facts == {"seller": None, "regions": ["US-NY"], "label.team": "east"}
    assert found.overtaken == {}


def test_facts_that_somebody_else_declared_since_are_told() -> None:
    found = facts_form.typed(typing(purpose="debt", was__purpose=""), said_facts(purpose="sales"))
    assert found.overtaken == {"purpose": "sales"}


def test_phone_number_is_no_fact_and_a_label_needs_a_value() -> None:
    found = facts_form.typed(typing(seller="+1 212 555 0123", labels="team"), said_facts())
    assert found.facts == {}
    assert {one.field for one in found.findings} == {"seller", "labels"}


PACING = Pacing(
    answer_rate=Decimal("0.5"), abandonment_aim=Decimal("0.005"), max_calls=80, call_interval_ms=200, warm_up_s=60
)  # fmt: skip


def test_untouched_pacing_names_nothing_and_only_what_differs_is_named() -> None:
    shown = pacing_form.values(PACING)
    assert not pacing_form.typed(CAMPAIGN, typing(**shown), PACING).differs
    found = pacing_form.typed(CAMPAIGN, typing(**{**shown, "answer_rate": "0.50", "max_calls": "81"}), PACING)
    assert found.change is not None
    assert (found.change.max_calls, found.change.answer_rate, found.change.strategy) == (81, None, None)


def test_everything_of_pacing_that_is_no_value_is_found_at_once() -> None:
    said = typing(
        answer_rate="NaN", abandonment_aim="3 %", max_calls="8e1", call_interval_ms="1_0", warm_up_s="٣",
        strategy="x" * 41,
    )  # fmt: skip
    found = pacing_form.typed(CAMPAIGN, said, PACING)
    assert found.change is None
    assert {one.field for one in found.findings} == set(pacing_form.values(None))
    for text in ("inf", "-Infinity", "0.5_0", "०.५", "9" * 21):
        assert pacing_form.typed(CAMPAIGN, typing(answer_rate=text), PACING).change is None, text


def test_pacing_of_a_campaign_without_any_names_every_field() -> None:
    said = {**pacing_form.values(PACING)}
    found = pacing_form.typed(CAMPAIGN, typing(**said), None)
    assert found.change is not None
    assert found.change.wanted.missing_on(None) == ()
