"""Generated call records as columns, before they are written: numbers in the clear, for they are nobody's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from paceline.records.summary import Counts, Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Logins:
    """When agents were there: one row for each time that one logged in.

    Attributes:
        agent: [logins] number of the agent, from 0.
        since_us: [logins] microseconds since 1970, UTC.
        until_us: [logins] the same; when the last call of that time was done.
    """

    agent: Counts
    since_us: Counts
    until_us: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Call records of one campaign, in the order in which they were dialed: all arrays have one entry for each dial.

    Attributes:
        campaign: whose they are.
        regions: ISO 3166-2 codes, which `region` points into.
        logins: when agents were there.
        at_us: when it was dialed, microseconds since 1970, UTC.
        person: number of the person, from 0; the same in all campaigns of a seed.
        number: digits of the number, E.164 without the plus.
        ending: place in `Ending`.
        line: place in `LineType`.
        attempt: which attempt at this record, from 1.
        ring_s: from the dial to the answer, or to where it was given up.
        wait_s: from the answer to the agent, or to where it was abandoned; NaN where nobody answered.
        talk_s: with the agent; NaN without one.
        wrap_s: wrap-up; NaN without one, and where the talk was cut.
        agent: number of the agent; -1 without one.
        debt: number of the debt, from 1.
        region: place in `regions`.
        cut: whether the end of a shift cut the talk, which then has no wrap-up, or else the wrap-up.
    """

    campaign: str
    regions: tuple[str, ...]
    logins: Logins
    at_us: Counts
    person: Counts
    number: Counts
    ending: npt.NDArray[np.int8]
    line: npt.NDArray[np.int8]
    attempt: npt.NDArray[np.int16]
    ring_s: Floats
    wait_s: Floats
    talk_s: Floats
    wrap_s: Floats
    agent: npt.NDArray[np.int32]
    debt: Counts
    region: npt.NDArray[np.int16]
    cut: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.at_us)


def joined(parts: Sequence[Rows]) -> Rows:
    """Return the rows of several stretches of one campaign as one, in their order.

    Args:
        parts: at least one.
    """
    first = parts[0]
    columns: dict[str, Any] = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Rows)
        if field.name not in {"campaign", "regions", "logins"}
    }
    logins = {
        field.name: np.concatenate([getattr(part.logins, field.name) for part in parts]) for field in fields(Logins)
    }
    return replace(first, logins=Logins(**logins), **columns)
