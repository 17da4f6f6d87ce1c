"""What a call record is: its columns, what each means, and how a call can end; every reader and writer keeps to these.

Numbers are never kept: a person is a keyed digest of the number, and so is a debt. Times are UTC; durations seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Ending(StrEnum):
    """How a dial ended."""

    CONNECTED = "connected"
    """A person answered, and an agent took the call."""
    ABANDONED = "abandoned"
    """A person answered, and no agent was there within two seconds of the completed greeting."""
    MACHINE = "machine"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    """It could not be connected."""


class LineType(StrEnum):
    """What kind of number was dialed."""

    LANDLINE = "landline"
    CELL = "cell"
    VOIP = "voip"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of call records.

    Attributes:
        name: ours; a mapping may name another one in the file.
        kind: `instant` (with offset), `seconds`, `count`, `word`, `number` (a phone number in E.164) or `text`.
        means: one sentence.
        required: whether every file has it.
    """

    name: str
    kind: str
    means: str
    required: bool = False


COLUMNS = (
    Column(name="at", kind="instant", means="when the number was dialed", required=True),
    Column(name="number", kind="number", means="the number that was dialed, E.164", required=True),
    Column(name="ending", kind="word", means="how the dial ended", required=True),
    Column(name="campaign", kind="text", means="the campaign that dialed it; that of the command where it is absent"),
    Column(name="attempt", kind="count", means="which attempt at this record it was, from 1; counted where absent"),
    Column(name="line", kind="word", means="landline, cell, voip or unknown; by the numbering plan where absent"),
    Column(name="ring_s", kind="seconds", means="from the dial to the answer, or to where it was given up"),
    Column(name="wait_s", kind="seconds", means="from the completed greeting to the agent, or to the end"),
    Column(name="talk_s", kind="seconds", means="with the agent, wrap-up not included"),
    Column(name="wrap_s", kind="seconds", means="the agent's work after the call"),
    Column(name="agent", kind="text", means="who took the call; kept as a digest"),
    Column(name="debt", kind="text", means="the debt that the call was about; kept as a digest"),
    Column(name="cut", kind="word", means="`shift` where talk or wrap-up was cut by the end of a shift"),
    Column(name="region", kind="text", means="where the person is, ISO 3166-2; by the number where absent"),
)
"""Every column that is read; others are left where they are and named in what is told of the file."""

KEPT = (
    *("at", "person", "agent", "debt", "campaign", "attempt", "line", "ending"),
    *("ring_s", "wait_s", "talk_s", "wrap_s", "cut", "region"),
)
"""Columns of the Parquet files that are kept: `person`, `agent` and `debt` are keyed digests, UBIGINT; 0 is absent."""

HALF_HOUR_S = 1800
"""Length of the blocks that everything is counted in, seconds."""
