"""The rulebook that decisions are made by: what this package brings, and what the operator adds.

Rules:
* What an operator adds stands beside our rules, and takes none of them away: an id, a calendar or a region that is
  there already is an error.
* A rule for a jurisdiction that no region belongs to, or with a calendar that is not there, is an error: it would
  never close anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from paceline.compliance.fields import RuleFileError
from paceline.compliance.rule import ClosedDays, Rule
from paceline.compliance.rule_file import RuleFile, read_rules
from paceline.compliance.rulebook import Calendar, Rulebook

READ_ON = "2026-11-20"
"""The day on which the law was last read as a whole; the first part of an edition."""

_File = tuple[str, bytes]
_Kept = TypeVar("_Kept")


def the_rulebook(extra: Sequence[Path] = ()) -> Rulebook:
    """Return the rulebook of this package, with the operator's own files of rules; read once for the same contents.

    Args:
        extra: files that add rules, calendars and regions; a folder stands for the `.toml` files in it.

    Raises:
        RuleFileError: naming the file, the rule and the field.
    """
    return _shelved(tuple(_of_the_operator(extra)))


@lru_cache(maxsize=8)
def _shelved(added: tuple[_File, ...]) -> Rulebook:
    contents = (*_of_this_package(), *added)
    rules: dict[str, Rule] = {}
    calendars: dict[str, Calendar] = {}
    zones: dict[str, frozenset[str]] = {}
    outlying: set[str] = set()
    read = [read_rules(name, content) for name, content in contents]
    for one in read:
        _add(rules, [(rule.id, rule) for rule in one.rules], one.name)
        _add(calendars, one.calendars.items(), one.name)
        _add(zones, one.zones.items(), one.name)
        outlying |= one.outlying
    for one in read:
        _check(one, calendars, zones)
    return Rulebook(
        edition=f"{READ_ON}+{_digest(contents)}",
        rules=tuple(rules[named] for named in sorted(rules)),
        calendars=calendars,
        zones=zones,
        outlying=frozenset(outlying),
    )


def _add(shelf: dict[str, _Kept], more: Iterable[tuple[str, _Kept]], file: str) -> None:
    for name, kept in more:
        if name in shelf:
            raise RuleFileError("it is there already, and nothing may take its place", file=file, rule=name)
        shelf[name] = kept


def _check(file: RuleFile, calendars: Mapping[str, Calendar], zones: Mapping[str, frozenset[str]]) -> None:
    """Refuse what names something that is not there."""
    known = {*zones, *(region[:2] for region in zones)}
    for rule in file.rules:
        if rule.jurisdiction not in known:
            raise RuleFileError("no region belongs to it", file=file.name, rule=rule.id, field="jurisdiction")
        if isinstance(rule.terms, ClosedDays) and rule.terms.calendar not in calendars:
            message = f"there is no calendar {rule.terms.calendar!r}"
            raise RuleFileError(message, file=file.name, rule=rule.id, field="calendar")
    for region in sorted(file.outlying - set(zones)):
        raise RuleFileError(f"there is no region {region!r}", file=file.name, field="outlying")


def _of_this_package() -> Iterator[_File]:
    folder = files("paceline.compliance").joinpath("rules")
    for prefix, place in (("", folder), ("calendars/", folder.joinpath("calendars"))):
        for one in sorted(place.iterdir(), key=lambda found: found.name):
            if one.name.endswith(".toml"):
                yield f"{prefix}{one.name}", one.read_bytes()


def _of_the_operator(extra: Iterable[Path]) -> Iterator[_File]:
    for path in extra:
        try:
            named = sorted(path.glob("*.toml")) if path.is_dir() else [path]
            yield from ((one.name, one.read_bytes()) for one in named)
        except OSError as failed:
            raise RuleFileError(f"it cannot be read: {failed.strerror}", file=str(path)) from failed


def _digest(contents: Iterable[_File]) -> str:
    """Return the beginning of a digest of all contents by their names; where they lie does not matter."""
    digest = hashlib.sha256()
    for name, content in contents:
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:12]
