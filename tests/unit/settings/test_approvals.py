"""The table of approvals: what it may say, where it counts, and what is refused with the field at fault named."""

from __future__ import annotations

from datetime import timedelta

import pytest

from paceline.control.approving.policy import Policy, Rule
from tests.unit.settings.desk import Desk

RESUME = 'kinds = ["lifecycle.resume"]'


def test_without_a_table_nothing_wants_approval(desk: Desk) -> None:
    assert desk.read().approvals == Policy()
    assert desk.read().approvals.rules == ()


def test_table_says_rules_approvers_and_how_long_a_change_waits(desk: Desk) -> None:
    desk.write(
        "paceline.toml",
        """
        [approvals]
        approvers = ["carol", "dave"]
        within_s = 3600
        rules = [{ kinds = ["lifecycle.resume"], campaigns = 10 }, { kinds = ["dialing.*", "pacing.*"] }]
        """,
    )
    found = desk.read()
    assert found.approvals == Policy(
        rules=(
            Rule(kinds=("lifecycle.resume",), at_least={"campaigns": 10}),
            Rule(kinds=("dialing.*", "pacing.*")),
        ),
        approvers=("carol", "dave"),
        within=timedelta(hours=1),
    )
    assert found.sources["approvals"] == "paceline.toml"


def test_table_of_a_profile_counts_over_that_of_the_file(desk: Desk) -> None:
    desk.write(
        "paceline.toml",
        f"[approvals]\nrules = [{{ {RESUME} }}]\n"
        f"[profiles.east]\n[profiles.east.approvals]\nrules = [{{ {RESUME}, campaigns = 3 }}]\n[profiles.west]\n",
    )
    assert desk.read(profile="east").approvals.rules[0].at_least == {"campaigns": 3}
    assert desk.read(profile="west").approvals == desk.read().approvals
    assert desk.read().approvals.rules[0].at_least == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('rules = [{ kinds = ["lifecycle.*"] }]', "rule 1, kinds: 'lifecycle.*' fits lifecycle.pause and"),
        (f'rules = [{{ {RESUME} }}, {{ kinds = ["*.stop"] }}]', "rule 2, kinds: '*.stop' fits lifecycle.stop, and"),
        ('rules = [{ kinds = ["campaign.freeze"] }]', "no pause, stop or freeze ever waits for anybody"),
        ('rules = [{ kinds = ["lifecycle.resum"] }]', "rule 1, kinds: 'lifecycle.resum' fits no kind of change"),
        ("rules = []", "has no rules"),
        ('approvers = ["carol"]', "has no rules"),
        ("rules = [3]", "rule 1 must be a table"),
        ("rules = [{ kinds = [] }]", "rule 1, kinds must be a list of texts"),
        ("rules = [{ campaigns = 3 }]", "rule 1, kinds must be a list of texts"),
        (f"rules = [{{ {RESUME}, campaigns = 0 }}]", "rule 1, campaigns must be a whole number from 1"),
        (f"rules = [{{ {RESUME}, campaigns = true }}]", "rule 1, campaigns must be a whole number"),
        (f"rules = [{{ {RESUME}, campaings = 3 }}]", "rule 1, campaings is unknown; did you mean campaigns?"),
        (f"rules = [{{ {RESUME} }}]\napprovers = []", "approvers must be a list of texts"),
        (f'rules = [{{ {RESUME} }}]\napprovers = [" "]', "approvers must be a list of texts"),
        (f"rules = [{{ {RESUME} }}]\nwithin_s = 0", "within_s must be a whole number of seconds"),
        (f"rules = [{{ {RESUME} }}]\nwithin = 3", "within is unknown; did you mean within_s?"),
    ],
)  # fmt: skip
def test_table_with_a_fault_is_refused_and_the_field_named(desk: Desk, text: str, told: str) -> None:
    desk.write("paceline.toml", f"[approvals]\n{text}\n")
    wrong = desk.refused()
    assert wrong.message.startswith("approvals, from paceline.toml, has ")
    assert told in wrong.message
    assert [fault.setting for fault in wrong.faults] == ["approvals"]


def test_what_is_no_table_is_refused(desk: Desk) -> None:
    desk.write("paceline.toml", "approvals = 3\n")
    assert "approvals, from paceline.toml, must be a table with rules" in desk.refused().message


def test_no_variable_and_no_option_holds_it(desk: Desk) -> None:
    assert "is no setting" in desk.refused({"PACELINE_APPROVALS": "{}"}).message
    wrong = desk.refused(approvals="{}")
    assert wrong.report() == "approvals is no option\nwrite it into the file of settings"
