"""Several questions to the same data: each may be answered, and the chance of any wrong yes stays where it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from paceline.inference.errors import InputError, TooLittleDataError
from paceline.inference.inputs import checked_level


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """One question's p-value among several.

    Attributes:
        name: of the question.
        p_value: as it was for itself.
        adjusted: as it is among the others; at least `p_value`, at most 1.
        shown: whether `adjusted` is at most 1 - level.
        level: of all statements together.
        n: how many questions.
        method: how it was adjusted.
    """

    name: str
    p_value: float
    adjusted: float
    shown: bool
    level: float
    n: int
    method: str


def holm(p_values: Mapping[str, float], *, level: float = 0.95) -> tuple[Adjusted, ...]:
    """Return every question's verdict, in the given order, by Holm's steps: valid however the questions depend.

    Args:
        p_values: each from 0 to 1, by the name of its question.
        level: above 0.5 and below 1, of all statements together.

    Raises:
        InputError: when a p-value is outside its bounds.
        TooLittleDataError: when there is no question.

    References:
        Holm 1979, Scandinavian Journal of Statistics 6(2).

    >>> [(one.name, round(one.adjusted, 3), one.shown) for one in holm({"utilisation": 0.01, "connects": 0.04})]
    [('utilisation', 0.02, True), ('connects', 0.04, True)]
    """
    checked_level(level)
    if not p_values:
        raise TooLittleDataError("p_values", 0, 1)
    for name, value in p_values.items():
        if not 0.0 <= value <= 1.0:
            raise InputError(f"p_values[{name!r}]", value, "from 0 to 1")
    adjusted: dict[str, float] = {}
    least = 0.0
    for rank, name in enumerate(sorted(p_values, key=lambda one: p_values[one])):
        least = max(least, min(1.0, (len(p_values) - rank) * p_values[name]))
        adjusted[name] = least
    return tuple(
        Adjusted(
            name=name,
            p_value=value,
            adjusted=adjusted[name],
            shown=adjusted[name] <= 1.0 - level,
            level=level,
            n=len(p_values),
            method="Holm",
        )
        for name, value in p_values.items()
    )
