"""Bars of an allowance: as wide as the share, never wider than all, and with a word for whoever cannot see them."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as some

from paceline.service.dashboard.bars import HIGH, WIDTH, bar


@given(some.floats(0, 1e6))
def test_bar_is_as_wide_as_the_share_and_says_by_its_kind_when_it_is_over(share: float) -> None:
    text = bar(share, "Allowance <used>")
    drawn = re.search(r'class="(used|high|over)" width="([\d.]+)"', text)
    assert drawn is not None
    assert abs(float(drawn[2]) - min(share, 1) * WIDTH) <= 0.05
    assert drawn[1] == ("over" if share > 1 else "high" if share >= HIGH else "used")
    assert "Allowance &lt;used&gt;" in text


def test_nothing_is_drawn_where_nobody_knows() -> None:
    assert bar(None, "Allowance used") == ""
