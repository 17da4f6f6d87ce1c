"""Call records as arrays, whoever read them: what every judge here looks at; numbers stay in memory.

Rules:
* Every row of the file is here once, or among the bad rows with its reason.
* What a row does not say is what tightens: no debt is any debt, no line every line; no ring time is not judged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from paceline.records.calls import Ending, LineType

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Whole = npt.NDArray[np.int64]
    Codes = npt.NDArray[np.int32]
    Marks = npt.NDArray[np.bool_]
    Seconds = npt.NDArray[np.float64]

ENDINGS = tuple(Ending)
"""An ending is kept as its place in here."""
LINES = tuple(LineType)
"""A kind of line is kept as its place in here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRows:
    """Rows that are no call records.

    Attributes:
        row: [bad] which rows of the file.
        reason: [bad] places in `reasons`.
        reasons: for people, without what stands in the row.
    """

    row: Whole = field(repr=False)
    reason: Codes = field(repr=False)
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Call records in the order of their file.

    Attributes:
        row: [rows] which row of the file, from 1 after the names of the columns.
        at_us: [rows] when the number was dialed, microseconds since 1970.
        number: [rows] the digits, the country code first, as one integer. To be kept out of every output.
        ending: [rows] places in `ENDINGS`.
        line: [rows] places in `LINES`.
        ring_s: [rows] seconds; not a number where the file does not tell.
        length_s: [rows] ringing, waiting and talking together, seconds, as far as the file tells.
        campaign: [rows] places in `campaigns`.
        debt: [rows] what is the same for the same debt; 0 where none is told.
        region: [rows] places in `regions`, of which one is None where some record tells none.
        bad: rows of the file that are none.
    """

    row: Whole = field(repr=False)
    at_us: Whole = field(repr=False)
    number: Whole = field(repr=False)
    ending: npt.NDArray[np.uint8] = field(repr=False)
    line: npt.NDArray[np.uint8] = field(repr=False)
    ring_s: Seconds = field(repr=False)
    length_s: Seconds = field(repr=False)
    campaign: Codes = field(repr=False)
    debt: npt.NDArray[np.uint64] = field(repr=False)
    region: Codes = field(repr=False)
    campaigns: tuple[str, ...]
    regions: tuple[str | None, ...]
    bad: BadRows

    def __len__(self) -> int:
        return int(self.row.size)

    def ended(self, *endings: Ending) -> Marks:
        """Return which rows ended in one of these ways."""
        import numpy as np

        return np.isin(self.ending, [ENDINGS.index(one) for one in endings])
