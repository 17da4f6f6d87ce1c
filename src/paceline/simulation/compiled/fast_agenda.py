"""What is planned in a day of the fast engine: shifts, changes, parts of the day, looks, and the ends of minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paceline.simulation import counters as c
from paceline.simulation import pacing as t
from paceline.simulation.compiled import fast_places as f
from paceline.simulation.compiled.compiler import compiled, written_out
from paceline.simulation.compiled.counting import draw, high
from paceline.simulation.compiled.fast_calls import in_slots, lasts, launch, serve, set_bounds
from paceline.simulation.compiled.fast_given import ROW
from paceline.simulation.compiled.fast_wheel import QUARTER, take_in

if TYPE_CHECKING:
    from paceline.simulation.compiled.counting import Words
    from paceline.simulation.distributions import Ticks


@compiled
def parameter(n: Ticks, m: Ticks, place: int) -> int:
    """Return a parameter of the pacing in force."""
    return int(n[n[f.PACINGS_AT] + m[f.PACING] * ROW + 1 + place])


@compiled
def policy(n: Ticks, m: Ticks) -> int:
    """Return the id of the pacing in force."""
    return int(n[n[f.PACINGS_AT] + m[f.PACING] * ROW])


@written_out
def begin(n: Ticks, m: Ticks, keys: Words) -> None:
    """Plan the day."""
    m[f.EXPIRY_AT] = m[f.THROTTLE_AT] = m[f.DUE_AT] = f.NEVER
    m[f.TURN_AT], m[f.MINUTE_AT] = QUARTER, f.MINUTE
    m[f.WARM_AT] = n[f.WARM_UP] if n[f.WARM_UP] > 0 else f.NEVER
    m[f.DIALLING] = 1
    m[f.SECOND] = -1
    repace(n, m, keys, 0)
    schedule(n, m)


@compiled
def schedule(n: Ticks, m: Ticks) -> None:
    """Write down when the next planned thing is."""
    at = min(m[f.PART_AT], m[f.TURN_AT], m[f.MINUTE_AT], m[f.WARM_AT])
    at = min(at, m[f.LOOK_AT], m[f.THROTTLE_AT], m[f.DUE_AT])
    if m[f.NEXT_STEP] < n[f.STEPS]:
        at = min(at, n[n[f.AGENDA_AT] + 3 * m[f.NEXT_STEP]])
    m[f.CALENDAR] = at


@written_out
def planned(n: Ticks, m: Ticks, keys: Words) -> int:
    """Do what is planned for now, but for looks and snapshots; return how many events that was."""
    now = m[f.NOW]
    events = 0
    if now >= m[f.PART_AT]:
        new_part(n, m)
    if now >= m[f.TURN_AT]:
        take_in(m)
        m[f.TURN_AT] += QUARTER
    while m[f.NEXT_STEP] < n[f.STEPS] and n[n[f.AGENDA_AT] + 3 * m[f.NEXT_STEP]] <= now:
        row = n[f.AGENDA_AT] + 3 * m[f.NEXT_STEP]
        m[f.NEXT_STEP] += 1
        events += 1
        if n[row + 1] == f.AGENTS_STEP:
            step(n, m, keys, n[row + 2])
        elif n[row + 1] == f.PACING_STEP:
            repace(n, m, keys, n[row + 2])
        else:
            m[f.DIALLING] = n[row + 2]
    if now >= m[f.THROTTLE_AT]:
        m[f.THROTTLE_AT] = f.NEVER
        events += 1
    if now >= m[f.DUE_AT]:
        m[f.DUE_AT] = f.NEVER
        events += 1
    m[c.EVENTS] += events
    return events


@compiled
def new_part(n: Ticks, m: Ticks) -> None:
    """Begin a part of the day: people answer otherwise."""
    if n[f.ALIKE] == 1:
        for attempt in range(n[f.MAX_ATTEMPTS] + 1):
            set_bounds(n, m, attempt, n[f.ANSWER])
        m[f.FATES_UNTIL] = 0  # what was foreseen was so for the part before
    part = m[f.NOW] // n[f.PART] + 1
    m[f.PART_AT] = part * n[f.PART] if part < n[f.PARTS] else f.NEVER


@compiled
def step(n: Ticks, m: Ticks, keys: Words, agents: int) -> None:
    """Let agents log in, first those who had not left yet; or out, first those who are idle."""
    staffed_until_now(m)
    if agents > 0:
        back = min(agents, m[c.LEAVING])
        m[c.LEAVING] -= back
        m[c.STAFFED] += agents - back
        m[c.IDLE] += agents - back
        serve(n, m, keys)
    else:
        idle = min(-agents, m[c.IDLE])
        m[c.IDLE] -= idle
        m[c.STAFFED] -= idle
        m[c.LEAVING] += -agents - idle
    set_levels(n, m)


@compiled
def staffed_until_now(m: Ticks) -> None:
    """Sum who is logged in over the time since that was done last."""
    m[c.STAFFED_AREA] += (m[f.NOW] - m[f.STAFFED_SINCE]) * m[c.STAFFED]
    m[f.STAFFED_SINCE] = m[f.NOW]


@compiled
def repace(n: Ticks, m: Ticks, keys: Words, row: int) -> None:
    """Let another pacing be in force from now on."""
    m[f.PACING] = row
    m[f.PERIOD] = parameter(n, m, t.PERIOD)
    m[f.MIXING] = parameter(n, m, t.MIXING) if policy(n, m) == t.OPTIMAL else 0
    m[f.LOOKS] = m[f.GAPS] = 0
    m[f.LOOK_FROM] = m[f.NOW] * f.SLOT
    m[f.LOOK_AT] = f.NEVER
    if policy(n, m) == t.INTERVAL:
        next_look(n, m, keys)
    elif m[f.PERIOD] > 0:
        m[f.LOOK_AT] = m[f.NOW]
    set_levels(n, m)


@compiled
def next_look(n: Ticks, m: Ticks, keys: Words) -> None:
    """Plan the next look of a pacing with a rhythm."""
    number = draw(keys[f.SPACING_KEY], m[f.LOOKS])
    m[f.LOOKS] += 1
    if policy(n, m) != t.INTERVAL:
        m[f.LOOK_AT] = in_slots(m[f.LOOK_FROM] + m[f.LOOKS] * m[f.PERIOD])
        return
    gap = parameter(n, m, t.GAP)
    if parameter(n, m, t.EVEN) == 0:
        gap = (gap * lasts(n, f.SPACING, high(number))) >> 16
    m[f.GAPS] += gap
    m[f.LOOK_AT] = in_slots(m[f.LOOK_FROM] + (m[f.GAPS] >> 16))


@compiled
def set_levels(n: Ticks, m: Ticks) -> None:
    """Write down how many lines are wanted with 0, 1, 2, ... agents idle, less those that ring and wait."""
    which_policy = policy(n, m)
    lines = parameter(n, m, t.LINES)
    if which_policy == t.RATIO and lines == 0:
        lines = (parameter(n, m, t.LINES_PER_AGENT) * m[c.STAFFED] + 32768) >> 16
    for which in range(2):
        table = n[f.TABLES_AT] + (2 * m[f.PACING] + which) * n[f.LONGEST]
        for idle in range(n[f.AGENTS] + 1):
            level = idle
            if which_policy == t.OPTIMAL:
                level = n[table + min(idle, n[f.LONGEST] - 1)]
            elif which_policy == t.IDLE_LINES:
                level = (parameter(n, m, t.LINES_PER_IDLE) * idle) >> 16
            elif which_policy == t.RATIO:
                level = lines - m[c.STAFFED] + idle
            m[f.LEVELS + which * f.LEVELS_EACH + idle] = level


@compiled
def pace(n: Ticks, m: Ticks, keys: Words) -> int:
    """Dial as the pacing in force wants it; return the status."""
    which = 0
    if m[f.MIXING] > 0 and high(draw(keys[f.MIXING_KEY], m[c.DIALS])) < m[f.MIXING]:
        which = f.LEVELS_EACH
    wanted = m[f.LEVELS + which + m[c.IDLE]] - m[c.RINGING] - m[c.GREETING] - m[c.WAITING]
    return launch(n, m, keys, wanted) if wanted > 0 and m[f.DIALLING] == 1 else 0


@written_out
def look(n: Ticks, m: Ticks, keys: Words) -> int:
    """Look as often as is due now, and dial; return the status."""
    status = 0
    while m[f.LOOK_AT] <= m[f.NOW]:
        next_look(n, m, keys)
        m[c.EVENTS] += 1
        if policy(n, m) != t.INTERVAL:
            status |= pace(n, m, keys)
        elif m[f.DIALLING] == 1:
            status |= launch(n, m, keys, 1)
    return status
