"""Forms as data: what a field must be, judged all at once, and the same form as JSON Schema.

Rules:
* Every fault of a value is told, not only the first; `field` is the dotted path from the root of the body, `""` the
  body itself.
* `True` is no integer, `5.0` is no integer, infinities are no numbers, `null` is never an absent field.
* A field that a block does not name is a fault, and so is a missing one that it requires.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeGuard

_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a request: where, and what it must be."""

    field: str
    message: str


Faults = list[Fault]
Schema = dict[str, Any]


class Form(Protocol):
    """What a value must look like."""

    def judge(self, value: object, at: str, faults: Faults) -> None:
        """Add a fault for everything that is wrong with `value`, which stands at the dotted path `at`."""
        ...

    def schema(self) -> Schema:
        """Return the same rule as JSON Schema."""
        ...


def below(at: str, name: str) -> str:
    """Return the dotted path of the field `name` of the object at `at`."""
    short = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}..."
    return f"{at}.{short}" if at else short


@dataclass(frozen=True, slots=True)
class Integer:
    """A JSON integer in a closed range; `high` None is unbounded."""

    low: int
    high: int | None = None

    def judge(self, value: object, at: str, faults: Faults) -> None:
        """Refuse booleans, numbers with a fraction or an exponent, and what is out of range."""
        fits = type(value) is int and self.low <= value and (self.high is None or value <= self.high)
        if not fits:
            bound = f"of at least {self.low}" if self.high is None else f"from {self.low} to {self.high}"
            faults.append(Fault(at, f"must be an integer {bound}"))

    def schema(self) -> Schema:
        """Return the range as JSON Schema."""
        bound = {} if self.high is None else {"maximum": self.high}
        return {"type": "integer", "minimum": self.low, **bound}


def _is_number(value: object) -> TypeGuard[float]:
    """Return whether a value is a finite number of JSON; `True` is none."""
    return type(value) is int or (type(value) is float and math.isfinite(value))


@dataclass(frozen=True, slots=True)
class Number:
    """A finite JSON number in a closed range."""

    low: float
    high: float

    def judge(self, value: object, at: str, faults: Faults) -> None:
        """Refuse booleans, what overflows, and what is out of range."""
        if not (_is_number(value) and self.low <= value <= self.high):
            faults.append(Fault(at, f"must be a number from {self.low:g} to {self.high:g}"))

    def schema(self) -> Schema:
        """Return the range as JSON Schema."""
        return {"type": "number", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True, slots=True)
class Boolean:
    """`true` or `false`."""

    def judge(self, value: object, at: str, faults: Faults) -> None:
        """Refuse everything else, `0` and `"true"` too."""
        if type(value) is not bool:
            faults.append(Fault(at, "must be true or false"))

    def schema(self) -> Schema:
        """Return the type as JSON Schema."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words, spelled exactly."""

    words: tuple[str, ...]

    def judge(self, value: object, at: str, faults: Faults) -> None:
        """Refuse every other word and every other type."""
        if not isinstance(value, str) or value not in self.words:
            faults.append(Fault(at, f"must be {' or '.join(self.words)}"))

    def schema(self) -> Schema:
        """Return the words as JSON Schema."""
        return {"type": "string", "enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Text:
    """A string of a length, in characters, and of a pattern when one is given."""

    low: int = 1
    high: int = 256
    pattern: str | None = None
    words: str | None = None

    def judge(self, value: object, at: str, faults: Faults) -> None:
        """Refuse other types, other lengths, and what the pattern does not cover whole."""
        fits = (
            isinstance(value, str)
            and self.low <= len(value) <= self.high
            and (not self.pattern or re.fullmatch(self.pattern, value, re.ASCII) is not None)
        )
        if not fits:
            faults.append(Fault(at, f"must be {self.words or f'a string of {self.low} to {self.high} characters'}"))

    def schema(self) -> Schema:
        """Return lengths and pattern as JSON Schema."""
        pattern = {} if self.pattern is None else {"pattern": f"^{self.pattern}$"}
        return {"type": "string", "minLength": self.low, "maxLength": self.high, **pattern}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A string that `parse` accepts; the words of its ValueError are the fault."""

    parse: Callable[[str], object]
    shape: Mapping[str, Any]

    def judge(self, value: object, at: str, faults: Faults) -> None:
        """Refuse other types and what `parse` refuses."""
        if not isinstance(value, str):
            faults.append(Fault(at, "must be a string"))
            return
        try:
            self.parse(value)
        except ValueError as wrong:
            faults.append(Fault(at, str(wrong)))

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return {"type": "string", **self.shape}


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of so many items of one form, with a rule over the whole list when `check` is given."""

    item: Form
    low: int = 0
    high: int | None = None
    check: Callable[[list[Any], str, Faults], None] | None = None

    def judge(self, value: object, at: str, faults: Faults) -> None:
        """Judge the length, every item, and the list as a whole when its items are sound."""
        if not isinstance(value, list):
            faults.append(Fault(at, "must be a list"))
            return
        if len(value) < self.low or (self.high is not None and len(value) > self.high):
            bound = f"at least {self.low}" if self.high is None else f"{self.low} to {self.high}"
            faults.append(Fault(at, f"must have {bound} items"))
        before = len(faults)
        for number, item in enumerate(value):
            self.item.judge(item, f"{at}[{number}]", faults)
        if self.check is not None and len(faults) == before:
            self.check(value, at, faults)

    def schema(self) -> Schema:
        """Return lengths and item as JSON Schema."""
        bound = {} if self.high is None else {"maxItems": self.high}
        return {"type": "array", "items": self.item.schema(), "minItems": self.low, **bound}


@dataclass(frozen=True, slots=True)
class Block:
    """An object with named fields; those in `optional` may be absent, no others may stand in it.

    `check` judges fields against each other; it is called whatever the fields' own faults are and must look before it
    compares.
    """

    fields: Mapping[str, Form]
    optional: frozenset[str] = frozenset()
    check: Callable[[dict[str, Any], str, Faults], None] | None = None
    least: int = 0

    def judge(self, value: object, at: str, faults: Faults) -> None:
        """Judge every field, every missing and every unknown one."""
        if not isinstance(value, dict):
            faults.append(Fault(at, "must be an object"))
            return
        for name, form in self.fields.items():
            if name in value:
                form.judge(value[name], below(at, name), faults)
            elif name not in self.optional:
                faults.append(Fault(below(at, name), "is required"))
        if not value.keys() <= self.fields.keys():
            unknown = (name for name in value if name not in self.fields)
            faults.extend(Fault(below(at, name), "is not a field of this request") for name in unknown)
        if len(value) < self.least:
            faults.append(Fault(at, f"must have at least {self.least} of {', '.join(self.fields)}"))
        if self.check is not None:
            self.check(value, at, faults)

    def schema(self) -> Schema:
        """Return fields and requirements as JSON Schema."""
        required = [name for name in self.fields if name not in self.optional]
        schema: Schema = {"type": "object", "properties": {n: f.schema() for n, f in self.fields.items()}}
        schema["additionalProperties"] = False
        if required:
            schema["required"] = required
        if self.least:
            schema["minProperties"] = self.least
        return schema


def judge(form: Form, value: object) -> Faults:
    """Return every fault of a whole body."""
    faults: Faults = []
    form.judge(value, "", faults)
    return faults
