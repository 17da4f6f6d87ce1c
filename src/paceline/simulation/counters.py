"""What the engines count: one row of int64 per day, the same places in every engine.

The first `COUNTS` places only grow. Then come levels, which rise and fall, and areas: levels summed over time, in
ticks. The rest is the engines' own.
"""

from __future__ import annotations

(
    DIALS,  # lines that began to ring
    ANSWERS,  # dials that a person answered
    MACHINES,  # dials that a machine answered
    ENGAGED,  # dials that found the number busy
    UNANSWERED,  # dials nobody answered before the time-out
    FAILURES,  # dials that could not be connected
    CUT,  # dials cut while they rang, by a stop
    CONNECTED,  # answers by a person that reached an agent
    ABANDONED,  # answers by a person that did not, the misjudged among them
    MISJUDGED,  # people hung up on as machines
    MACHINES_CONNECTED,  # machines that reached an agent
    MACHINES_DROPPED,  # machines let go while they waited for one
    EVENTS,  # what happened, pacing looks included
    WAITED,  # ticks waited by calls that wait no more
    RANG,  # ticks rung by lines that ring no more, greeting included
    COUNTS,
) = range(16)
"""Counts."""

RINGING, GREETING, WAITING, TALKING, BUSY, IDLE, STAFFED, LEAVING = range(16, 24)
"""Levels: lines that ring, greet, wait, talk; agents in calls or wrap-up, idle, logged in, about to log out."""

BUSY_AREA, STAFFED_AREA, WAITING_AREA, RINGING_AREA, TALKING_AREA = range(24, 29)
"""Areas in ticks: agents busy, agents logged in, calls waiting, lines ringing or greeting, lines talking."""

SAFETY, BELIEF, HASH = range(29, 32)
"""The policy's safety and belief, as `policies.Certainty` has them; the number that differs when the trace does."""

LENGTH = 32
"""Places of the row that results are read from."""

SERIES = (DIALS, ANSWERS, CONNECTED, ABANDONED, BUSY_AREA, STAFFED_AREA, RINGING_AREA, WAITING_AREA)
"""What is kept of every minute: the counts and areas up to its end."""

AGENT_STEP, CHANGE, WRAP_END, CALL_END, EXPIRY, RING_END, RING_TIMEOUT, GREETING_END, RETRY_DUE, THROTTLE, LOOK = range(
    11
)
"""Kinds of events, in the order in which those of one instant happen."""
MINUTE, WARM = 11, 12
"""What happens at an instant after all events, and is not one: the end of a minute, and of the warm-up."""

PERSON, MACHINE, ENGAGED_LINE, NOBODY, FAILURE = range(5)
"""How a dial ends."""
FREE, RINGS, GREETS, WAITS, TALKS, CUT_OFF = range(6)
"""States of a line."""
DONE, LINES_FULL, HEAP_FULL = range(3)
"""Statuses of a run: done, or which array was too short."""
