"""Tables of a TOML document that know their name and which of their keys nobody asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from paceline.simulation.errors import ScenarioError

_REQUIRED = object()


class Table:
    """A table: its keys are asked for one by one, and `close` names one that was not."""

    def __init__(self, name: str, entries: Mapping[str, object]) -> None:
        """Take the dotted name (empty for the document itself) and the entries."""
        self.name = name
        self._entries = entries
        self._asked: set[str] = set()

    def has(self, key: str) -> bool:
        """Return whether the key is there."""
        return key in self._entries

    def close(self) -> None:
        """Name the first key that nobody asked for, if there is one."""
        for key in self._entries:
            if key not in self._asked:
                known = ", ".join(sorted(self._asked)) or "nothing"
                raise ScenarioError(self._dotted(key), self._entries[key], f"left out: known here is {known}")

    def number(self, key: str, default: float | None = None, *, infinite: bool = False) -> float:
        """Return a number; required when there is no default, finite unless infinite ones are allowed."""
        found = self._entry(key, _REQUIRED if default is None else default)
        return default if found is default and default is not None else self._number(key, found, infinite=infinite)

    def whole(self, key: str, default: int | None = None) -> int:
        """Return a whole number; required when there is no default."""
        found = self._entry(key, _REQUIRED if default is None else default)
        if isinstance(found, bool) or not isinstance(found, int):
            raise ScenarioError(self._dotted(key), found, "a whole number")
        return found

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        """Return true or false; required when there is no default."""
        found = self._entry(key, _REQUIRED if default is None else default)
        if not isinstance(found, bool):
            raise ScenarioError(self._dotted(key), found, "true or false")
        return found

    def text(self, key: str, default: str | None = None, *, choices: Sequence[str] = ()) -> str:
        """Return a text, one of the choices when there are some; required when there is no default."""
        found = self._entry(key, _REQUIRED if default is None else default)
        if not isinstance(found, str) or (choices and found not in choices):
            bound = f"one of {', '.join(choice for choice in choices if choice)}" if choices else "a text"
            raise ScenarioError(self._dotted(key), found, bound)
        return found

    def numbers(self, key: str, default: tuple[float, ...]) -> tuple[float, ...]:
        """Return a list of numbers; one alone is a list of one."""
        found = self._entry(key, default)
        listed = found if isinstance(found, list | tuple) else [found]
        return tuple(self._number(key, one, infinite=False) for one in listed)

    def wholes(self, key: str) -> tuple[int, ...]:
        """Return a list of whole numbers."""
        found = self._entry(key, _REQUIRED)
        if not isinstance(found, list) or not all(isinstance(one, int) and not isinstance(one, bool) for one in found):
            raise ScenarioError(self._dotted(key), found, "a list of whole numbers")
        return tuple(found)

    def table(self, key: str) -> Table:
        """Return an inner table that must be there."""
        found = self._entry(key, _REQUIRED)
        if not isinstance(found, dict):
            raise ScenarioError(self._dotted(key), found, "a table")
        return Table(self._dotted(key), found)

    def optional(self, key: str) -> Table | None:
        """Return an inner table, or None where it is not there."""
        self._asked.add(key)
        return self.table(key) if key in self._entries else None

    def tables(self, key: str) -> list[Table]:
        """Return a list of tables, empty where it is not there."""
        found = self._entry(key, [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise ScenarioError(self._dotted(key), found, f"a list of tables, each [[{key}]]")
        return [Table(f"{self._dotted(key)}[{number}]", one) for number, one in enumerate(found)]

    def number_or_table(self, key: str) -> float | Table:
        """Return a number or an inner table; one of them must be there."""
        return self.table(key) if isinstance(self._entries.get(key), dict) else self.number(key)

    def _entry(self, key: str, default: object) -> object:
        self._asked.add(key)
        found = self._entries.get(key, default)
        if found is _REQUIRED:
            raise ScenarioError(self._dotted(key), None, "given")
        return found

    def _number(self, key: str, found: object, *, infinite: bool) -> float:
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise ScenarioError(self._dotted(key), found, "a number")
        try:
            number = float(found)
        except OverflowError as wrong:  # TOML has whole numbers of any length
            raise ScenarioError(self._dotted(key), found, "a finite number") from wrong
        if math.isnan(number) or (math.isinf(number) and not (infinite and number > 0)):
            raise ScenarioError(self._dotted(key), found, "a finite number")
        return number

    def _dotted(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key
