"""What stands where in a file of call records, and in which words: said by people, never guessed.

Rules:
* A column is found by our name, capitals aside, or by the name that a mapping says.
* A word for an ending is one of ours, one of the few below that mean the same to everybody, or one that a mapping says.
  `ANSWERED` is not among them: to some dialers it is a person, to others whatever picks up.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from paceline.primitives.zones import resembling, zone_keys
from paceline.records.calls import COLUMNS, Ending, LineType
from paceline.records.failures import MappingError

_NOTHING: Mapping[str, str] = MappingProxyType({})
_JOINTS = str.maketrans(" -", "__")
_MEAN = {
    Ending.CONNECTED: ("connected",),
    Ending.ABANDONED: ("abandoned", "abandon", "dropped"),
    Ending.MACHINE: ("machine", "answering machine", "voicemail"),
    Ending.NO_ANSWER: ("no answer", "noanswer", "ring no answer"),
    Ending.BUSY: ("busy", "line busy"),
    Ending.FAILED: ("failed", "failure", "congestion"),
}
_LINES = {
    LineType.LANDLINE: ("landline", "fixed", "fixed line"),
    LineType.CELL: ("cell", "cellular", "mobile", "wireless"),
    LineType.VOIP: ("voip",),
    LineType.UNKNOWN: ("unknown",),
}


class Unit(StrEnum):
    """What durations are in."""

    SECONDS = "s"
    MILLISECONDS = "ms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a file is read.

    Attributes:
        columns: names in the file by ours.
        endings: our endings by the file's words, as `plain` writes them.
        unit: of durations.
        zone: of instants without an offset, an IANA zone; None refuses them.
        delimiter: what parts the cells of a CSV file; None takes the one that the first line has most of.
    """

    columns: Mapping[str, str] = field(default_factory=lambda: _NOTHING, hash=False)
    endings: Mapping[str, Ending] = field(default_factory=dict, hash=False)
    unit: Unit = Unit.SECONDS
    zone: str | None = None
    delimiter: str | None = None

    def ending_words(self) -> dict[str, str]:
        """Return every word that means an ending, as `plain` writes it; what was said counts over what is built in."""
        built = {plain(word): ending.value for ending, words in _MEAN.items() for word in words}
        return built | {word: ending.value for word, ending in self.endings.items()}


def line_words() -> dict[str, str]:
    """Return every word that means a line type, as `plain` writes it."""
    return {plain(word): line.value for line, words in _LINES.items() for word in words}


def plain(word: str) -> str:
    """Return a word as words are compared: small letters, `_` for blanks and dashes.

    >>> plain(" No-Answer ")
    'no_answer'
    """
    return word.strip().lower().translate(_JOINTS)


def reading_said(
    *,
    mapped: Iterable[str] = (),
    endings: Iterable[str] = (),
    unit: str | None = None,
    zone: str | None = None,
    delimiter: str | None = None,
) -> Reading:
    """Return how a file is read, from the words of a command.

    Args:
        mapped: `ours=theirs` each, or the path of a TOML file with tables `columns` and `endings` and with `unit`,
            `zone` and `delimiter`; what is said beside a file counts over it.
        endings: `THEIRS=ours` each.
        unit: `s` or `ms`.
        zone: an IANA zone.
        delimiter: one letter, or `tab`.

    Raises:
        MappingError: a word says nothing, or names what does not exist.
    """
    columns: dict[str, str] = {}
    words: dict[str, str] = {}
    rest: dict[str, str] = {}
    said = list(mapped)
    for path in said:
        if "=" not in path:
            _take_file(Path(path), columns, words, rest)
    beside = [(ours.strip(), theirs.strip()) for ours, _, theirs in (one.partition("=") for one in said if "=" in one)]
    columns |= _once("--map", beside)
    of_file = _once("endings", ((plain(theirs), ours) for theirs, ours in words.items()))
    meant = of_file | _once("--ending", ((plain(theirs), ours) for theirs, ours in map(_pair, endings)))
    rest.update({name: said for name, said in (("unit", unit), ("zone", zone), ("delimiter", delimiter)) if said})
    return Reading(
        columns=_known_columns(columns),
        endings={theirs: _ending(ours) for theirs, ours in meant.items()},
        unit=_unit(rest.get("unit", Unit.SECONDS.value)),
        zone=_zone(rest.get("zone")),
        delimiter=_delimiter(rest.get("delimiter")),
    )


def _take_file(path: Path, columns: dict[str, str], words: dict[str, str], rest: dict[str, str]) -> None:
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        hint = "write --map OURS=THEIRS, or name a TOML file with tables columns and endings"
        raise MappingError(f"--map {path}: it is neither a mapping nor a file of one: {wrong}", hint=hint) from wrong
    strange = sorted(set(told) - {"columns", "endings", "unit", "zone", "delimiter"})
    if strange:
        raise MappingError(f"{path}: {strange[0]} is not known", hint="known: columns, endings, unit, zone, delimiter")
    for name, into in (("columns", columns), ("endings", words)):
        table = told.get(name, {})
        if not isinstance(table, dict) or not all(isinstance(one, str) for one in table.values()):
            raise MappingError(f"{path}: {name} must be a table of texts")
        into.update(table)
    rest.update({name: str(told[name]) for name in ("unit", "zone", "delimiter") if name in told})


def _once(where: str, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return what was said, if nothing was said twice and otherwise: the last word would count without a word."""
    found: dict[str, str] = {}
    for name, means in pairs:
        if plain(found.setdefault(name, means)) != plain(means):
            raise MappingError(f"{where}: {name[:64]!r} is said to be two things", hint="say it once")
    return found


def _pair(said: str) -> tuple[str, str]:
    theirs, equals, ours = said.rpartition("=")
    if not equals or not theirs.strip():
        raise MappingError(f"--ending {said[:64]!r} says nothing", hint="write --ending THEIRS=ours")
    return theirs.strip(), ours.strip()


def _known_columns(columns: Mapping[str, str]) -> dict[str, str]:
    ours = [column.name for column in COLUMNS]
    strange = [name for name in columns if name not in ours]
    if strange:
        raise MappingError(f"--map: we have no column {strange[0][:64]!r}", hint=f"ours are {', '.join(ours)}")
    twice = [name for name in columns.values() if list(columns.values()).count(name) > 1]
    if twice:
        raise MappingError(f"--map: {twice[0][:64]!r} cannot be two columns at once")
    return dict(columns)


def _ending(ours: str) -> Ending:
    try:
        return Ending(plain(ours))
    except ValueError:
        known = ", ".join(Ending)
        raise MappingError(f"--ending: {ours[:64]!r} is no ending", hint=f"ours are {known}") from None


def _unit(said: str) -> Unit:
    try:
        return Unit(said)
    except ValueError:
        raise MappingError(f"--unit: {said[:64]!r} is none", hint="s or ms") from None


def _zone(said: str | None) -> str | None:
    if said is not None and said not in zone_keys():
        near = " or ".join(resembling(said))
        raise MappingError(f"--zone: the zone data knows no {said[:64]!r}", hint=f"perhaps {near}" if near else None)
    return said


def _delimiter(said: str | None) -> str | None:
    found = "\t" if said == "tab" else said
    if found is not None and (len(found) != 1 or found in '"\n\r' or not found.isascii()):
        raise MappingError(f"--delimiter: {said!r:.64} is none", hint="one letter, or tab")
    return found
