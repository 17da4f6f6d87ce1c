"""The parts of a kept document, read back: what was written by `kept` has these types, or the row is not ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from paceline.ledger.entry import Actor
from paceline.primitives.canonical import Json


def actor_in(told: Json) -> Actor:
    """Return who `actor_shown` described; raises as `object_in` does."""
    said = object_in(told)
    return Actor(name=str(said["name"]), known_by=str(said["known_by"]))


def object_in(told: Json) -> Mapping[str, Json]:
    """Return an object.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(told, Mapping):
        raise TypeError("a row of an undertaking holds an object here")
    return told


def objects_in(told: Json) -> tuple[Mapping[str, Json], ...]:
    """Return the objects of a list; raises as `object_in` does."""
    return tuple(object_in(one) for one in told) if isinstance(told, list | tuple) else ()


def word_in(told: Json) -> str | None:
    """Return a text, None where there is none."""
    return None if told is None else str(told)


def count_in(told: Json) -> int:
    """Return a whole number.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(told, int):
        raise TypeError("a row of an undertaking holds a whole number here")
    return told


def instant_in(told: Json) -> datetime:
    """Return an instant that `text_of` wrote."""
    return datetime.fromisoformat(str(told))


def instant_or_none(told: Json) -> datetime | None:
    """Return an instant that `text_of` wrote, None where there is none."""
    return None if told is None else instant_in(told)
