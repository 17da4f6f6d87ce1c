from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from paceline.primitives.findings import Finding, Findings, Severity

FINDING = st.builds(
    Finding,
    rule=st.text(min_size=1),
    severity=st.sampled_from(Severity),
    message=st.text(),
    found=st.none() | st.integers() | st.booleans() | st.text() | st.tuples(st.text(), st.text()),
)
FINDINGS = st.lists(FINDING).map(lambda found: Findings(*found))


@given(FINDINGS, FINDINGS, FINDINGS)
def test_findings_add_up_like_lists(one: Findings, two: Findings, three: Findings) -> None:
    assert (one + two) + three == one + (two + three)
    assert list(one + two) == [*one, *two]
    assert one + Findings() == one == Findings() + one
    assert (one + two).refused == (one.refused or two.refused)


@given(FINDINGS)
def test_only_an_error_refuses(found: Findings) -> None:
    assert found.refused == (len(found.of_severity(Severity.ERROR)) > 0)
    assert sum(len(found.of_severity(severity)) for severity in Severity) == len(found)


@given(FINDING)
def test_finding_is_json_with_every_key(finding: Finding) -> None:
    told = json.loads(json.dumps(finding.document()))
    assert list(told) == ["rule", "severity", "message", "field", "found", "limit", "source"]
    assert told["severity"] in {"info", "review", "error"}


def test_nothing_found_is_left_out() -> None:
    finding = Finding(rule="r", severity=Severity.INFO, message="m")
    assert Findings.of([None, finding, None]) == Findings(finding)
