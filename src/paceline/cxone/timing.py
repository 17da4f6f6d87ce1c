"""The platform's clock beside ours, from the `Date` of its answers: how far apart, and how fast it runs.

* `Date` comes in whole seconds, so one look is right to half a second, and two looks `t` seconds apart tell a speed
  that is right to one second in `t`. What cannot be told is not told.
* A clock in step with ours needs no second look. A platform whose clock stands still, or runs, is an emulator.
"""

from __future__ import annotations

from datetime import timedelta

from paceline.cxone.diagnosis import IN_STEP_S, Looks, Seen
from paceline.primitives.checks import Check, doubtful, fine, skipped
from paceline.primitives.clock import instant_of, utc_text

_SECOND = 1_000_000_000


def time_check(looks: Looks) -> Check:
    """Return how the platform's time is beside ours, and what that means."""
    first, second = looks.bare, looks.later
    ahead_s = first.ahead_s
    if ahead_s is None:
        return skipped("time", "the platform's answer tells no time" if first.answer else "no answer came")
    told = f"ours {_instant(first.wall_ns)}, the platform's {_instant(first.wall_ns, ahead_s)}"
    if abs(ahead_s) <= IN_STEP_S:
        return fine("time", f"{told}: in step")
    direction = "ahead" if ahead_s > 0 else "behind"
    told = f"{told}: it is {timedelta(seconds=round(abs(ahead_s)))} {direction}"
    speed = None if second is None else speed_words(first, second)
    if speed is not None:
        hint = "what waits for an instant waits by its clock; time-outs and retries go by ours"
        return fine("time", f"{told}, and {speed}: an emulator", hint)
    hint = "against an emulator whose clock was moved this is as it should be: what waits for an instant waits by its "
    hint += "clock. Else set this machine's clock, and ask the platform's people for theirs"
    return doubtful("time", told, hint)


def speed_words(first: Seen, second: Seen) -> str | None:
    """Return how the platform's clock runs, in words; None when it may well run as ours does."""
    ahead_1, ahead_2 = first.ahead_s, second.ahead_s
    if ahead_1 is None or ahead_2 is None:
        return None
    ours_s = (second.running_ns - first.running_ns) / _SECOND
    # The civil clock may be set between two looks, so what passed there is counted by the dates themselves.
    theirs_s = ahead_2 - ahead_1 + (second.wall_ns - first.wall_ns) / _SECOND
    if theirs_s < 0.5 and ours_s >= 1.0:
        return "it stands still, or nearly so"
    least_s = theirs_s - 1.0
    if ours_s > 0 and least_s / ours_s >= 1.5:
        return f"it runs about {theirs_s / ours_s:.2g} times as fast as ours"
    return None


def _instant(wall_ns: int, ahead_s: float = 0.0) -> str:
    at = instant_of(wall_ns) + timedelta(seconds=ahead_s)
    return utc_text(at.replace(microsecond=0))
