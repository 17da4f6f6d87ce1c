"""The calendars of closed days, proposed by the package `holidays` and corrected by hand: `python -m tests.calendars`.

A day that is kept and the day that it is kept for are both closed: the union is the safe side. Only where a state's own
law puts one day in the place of another, such as Utah's Juneteenth, is that day closed alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import holidays
from dateutil.easter import easter  # type: ignore[import-untyped]  # comes with holidays, without types

FOLDER = Path(__file__).resolve().parents[1] / "src" / "paceline" / "compliance" / "rules" / "calendars"
FIRST, LAST = date(2019, 1, 1), date(2031, 12, 31)
YEARS = range(FIRST.year - 1, LAST.year + 2)
"""One more on either side: 1 January 2028 is kept on 31 December 2027. Calls of years ago are judged too."""
Days = dict[date, str]
JUNETEENTH_OF_UTAH = 2022
"""The year of H.B. 238, by which Utah keeps Juneteenth."""
AU_NATIONAL = (
    "New Year's Day",
    "Australia Day",
    "Good Friday",
    "Easter Monday",
    "ANZAC Day",
    "Christmas Day",
    "Boxing Day",
    "National Day of Mourning",
)


def in_years(country: str, **named: Any) -> holidays.HolidayBase:
    """Return the days of a country, or of a part of it, in all years, with names that no environment changes."""
    return holidays.country_holidays(country, years=YEARS, **{"language": "en_US", **named})


def calendars() -> dict[str, tuple[str, Days]]:
    """Return each calendar with where it comes from."""
    federal = dict(in_years("US").items())
    return {
        "us-federal": ("5 USC 6103: federal holidays.", federal),
        "us-al": ("Ala. Code 1-3-8: federal and state holidays, Mardi Gras in every county; shifts of its own.", al()),
        "us-la": (
            "The list of the Public Service Commission was not read. Wider: federal, state, Acadian Day, All Saints.",
            state("LA", _by_year(_acadian_day), _by_year(lambda year: {date(year, 11, 1): "All Saints' Day"})),
        ),
        "us-ne": ("Federal and state holidays, the day after Thanksgiving.", state("NE", _by_year(_after_thanks))),
        "us-pa": (
            "44 P.S. 11: federal holidays, Good Friday, Flag Day, election days; no day after Thanksgiving.",
            state(
                None,
                _by_year(_good_friday),
                _by_year(lambda year: {date(year, 6, 14): "Flag Day"}),
                _by_year(_election),
            ),
        ),
        "us-ri": (
            "R.I.G.L. 25-1-1: federal and state holidays, Victory Day, general elections; 4 May stands in it.",
            state(
                "RI",
                _by_year(lambda year: _election(year) if year % 2 == 0 else {}),
                _by_year(_independence_of_rhode_island),
            ),
        ),
        "us-ut": (
            "Utah Code 63G-1-301: federal and state holidays, Pioneer Day; from 2022 Juneteenth is its Monday alone.",
            ut(),
        ),
        "au-national": ("The seven national public holidays, and every day on which a state keeps one.", au()),
        "fr": ("Code du travail L. 3133-1.", dict(in_years("FR", language="fr").items())),
        "es": ("Holidays of the nation and of every autonomous community: the statute does not say whose.", es()),
        "br": ("Leis 662/1949, 6.802/1980, 14.759/2023: national holidays; Good Friday is kept by towns.", br()),
        "mx": ("Ley Federal del Trabajo art. 74, and the days on which banks are closed.", mx()),
    }


def state(code: str | None, *by_hand: Days) -> Days:
    """Return the federal holidays, those of a state if one is said, and what was added by hand."""
    found = dict(in_years("US").items())
    for days in (dict(in_years("US", subdiv=code).items()), *by_hand):
        for on, name in days.items():
            found[on] = name if on not in found or name in found[on] else f"{found[on]}; {name}"
    return found


def al() -> Days:
    """Return Alabama's days: one on a Saturday is kept on Friday too, one on a Sunday on Monday too."""
    found = state("AL", _by_year(lambda year: {easter(year) - timedelta(days=47): "Mardi Gras"}))
    for on, name in list(found.items()):
        shift = {5: -1, 6: 1}.get(on.weekday())
        if shift is not None and "(observed)" not in name:
            found.setdefault(on + timedelta(days=shift), f"{name} (observed)")
    return found


def ut() -> Days:
    """Return Utah's days: from 2022 on a Monday takes the place of 19 June and of the day that is kept for it."""
    found = {on: name for on, name in state("UT").items() if "Juneteenth" not in name or on.year < JUNETEENTH_OF_UTAH}
    return found | _by_year(lambda year: _juneteenth_of_utah(year) if year >= JUNETEENTH_OF_UTAH else {})


def au() -> Days:
    """Return the national public holidays of Australia on all days on which any state keeps them."""
    found: Days = {}
    for code in (None, *in_years("AU").subdivisions):
        for on, name in sorted(in_years("AU", subdiv=code).items()):
            if any(national in name for national in AU_NATIONAL) and "Western" not in name:
                found.setdefault(on, name)
    return found


def es() -> Days:
    """Return the holidays of Spain and of each autonomous community, with those that keep it."""
    national = in_years("ES")
    found: Days = dict(national.items())
    kept: dict[tuple[date, str], list[str]] = {}
    for code in (code for code in national.subdivisions if len(code) == 2):
        for on, name in in_years("ES", subdiv=code).items():
            if on not in national:
                kept.setdefault((on, name), []).append(code)
    for (on, name), codes in sorted(kept.items()):
        told = f"{name} ({', '.join(sorted(codes))})"
        found[on] = f"{found[on]}; {told}" if on in found else told
    return found


def br() -> Days:
    """Return the national holidays of Brazil: days on which only offices are free, such as Carnival, are none."""
    return dict(in_years("BR", categories=("public",)).items())


def mx() -> Days:
    """Return the holidays of Mexico, and the days on which its banks are closed."""
    found = dict(in_years("MX").items())
    for year in YEARS:
        banks = {easter(year) - timedelta(days=3): "Jueves Santo", easter(year) - timedelta(days=2): "Viernes Santo"}
        banks |= {date(year, 11, 2): "Día de Muertos", date(year, 12, 12): "Día del empleado bancario"}
        for on, name in banks.items():
            found.setdefault(on, name)
    return found


def _by_year(days: Callable[[int], Days]) -> Days:
    return {on: name for year in YEARS for on, name in days(year).items()}


def _good_friday(year: int) -> Days:
    return {easter(year) - timedelta(days=2): "Good Friday"}


def _election(year: int) -> Days:
    """Return the Tuesday after the first Monday of November."""
    return {next(date(year, 11, day) for day in range(2, 9) if date(year, 11, day).weekday() == 1): "Election Day"}


def _independence_of_rhode_island(year: int) -> Days:
    """Return 4 May, and the Monday after it when it is a Sunday."""
    on, name = date(year, 5, 4), "Rhode Island Independence Day"
    return {on: name} | ({on + timedelta(days=1): f"{name} (observed)"} if on.weekday() == 6 else {})


def _thanksgiving(year: int) -> date:
    return next(date(year, 11, day) for day in range(22, 29) if date(year, 11, day).weekday() == 3)


def _acadian_day(year: int) -> Days:
    return {_thanksgiving(year) + timedelta(days=1): "Acadian Day"}


def _after_thanks(year: int) -> Days:
    return {_thanksgiving(year) + timedelta(days=1): "Day After Thanksgiving"}


def _juneteenth_of_utah(year: int) -> Days:
    """Return the Monday before 19 June; the one after when that is a Saturday or a Sunday."""
    on = date(year, 6, 19)
    days = 7 - on.weekday() if on.weekday() >= 5 else -on.weekday()
    return {on + timedelta(days=days): "Juneteenth (observed)"}


def written(name: str, source: str, days: Iterable[tuple[date, str]]) -> str:
    """Return the file of a calendar."""
    lines = [f"# {source}", "# Made by `python -m tests.calendars` from the package holidays, with its corrections."]
    lines += ["", f"[calendars.{name}]", f"first = {FIRST}", f"last = {LAST}", "", f"[calendars.{name}.days]"]
    lines += [f"{on} = {json.dumps(why, ensure_ascii=False)}" for on, why in sorted(days) if FIRST <= on <= LAST]
    return "\n".join(lines) + "\n"


def texts() -> dict[str, str]:
    """Return every file by its name."""
    return {f"{name}.toml": written(name, source, days.items()) for name, (source, days) in calendars().items()}


if __name__ == "__main__":
    for named, text in texts().items():
        (FOLDER / named).write_text(text, encoding="utf-8")
