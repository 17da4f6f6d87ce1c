"""Whether the law can be judged by, as `paceline doctor` tells of it: the zone data, and the rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from paceline.compliance.fields import RuleFileError
from paceline.compliance.shelf import the_rulebook
from paceline.compliance.zonedata import standing
from paceline.primitives.checks import Check, bad, doubtful, fine


def law_checks(files: Sequence[Path], *, countries: Sequence[str], today: date) -> tuple[Check, Check]:
    """Return how the zone data stands, and which rules decisions are made by.

    Args:
        files: the operator's own files of rules.
        countries: where campaigns may call that nobody declared regions of.
        today: by which the age of the zone data is told.
    """
    return _zone_data(today), _law(files, countries)


def _zone_data(today: date) -> Check:
    told = standing(today=today)
    found = f"{told.version}; decisions need {told.required} or later"
    if not told.fresh:
        return bad("zone_data", f"{found}; {told.warning}", "install the tzdata package of a later version")
    if told.warning is not None:
        return doubtful("zone_data", f"{found}; {told.warning}", "look for a later version of the tzdata package")
    return fine("zone_data", found)


def _law(files: Sequence[Path], countries: Sequence[str]) -> Check:
    try:
        rulebook = the_rulebook(files)
    except RuleFileError as wrong:
        return bad("law", wrong.message, wrong.hint)
    more = f", {len(files)} of your own files among them" if files else ""
    found = f"edition {rulebook.edition}, {len(rulebook.rules)} rules{more}"
    assumed = f"where no region is declared, {', '.join(countries)} is assumed"
    unknown = [code for code in countries if not any(region[:2] == code for region in rulebook.zones)]
    if unknown:
        return doubtful(
            "law",
            f"{found}; nobody knows the law of {', '.join(unknown)}: unknown is closed",
            "take them out of `countries`, or add a file of rules by `law_files`",
        )
    return fine("law", f"{found}; {assumed}")
