r"""Files of lines `KEY=VALUE`, as `--env-file` takes them.

Rules:
* A line is `KEY=VALUE` or `export KEY=VALUE`; empty lines and those that begin with `#` say nothing.
* In single quotes everything stands for itself; in double quotes `\n`, `\t`, `\"`, `\\` and `\$` are escapes.
* Without quotes a value ends before ` #`, and blanks around it do not count.
* Nothing is put in for `$NAME`, and no value goes over the end of its line. A later line counts over an earlier one.
* A bad line is named by its number and not repeated: it may hold a secret.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from paceline.settings.failures import SettingsError

_LINE = re.compile(r"\s*(?:export\s+)?(?P<key>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?P<rest>.*)", re.ASCII)
_SINGLE = re.compile(r"'(?P<value>[^']*)'\s*(?:#.*)?")
_DOUBLE = re.compile(r'"(?P<value>(?:[^"\\]|\\.)*)"\s*(?:#.*)?')
_COMMENT = re.compile(r"(?:^|\s+)#.*")
_ESCAPED = re.compile(r"\\(.)")
_MEANT = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "$": "$"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A value and the number of its line, from 1."""

    value: str = field(repr=False)
    number: int


def env_lines(text: str, *, name: str) -> dict[str, Line]:
    """Return what the lines say, by key; `name` is what errors call the file.

    Raises:
        SettingsError: naming the first line that is none.
    """
    found: dict[str, Line] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        told = line.removesuffix("\r")
        if not told.strip() or told.lstrip().startswith("#"):
            continue
        matched = _LINE.fullmatch(told)
        value = None if matched is None else _value(matched["rest"].rstrip())
        if matched is None or value is None:
            raise SettingsError(
                f"line {number} of the env file {name} is not KEY=VALUE",
                hint="write KEY=VALUE, export KEY=VALUE or # a comment; quotes close on the same line",
            )
        found[matched["key"]] = Line(value=value, number=number)
    return found


def _value(rest: str) -> str | None:
    """Return what stands behind the equals sign, None when its quotes or escapes are off."""
    if rest.startswith("'"):
        matched = _SINGLE.fullmatch(rest)
        return None if matched is None else matched["value"]
    if rest.startswith('"'):
        matched = _DOUBLE.fullmatch(rest)
        if matched is None or any(letter not in _MEANT for letter in _ESCAPED.findall(matched["value"])):
            return None
        return _ESCAPED.sub(lambda escape: _MEANT[escape[1]], matched["value"])
    return _COMMENT.sub("", rest, count=1)
