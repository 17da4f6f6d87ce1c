from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.inference.errors import InputError, TooLittleDataError
from paceline.inference.multiplicity import holm


@given(values=st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_holm_is_closed_testing_by_bonferroni(values: list[float]) -> None:
    found = holm({str(i): value for i, value in enumerate(values)})
    for i, one in enumerate(found):
        families = [
            family for size in range(1, len(values) + 1) for family in itertools.combinations(range(len(values)), size)
        ]
        worst = max(min(1.0, len(family) * min(values[j] for j in family)) for family in families if i in family)
        assert one.adjusted == pytest.approx(worst)
        assert one.shown == (one.adjusted <= 1.0 - 0.95)
        assert (one.name, one.p_value, one.n) == (str(i), values[i], len(values))


def test_worked_example() -> None:
    found = holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005})
    assert [round(one.adjusted, 6) for one in found] == [0.03, 0.06, 0.06, 0.02]
    assert [one.shown for one in found] == [True, False, False, True]


def test_nonsense_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"p_values\['b'\] is 1.5; it must be from 0 to 1"):
        holm({"a": 0.1, "b": 1.5})
    with pytest.raises(InputError, match="is nan"):
        holm({"a": float("nan")})
    with pytest.raises(TooLittleDataError):
        holm({})
