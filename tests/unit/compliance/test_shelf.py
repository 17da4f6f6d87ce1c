"""The shelf: our rules, and beside them those that an operator adds and that take nothing away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from paceline.compliance.call import Call, Mode, Purpose
from paceline.compliance.calling_time import legal
from paceline.compliance.fields import RuleFileError
from paceline.compliance.rule import Confidence
from paceline.compliance.shelf import the_rulebook

PORTUGAL = """
[regions]
PT = ["Europe/Lisbon", "Atlantic/Madeira", "Atlantic/Azores"]

[calendars.pt]
first = 2026-01-01
last = 2027-12-31
[calendars.pt.days]
2026-12-25 = "Natal"

[[rule]]
id = "PT-hours"
jurisdiction = "PT"
kind = "hours"
citation = "invented for this test"
summary = "Calls from 10 to 22."
open = { "mon-sun" = ["10:00-22:00"] }
confidence = "medium"
source = "house"
verified_on = 2026-11-20

[[rule]]
id = "PT-closed-days"
jurisdiction = "PT"
kind = "closed-days"
citation = "invented for this test"
summary = "No calls on holidays."
calendar = "pt"
confidence = "medium"
source = "house"
verified_on = 2026-11-20
"""
BLACKOUT = """
[[rule]]
id = "US-LA-blackout-test"
jurisdiction = "US-LA"
kind = "blackout"
citation = "invented for this test"
summary = "No calls."
from = 2026-11-18T12:00:00-06:00
confidence = "high"
source = "house"
verified_on = 2026-11-20
"""
WEEK = (datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "own.toml"


def test_a_jurisdiction_is_added_by_one_file(written: Path) -> None:
    written.write_text(PORTUGAL)
    book, ours = the_rulebook([written]), the_rulebook()
    assert book.regions_of("PT") == ("PT",)
    assert ours.regions_of("PT") == ()
    assert set(ours.rules) < set(book.rules)
    christmas = (datetime(2026, 12, 25, tzinfo=UTC), datetime(2026, 12, 26, tzinfo=UTC))
    for place in book.places(["PT"]):
        assert legal(book, place, Call(), WEEK).total_s == 7 * 12 * 3600
        assert not legal(book, place, Call(), christmas)


def test_an_emergency_is_added_by_one_file_and_only_closes(written: Path) -> None:
    written.write_text(BLACKOUT)
    (place,) = the_rulebook().places(["US-LA"])
    before, after = (legal(book, place, Call(), WEEK) for book in (the_rulebook(), the_rulebook([written])))
    assert after - before == legal(the_rulebook(), place, Call(), (WEEK[0], WEEK[0]))
    assert [end for _, end in after][-1] == datetime(2026, 11, 18, 18, tzinfo=UTC)
    assert before.total_s > after.total_s


def test_a_folder_stands_for_the_files_in_it(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(PORTUGAL)
    (tmp_path / "b.toml").write_text(BLACKOUT)
    (tmp_path / "notes.txt").write_text("no rules")
    assert len(the_rulebook([tmp_path]).rules) == len(the_rulebook().rules) + 3


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (PORTUGAL.replace("PT-hours", "US-FL-hours"), "US-FL-hours"),
        (PORTUGAL.replace("calendars.pt", "calendars.fr"), "fr"),
        (PORTUGAL.replace("PT = [", "US-FL = ["), "US-FL"),
        (BLACKOUT.replace('"US-LA"', '"PT"'), "US-LA-blackout-test"),
        (PORTUGAL.replace('calendar = "pt"', 'calendar = "portugal"'), "PT-closed-days"),
        ('outlying = ["PT-20"]', None),
    ],
)
def test_nothing_takes_the_place_of_a_rule_or_names_what_is_not_there(
    written: Path, text: str, rule: str | None
) -> None:
    written.write_text(text)
    with pytest.raises(RuleFileError) as caught:
        the_rulebook([written])
    assert (caught.value.file, caught.value.rule) == ("own.toml", rule)
    assert caught.value.code == "rule-file"


def test_a_file_that_is_not_there_is_an_error(written: Path) -> None:
    with pytest.raises(RuleFileError, match="cannot be read"):
        the_rulebook([written])


def test_the_same_contents_are_read_once_and_have_one_edition(tmp_path: Path) -> None:
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "own.toml").write_text(PORTUGAL)
    here, there = (the_rulebook([tmp_path / name]) for name in ("here", "there"))
    assert here is there
    assert the_rulebook() is the_rulebook()


def test_every_byte_of_a_rule_is_in_the_edition(written: Path) -> None:
    editions = {the_rulebook().edition}
    for text in (PORTUGAL, f"{PORTUGAL}\n", PORTUGAL.replace("22:00", "21:59")):
        written.write_text(text)
        editions.add(the_rulebook([written]).edition)
    assert len(editions) == 4
    assert all(edition.startswith("2026-11-20+") for edition in editions)


def test_rules_stand_in_the_order_of_their_ids() -> None:
    ids = [rule.id for rule in the_rulebook().rules]
    assert ids == sorted(ids)


@pytest.mark.parametrize("region", ["US-FL", "US-PA", "US-MS", "CA-ON", "GB", "FR", "AU-NSW", "MX"])
def test_without_the_rules_of_low_confidence_nothing_is_closed_that_was_open(region: str) -> None:
    book = the_rulebook()
    sure = tuple(rule for rule in book.rules if rule.confidence is not Confidence.LOW)
    without = replace(book, edition="only what is sure", rules=sure)
    call = Call(purposes=frozenset({Purpose.SALES}), modes=frozenset({Mode.LIVE}))
    for place in book.places([region]):
        if surely := legal(without, place, call, WEEK):
            assert not legal(book, place, call, WEEK) - surely
