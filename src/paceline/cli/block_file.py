"""A file that holds one block of settings, as JSON, TOML or YAML: read whole, or refused with the reason.

Rules:
* The suffix says the form; whatever is called otherwise, standard input too, is YAML.
* A key that stands twice is refused in every form: one of the two would be dropped without a word.
* YAML may not repeat a part by an alias: a few lines of them stand for more values than any machine can hold.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paceline.cli.words import UsageError

if TYPE_CHECKING:
    import yaml

STDIN = Path("-")
"""What stands for standard input."""
LARGEST_FILE = 1_000_000
"""The largest block that is read, in bytes; the platform takes no more."""
_DEEPEST = 20
_IN_A_MESSAGE = 40


def document_in(file: Path) -> Mapping[str, Any]:
    """Return the table of keys that a file holds; `-` is standard input.

    Raises:
        UsageError: it cannot be read, is too large, is not well formed, or holds something else.
    """
    name = "standard input" if file == STDIN else str(file)
    try:
        raw = sys.stdin.buffer.read(LARGEST_FILE + 1) if file == STDIN else _head(file)
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as wrong:
        raise UsageError(f"--file: {name} cannot be read: {wrong}") from None
    if len(raw) > LARGEST_FILE:
        raise UsageError(f"--file: {name} is larger than {LARGEST_FILE} bytes")
    try:
        found = _parsed(text, file.suffix.lower())
    except (ValueError, RecursionError) as wrong:
        raise UsageError(f"--file: {name} is not well formed: {wrong}") from None
    if not isinstance(found, Mapping):
        hint = "a table of keys, as `paceline get ... -o yaml` prints it"
        raise UsageError(f"--file: {name} holds no block", hint=hint)
    return found


def _head(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(LARGEST_FILE + 1)


def _parsed(text: str, suffix: str) -> object:
    if suffix == ".toml":
        return tomllib.loads(text, parse_float=Decimal)
    if suffix == ".json":
        return json.loads(text, parse_float=Decimal, object_pairs_hook=_without_twins)
    return _of_yaml(text)


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"a key stands twice: {name[:_IN_A_MESSAGE]!r}")
        found[name] = value
    return found


def _of_yaml(text: str) -> object:
    import yaml

    loader = yaml.SafeLoader(text)
    try:
        _refuse_bombs(yaml.parse(text, Loader=yaml.SafeLoader))
        node = loader.get_single_node()
        _refuse_twins(node)
        return None if node is None else loader.construct_document(node)
    except yaml.YAMLError as wrong:
        raise ValueError(" ".join(str(wrong).split())) from None
    finally:
        loader.dispose()


def _refuse_bombs(events: Iterable[yaml.Event]) -> None:
    """Refuse an alias and parts within parts as they are read, long before what they stand for would be built."""
    import yaml

    depth = 0
    for event in events:
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise ValueError(f"{_line(event)}an alias (*) is not taken; write the value out")  # noqa: TRY004  # its form
        if depth > _DEEPEST:
            raise ValueError(f"{_line(event)}nested deeper than {_DEEPEST}")


def _refuse_twins(node: yaml.Node | None) -> None:
    """Refuse a table in which a key stands twice, however deep it lies."""
    import yaml

    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, yaml.SequenceNode):
            waiting += one.value
        if not isinstance(one, yaml.MappingNode):
            continue
        seen: set[str] = set()
        for key, value in one.value:
            waiting.append(value)
            if not isinstance(key, yaml.ScalarNode):
                raise ValueError(f"{_line(key)}a key is a word")  # noqa: TRY004  # the file's form is wrong, not a type
            if key.value == "<<":
                raise ValueError(f"{_line(key)}'<<' is not taken: what it brings in could hide a key")
            if key.value in seen:
                raise ValueError(f"{_line(key)}a key stands twice: {key.value[:_IN_A_MESSAGE]!r}")
            seen.add(key.value)


def _line(where: yaml.Node | yaml.Event) -> str:
    mark = where.start_mark
    return "" if mark is None else f"line {mark.line + 1}: "
