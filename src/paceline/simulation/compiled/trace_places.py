"""Where everything lies in a day that is played with identities: what is given, its state, and its rows.

The heap is that of `heap.py`, so its places are those of `layout.py`; the others stand apart from them.
"""

from __future__ import annotations

TALK, WRAP, RING, MACHINE_RING, PROPENSITY, FACTORS, LINE_BOUNDS = range(7)
"""Places of what is given: where a table begins."""
ATTEMPTS, SHARE_MACHINE, SHARE_BUSY, SHARE_FAILED = range(7, 11)
"""Attempts a record has; bounds, in units of 2^-32, of how a dial ends that no person answers."""
TIMEOUT, ENGAGED_AFTER, TALK_CAP, PATIENCE, OVERTIME, CAP, CALLS_PER_S, RETRY = range(11, 19)
"""Times in ticks, the lines at once, the dials in a second, and where the times to the next attempt begin."""
LIST, PLACE, SHARED, FIRST_KEY = range(19, 23)
"""Records of the list (0: no end), number of the campaign, share of shared persons in 2^-32, where the keys begin."""
GIVEN = 32
"""Where the first table may begin."""
KEY_DIAL, KEY_HANDLE, KEY_PERSON, KEY_SHARED = range(4)
"""The keys, in their order."""

RINGING, WAITING, TALKING, IDLE, IDLE_FIRST, IDLE_LAST, ROWS, LOGINS = range(100, 108)
"""Places of the state: counts, the ends of the list of idle agents, rows and logins so far."""
SECOND, IN_SECOND, THROTTLE_AT, RETRY_AT, NEXT_STEP, FRESH, HALF_ENDS, HOUR, LINES = range(108, 117)
"""The second of the clock and its dials; when to look again; next step; records used; what holds this half-hour."""
SILENT_HEAD, SILENT_TAIL, ENGAGED_HEAD, ENGAGED_TAIL, QUEUE_HEAD, QUEUE_TAIL = range(117, 123)
"""Ends of the rings of lines."""
DAY_AT, LAST_DIAL, DAY_FACTOR, FIRST_HALF, NOW, HELD, RING_MASK = range(123, 130)
"""Of the day: its first tick, when dialing ends, its factor, its first half-hour; the instant; whether it was held."""
SILENT_AT, ENGAGED_AT, QUEUE_AT, AGENTS_AT, DUE_AT = range(130, 135)
"""Where the regions begin."""
STATE = 160
"""Where the first region may begin."""

AGENT_STATE, NEXT, BEFORE, SHIFT_END, LOGIN, LEAVING = range(6)
"""Places of an agent; an agent has eight."""
AGENT = 3
"""An agent's places, as a shift."""
OUT, READY, ENGAGED = range(3)
"""States of an agent."""
NOBODY = -1
"""No agent, and no record."""

AT, RECORD, PERSON, ATTEMPT, ENDING, LINE, RANG, WAITED, TALKED, WRAPPED, BY, CUT = range(12)
"""Columns of a row; -1 where there is none."""
WIDTH = 12
CONNECTED, ABANDONED, MACHINE, NO_ANSWER, BUSY, FAILED = range(6)
"""How a dial ends, in the order of `records.calls.Ending`."""
PERSON_END, MACHINE_END, CALL_END, WRAP_END = range(1, 5)
"""Kinds of events in the heap."""
LOG_IN, LOG_OUT = range(2)
"""Kinds of steps."""

DONE, MORE_ROWS, MORE_RECORDS = range(3)
"""How playing ends: the day is over, or room is needed to go on."""
DUE, RECORD_BITS = 26, (1 << 26) - 1
"""How far the instant is shifted in a record's entry, and the bits of the record after it in its queue."""
