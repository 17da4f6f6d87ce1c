"""In what steps durations and attempts are counted; whoever makes a `Summary` keeps to these."""

from __future__ import annotations

RING_STEP_S, RING_STEPS = 0.25, 240
"""Steps of rings: a quarter of a second, up to a minute; the last one holds everything beyond."""
TALK_STEP_S, TALK_STEPS = 2.0, 3600
"""Steps of talk: two seconds, up to two hours."""
WRAP_STEP_S, WRAP_STEPS = 0.5, 2400
"""Steps of wrap-up: half a second, up to twenty minutes."""
ATTEMPTS = 10
"""The attempt that stands for itself and all after it."""
