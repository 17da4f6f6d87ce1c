"""What a change of a schedule wants, what it leaves as it is, and how windows are written for people."""

from __future__ import annotations

from dataclasses import dataclass

from paceline.campaign.blocks import DAY_S, Directive, Schedule, Window

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""The names of the days, by the number that a window gives them."""
PLATFORM_HOURS = (8 * 3600, 21 * 3600)
"""What of a day the platform itself lets a window take unless the directive is IGNORE, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to become of a schedule; None leaves a field as it is."""

    zone: str | None = None
    directive: Directive | None = None
    windows: tuple[Window, ...] | None = None
    max_calls: int | None = None

    @property
    def names_nothing(self) -> bool:
        """Whether every field is left as it is."""
        return self == Wanted()

    def missing_on(self, live: Schedule | None) -> tuple[str, ...]:
        """Return the fields that neither the change nor the live schedule names."""
        return () if live is not None else _unnamed(self)

    def on(self, live: Schedule | None) -> Schedule | None:
        """Return the whole schedule that comes of it; None while a field is missing."""
        filled = self if live is None else self._filled(live)
        zone, directive, windows, max_calls = filled.zone, filled.directive, filled.windows, filled.max_calls
        if zone is None or directive is None or windows is None or max_calls is None:
            return None
        return Schedule(
            zone=zone,
            directive=directive,
            windows=windows,
            max_calls=max_calls,
            schedule_id=None if live is None else live.schedule_id,
            beside={} if live is None else live.beside,
        )

    def left_on(self, live: Schedule | None) -> Wanted:
        """Return what the change does not name, as the live schedule has it: it is sent too, and so is judged."""
        if live is None:
            return Wanted()
        return Wanted(
            zone=live.zone if self.zone is None else None,
            directive=live.directive if self.directive is None else None,
            windows=live.windows if self.windows is None else None,
            max_calls=live.max_calls if self.max_calls is None else None,
        )

    def _filled(self, live: Schedule) -> Wanted:
        return Wanted(
            zone=live.zone if self.zone is None else self.zone,
            directive=live.directive if self.directive is None else self.directive,
            windows=live.windows if self.windows is None else self.windows,
            max_calls=live.max_calls if self.max_calls is None else self.max_calls,
        )


def split_midnight(weekday: int, start_s: int, end_s: int) -> tuple[Window, ...]:
    """Return the windows of a span that begins on a weekday; one that goes over midnight is two windows.

    `weekday` is of its start, 0 is Monday; `start_s` and `end_s` are seconds of the local day, and an end that is not
    after the start lies on the next day.

    >>> [written(window) for window in split_midnight(6, 22 * 3600, 2 * 3600)]
    ['Sunday 22:00-24:00', 'Monday 00:00-02:00']
    """
    if start_s < end_s:
        return (Window(weekday=weekday, start_s=start_s, end_s=end_s),)
    evening = Window(weekday=weekday, start_s=start_s, end_s=DAY_S)
    if end_s == 0:
        return (evening,)
    return (evening, Window(weekday=(weekday + 1) % 7, start_s=0, end_s=end_s))


def time_of_day(seconds: int) -> str:
    """Return seconds of a local day as people write them; the end of the day is 24:00.

    >>> time_of_day(8 * 3600), time_of_day(86_400), time_of_day(30_601)
    ('08:00', '24:00', '08:30:01')
    """
    minutes, second = divmod(seconds, 60)
    plain = f"{minutes // 60:02}:{minutes % 60:02}"
    return plain if second == 0 else f"{plain}:{second:02}"


def written(window: Window) -> str:
    """Return a window for people, such as `Monday 08:00-21:00`."""
    day = WEEKDAYS[window.weekday] if 0 <= window.weekday < 7 else f"weekday {window.weekday}"
    return f"{day} {time_of_day(window.start_s)}-{time_of_day(window.end_s)}"


def _unnamed(wanted: Wanted) -> tuple[str, ...]:
    named = {
        "zone": wanted.zone,
        "directive": wanted.directive,
        "windows": wanted.windows,
        "max_calls": wanted.max_calls,
    }
    return tuple(name for name, value in named.items() if value is None)
