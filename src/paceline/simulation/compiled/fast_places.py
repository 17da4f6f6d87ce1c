"""Where things stand in the two arrays of the fast engine: the plan's numbers `n`, and the memory `m` it works in.

Two arrays instead of many keep compiling short. Times are slots of 10 milliseconds where not said otherwise.
"""

from __future__ import annotations

SLOT = 100
"""Ticks in a slot."""
MINUTE = 6000
"""Slots of a minute."""
SLOTS = 1 << 16
"""Slots of the wheel: a turn is about 11 minutes."""
NEVER = 1 << 60
WHOLE = 1 << 32
MOST_IN_FLIGHT = 30_000
"""Lines, and agents, that may be busy at once, so that no count of a slot runs over."""

# The numbers of the plan, `n`: see `plan.Plan`.

HORIZON, WARM_UP, AGENTS, ANSWER, PART, PARTS, TIMEOUT, PATIENCE, RECORDS, MAX_ATTEMPTS, CAP, PER_SECOND = range(12)
ALIKE, HAS_WRAP, GREETS, HAS_GREETING, SENSITIVITY, SPECIFICITY, MACHINE_HANDLE, STEPS, LONGEST, QUEUES = range(12, 22)
"""1 when all records are alike; ... ; steps of the agenda; length of the dialing tables; queues of retries."""
SHARES = 22
"""Three numbers: cumulated shares of the dials that no person answers."""
FACTORS_AT, RETRY_AT, AGENDA_AT, PACINGS_AT, TABLES_AT, DELAYS_AT = range(25, 31)
"""Where the parts of varying length begin: [parts, attempts + 1], [5, attempts + 1], [steps, 3], ..."""
TIMES = 64
"""[11, 8192] ticks: rings of the five endings, then the other times."""
PERSON, MACHINE, ENGAGED, FAILURE, NOBODY = range(5)
"""How a dial ends, in the order of the draws; rows of the times."""
TALK, WRAP, GREETING, PATIENCE_ROW, PROPENSITY, SPACING = range(5, 11)
AGENTS_STEP, PACING_STEP, DIALLING_STEP = range(3)
"""Kinds of a step of the agenda: so many agents more, another pacing, dialling or not."""

# The memory, `m`: first the row of `counters` with what is this engine's own behind the areas.

NOW, CALENDAR, EXPIRY_AT, PART_AT, TURN_AT, LOOK_AT, MINUTE_AT, WARM_AT, THROTTLE_AT, DUE_AT = range(29, 39)
"""The clock; when the next planned thing is; the next of each kind."""
DAY_FACTOR, FRESH, SECOND, IN_SECOND, HANDLED, QUEUED, HEAD, TAIL, NEXT_STEP, DIALLING = range(39, 49)
PACING, PERIOD, MIXING, LOOKS, GAPS, LOOK_FROM, FREE_PIECE, LATER_ROWS, STAFFED_SINCE = range(49, 58)
EARLIEST, EARLIEST_DUE = 60, 61
"""The queue whose first entry is due first, and when; `NEVER` when all are empty."""
FATES_FROM, FATES_UNTIL = 58, 59
"""The first record whose first attempt is foreseen, and the first after those that are."""
RANG, GREETED = 5, 6
FATES, FATES_BEFORE = 64, 72
"""Dials that ended: by ending, then the slots they rang, then greetings that ended; in the day and in its warm-up."""
BOUNDS = 128
"""[64 attempts, 4] below which a draw means person, machine, engaged, failure."""
LEVELS = BOUNDS + 256
"""[2, 2^15] lines wanted by idle agents, of a table and its neighbour."""
LEVELS_EACH = 1 << 15
AHEAD = 32
"""How many draws are looked up together, before they are needed."""
HANDLES = LEVELS + 2 * LEVELS_EACH
"""[32, 2] slots until a call ends, and until its agent is free: of the connections to come."""
FORESEEN = HANDLES + 2 * AHEAD
"""[32] slots that a first attempt rings, times 8, plus how it ends: of the records to come."""
BITS = FORESEEN + AHEAD
"""[1024] a bit for each slot of the wheel that is not empty, 64 in a word."""
WAITERS = 1 << 16
ARRIVED = BITS + SLOTS // 64
DEADLINE = ARRIVED + WAITERS
IS_PERSON = DEADLINE + WAITERS
"""Rings of the calls that wait: when they were offered, until when they wait, 1 where it is a person."""
LATER = IS_PERSON + WAITERS
"""[2^16, 3] slot, layer and unit of what is more than a turn ahead."""
WHEEL = LATER + 3 * (1 << 16)
"""[3, 2^16] counts: the first layer is always used, the others for greetings."""
QUEUE = WHEEL + 3 * SLOTS
"""[256, 4] queues of contacts that wait for another attempt: first entry, end, when the first is due, delay."""
POOL = QUEUE + 1024
"""[pieces, 512] pieces of queues: the number of the piece that follows, then entries, slot times 2^32 plus contact."""
PIECE = 512

DIAL_KEY, HANDLE_KEY, PROPENSITY_KEY, DETECTION_KEY, PATIENCE_KEY, SPACING_KEY, MIXING_KEY = range(7)
"""Places of the keys of the streams."""
