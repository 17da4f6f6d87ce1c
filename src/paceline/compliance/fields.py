"""One table of a file of rules, read strictly: what is missing, unknown or wrong is an error with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

from paceline.primitives.errors import PacelineError

_Word = TypeVar("_Word", bound=StrEnum)
_SPAN = re.compile(r"(?P<count>[1-9]\d{0,3})(?P<unit>[hd])", re.ASCII)


class RuleFileError(PacelineError):
    """a file of rules cannot be read"""

    code = "rule-file"

    def __init__(self, message: str, *, file: str, rule: str | None = None, field: str | None = None) -> None:
        """Keep the place: the file, the id of the rule or the name of the table, and the field in it."""
        self.file, self.rule, self.field = file, rule, field
        place = ": ".join(part for part in (file, rule, field) if part is not None)
        super().__init__(f"{place}: {message}", hint="no rule of a file counts unless all of them can be read")


class Fields:
    """The fields of one table; each is taken once, and `done` finds those that nobody knows."""

    def __init__(self, values: Mapping[str, object], *, file: str, name: str | None = None) -> None:
        """Hold the values of the table of this name in this file."""
        self.file, self.name = file, name
        self._values = dict(values)

    def wrong(self, message: str, field: str | None = None) -> RuleFileError:
        """Return an error at this place."""
        return RuleFileError(message, file=self.file, rule=self.name, field=field)

    def done(self) -> None:
        """Say that everything known was taken.

        Raises:
            RuleFileError: for a field that nobody took.
        """
        for field in self._values:
            raise self.wrong("nobody knows this field", field)

    def has(self, field: str) -> bool:
        """Return whether the field is there, and was not taken."""
        return field in self._values

    def names(self) -> tuple[str, ...]:
        """Return the fields that nobody has taken yet."""
        return tuple(self._values)

    def text(self, field: str) -> str:
        """Take a text that is not blank."""
        found = self._take(field)
        if not (isinstance(found, str) and found.strip()):
            raise self.wrong(f"a text is expected, not {found!r}", field)
        return found

    def texts(self, field: str) -> tuple[str, ...]:
        """Take a list of texts, none twice; empty when it is absent."""
        if not self.has(field):
            return ()
        found = self._take(field)
        if not (isinstance(found, list) and found and all(isinstance(one, str) and one.strip() for one in found)):
            raise self.wrong(f"a list of texts is expected, not {found!r}", field)
        if len(set(found)) < len(found):
            raise self.wrong("something is there twice", field)
        return tuple(found)

    def word(self, field: str, words: type[_Word]) -> _Word:
        """Take one of these words."""
        return self._known(self.text(field), field, words)

    def words(self, field: str, words: type[_Word]) -> frozenset[_Word]:
        """Take a set of these words; all of them when it is absent, which is the strictest."""
        named = self.texts(field)
        return frozenset(self._known(one, field, words) for one in named) if named else frozenset(words)

    def whole(self, field: str, *, least: int = 0) -> int:
        """Take a whole number that is not below `least`."""
        found = self._take(field)
        if not isinstance(found, int) or isinstance(found, bool) or found < least:
            raise self.wrong(f"a whole number from {least} is expected, not {found!r}", field)
        return found

    def whole_or_none(self, field: str) -> int | None:
        """Take a whole number from 1; None when it is absent."""
        return self.whole(field, least=1) if self.has(field) else None

    def truth(self, field: str) -> bool:
        """Take true or false; false when it is absent."""
        found = self._take(field) if self.has(field) else False
        if not isinstance(found, bool):
            raise self.wrong(f"true or false is expected, not {found!r}", field)
        return found

    def day(self, field: str) -> date:
        """Take a local date."""
        found = self._take(field)
        if not isinstance(found, date) or isinstance(found, datetime):
            raise self.wrong(f"a date is expected, not {found!r}", field)
        return found

    def day_or_none(self, field: str) -> date | None:
        """Take a local date; None when it is absent."""
        return self.day(field) if self.has(field) else None

    def instant(self, field: str) -> datetime:
        """Take an instant with its offset."""
        found = self._take(field)
        if not isinstance(found, datetime) or found.utcoffset() is None:
            shown = found.isoformat() if isinstance(found, date | time) else repr(found)
            raise self.wrong(f"an instant with an offset is expected, not {shown}", field)
        return found

    def span(self, field: str) -> timedelta:
        """Take a span of time such as `24h` or `7d`."""
        text = self.text(field)
        found = _SPAN.fullmatch(text)
        if found is None:
            raise self.wrong(f"a span such as 24h or 7d is expected, not {text!r}", field)
        count = int(found["count"])
        return timedelta(days=count) if found["unit"] == "d" else timedelta(hours=count)

    def tables(self, field: str) -> list[Mapping[str, object]]:
        """Take a list of tables; empty when it is absent."""
        found = self._take(field) if self.has(field) else []
        if not (isinstance(found, list) and all(isinstance(one, dict) for one in found)):
            raise self.wrong(f"a list of tables is expected, written [[{field}]]", field)
        return found

    def table(self, field: str) -> Mapping[str, object]:
        """Take a table."""
        found = self._take(field)
        if not isinstance(found, dict):
            raise self.wrong("a table is expected", field)
        return found

    def _known(self, text: str, field: str, words: type[_Word]) -> _Word:
        try:
            return words(text)
        except ValueError:
            raise self.wrong(f"{text!r} is none of {', '.join(words)}", field) from None

    def _take(self, field: str) -> object:
        try:
            return self._values.pop(field)
        except KeyError:
            raise self.wrong("it is missing", field) from None
