"""Blocks of settings in the contract's words: from KEY=VALUE and from files to what a change names, and back.

A key is the contract's, whole (`retrySettings.maxAttempts`) or its last part alone (`maxAttempts`), with or without the
name of its block before it. What a block holds beside them is refused: a slip of the pen must not be taken for a wish.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from paceline.campaign.blocks import DAY_S, DialingMode, Directive, Window
from paceline.campaign.pacing.checks import COUNTS, RATES
from paceline.campaign.weights import checks as weights_checks
from paceline.cli.block_file import document_in
from paceline.cli.words import UsageError

DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_LARGEST_NUMBER = 10**18
"""Larger numbers are none that anybody means."""
_TOLD = 40
"""So many characters of a wrong value are told."""


class Word(NamedTuple):
    """One key of a block: its dotted name, the name of the change's field, and how its value is read."""

    key: str
    field: str
    read: Callable[[object], object]


class Block(NamedTuple):
    """A block: its name in the contract, empty where it has none, its keys, and those that are filled in by us.

    `has_numbers` says that a number of a file must be one there, and no text that looks like one.
    """

    name: str
    words: tuple[Word, ...]
    filled_in: frozenset[str] = frozenset()
    has_numbers: bool = False


def named_by(block: Block, pairs: Sequence[str], file: Path | None) -> dict[str, object]:
    """Return the fields of a change that these words and this file name; a word counts over the file.

    Raises:
        UsageError: a key is unknown, a value is not of its kind, the file cannot be read, or nothing is named.
    """
    found = {} if file is None else _of_document(block, document_in(file))
    said: dict[str, object] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        word = _word(block, name.strip())
        if word.field in said:
            raise UsageError(f"{word.key} is said twice", hint="leave one of the two out")
        said[word.field] = _read(word, value.strip())
    if not {**found, **said}:
        keys = ", ".join(word.key for word in block.words)
        raise UsageError("nothing is named that is to be set", hint=f"KEY=VALUE, or --file; keys: {keys}")
    return {**found, **said}


def _word(block: Block, name: str) -> Word:
    plain = name.removeprefix(f"{block.name}.") if block.name else name
    for word in block.words:
        if plain in {word.key, word.key.rpartition(".")[2], word.field}:
            return word
    known = [form for word in block.words for form in (word.key, word.key.rpartition(".")[2])]
    near = get_close_matches(plain, known, n=1)
    told = ", ".join(word.key for word in block.words)
    raise UsageError(f"{name[:80]!r} is no key", hint=f"did you mean {near[0]}?" if near else f"keys: {told}")


def _read(word: Word, value: object) -> object:
    try:
        return word.read(value)
    except (ValueError, TypeError, InvalidOperation) as wrong:
        raise UsageError(f"{word.key}: {wrong}") from None


def _of_document(block: Block, document: Mapping[str, Any]) -> dict[str, object]:
    inner = document.get(block.name) if block.name and block.name in document else document
    if inner is not document and len(document) > 1:
        others = ", ".join(sorted(str(name) for name in document if name != block.name))
        raise UsageError(f"--file: beside {block.name} it holds {others}, which this command does not set")
    if not isinstance(inner, Mapping):
        raise UsageError(f"--file: {block.name} is no table of keys")
    return _walked(block, inner, "")


def _walked(block: Block, inner: Mapping[Any, Any], above: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in inner.items():
        key = f"{above}{name}"
        if key in block.filled_in:
            continue
        if any(word.key.startswith(f"{key}.") for word in block.words):
            if not isinstance(value, Mapping):
                raise UsageError(f"{key}: is no table of keys")
            found |= _walked(block, value, f"{key}.")
            continue
        word = next((one for one in block.words if one.key == key), None) or _word(block, key)
        if block.has_numbers and isinstance(value, str) and word.field in _BOUNDS:
            raise UsageError(f"{word.key}: must be a number {_BOUNDS[word.field]}, not the text {_told(value)}")
        found[word.field] = _read(word, value)
    return found


def _whole(value: object) -> int:
    text = value.strip() if isinstance(value, str) else value
    if isinstance(text, str) and text.removeprefix("-").isascii() and text.removeprefix("-").isdigit():
        text = int(text[:20])
    if type(text) is not int:
        raise ValueError(f"must be a whole number, not {_told(value)}")
    if abs(text) > _LARGEST_NUMBER:
        raise ValueError(f"must be a whole number of at most {_LARGEST_NUMBER}")
    return text


def _told(value: object) -> str:
    """Return how a wrong value is told: the beginning of a plain one, of all others only the kind."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return "nothing" if value is None else f"a {_KINDS.get(type(value), type(value).__name__)}"
    if isinstance(value, int) and abs(value) > _LARGEST_NUMBER:
        return "a number of so many digits"
    return repr(str(value)[:_TOLD])


_KINDS: Mapping[type, str] = {bool: "truth value", list: "list", dict: "table"}


def _bounded(field: str, read: Callable[[object], object]) -> Callable[[object], object]:
    """Return a reader that tells the bounds of its field with what is wrong; the change itself is held to them."""

    def bounded(value: object) -> object:
        try:
            return read(value)
        except (ValueError, TypeError, InvalidOperation) as wrong:
            raise ValueError(f"{wrong}; it is a number {_BOUNDS[field]}") from None

    return bounded


_BOUNDS = {
    name: f"from {least} to {most}" for name, (least, most) in {**RATES, **COUNTS, **weights_checks.RATES}.items()
}


def _fraction(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise TypeError("must be a fraction such as 0.03")
    if isinstance(value, str) and value.strip().endswith("%"):
        raise ValueError("must be a fraction such as 0.03, not a percentage")
    if isinstance(value, str) and ("_" in value or not value.isascii()):
        raise ValueError(f"must be a fraction such as 0.03, not {_told(value)}")
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError(f"must be a fraction such as 0.03, not {_told(value)}") from None
    if not found.is_finite():
        raise ValueError("must be a fraction such as 0.03")
    return found


def weight(value: object) -> Decimal:
    """Return one weight.

    Raises:
        ValueError: it is no number.
        TypeError: it is nothing that could be one.
    """
    least, most = weights_checks.WEIGHT
    try:
        return _fraction(value)
    except (ValueError, TypeError):
        raise ValueError(f"must be a number from {least} to {most}, not {_told(value)}") from None


def _weights(value: object) -> dict[str, Decimal]:
    """Return a map of weights; which keys there are is for the change to judge."""
    told = json.loads(value, parse_float=Decimal) if isinstance(value, str) else value
    if not isinstance(told, Mapping):
        raise TypeError(f"must be a table of weights, not {_told(value)}")
    found = {}
    for key, one in told.items():
        if isinstance(one, str):
            raise TypeError(f"{str(key)[:_TOLD]}: must be a number, not the text {_told(one)}")
        try:
            found[str(key)] = weight(one)
        except ValueError as wrong:
            raise ValueError(f"{str(key)[:_TOLD]}: {wrong}") from None
    return found


def _switch(value: object) -> bool:
    text = value.strip().lower() if isinstance(value, str) else value
    found = {"true": True, "false": False}.get(text) if isinstance(text, str) else text
    if not isinstance(found, bool):
        raise ValueError(f"must be true or false, not {_told(value)}")  # noqa: TRY004  # a text that is neither, too
    return found


def _minutes(value: object) -> tuple[int, ...]:
    parts = _listed(value)
    return tuple(_whole(part) for part in parts)


def _listed(value: object) -> list[object]:
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("["):
            value = json.loads(text)
        else:
            return [part.strip() for part in text.split(",")] if text else []
    if not isinstance(value, list):
        raise TypeError("must be a list, such as 15,60,240")
    return value


def _one_of(kind: type[DialingMode | Directive]) -> Callable[[object], object]:
    def chosen(value: object) -> object:
        found = next((one for one in kind if isinstance(value, str) and one.value == value), None)
        if found is None:
            told = ", ".join(one.value for one in kind)
            raise ValueError(f"must be one of {told}, not {_told(value)}")
        return found

    return chosen


def _word_of_letters(value: object) -> str:
    if not isinstance(value, str) or not value or len(value) > 100:
        raise ValueError(f"must be a word such as predictive, not {_told(value)}")
    return value


def _zone(value: object) -> str:
    if not isinstance(value, str) or not value or len(value) > 100:
        raise ValueError("must be the name of a zone, such as America/New_York")
    return value


def windows(value: object) -> tuple[Window, ...]:
    """Return windows from the contract's form, or from words such as `MON-FRI 09:00-17:00, SAT 10:00-14:00`.

    A window that ends before it begins crosses midnight, and becomes two.

    Raises:
        ValueError: a day, a time or the form is none.
    """
    if isinstance(value, str) and not value.strip().startswith("["):
        return tuple(one for part in value.replace(";", ",").split(",") if part.strip() for one in _in_words(part))
    told = json.loads(value) if isinstance(value, str) else value
    if not isinstance(told, list):
        raise TypeError("must be a list of windows")
    return tuple(one for window in told for one in _in_the_contract(window))


def _in_the_contract(told: object) -> list[Window]:
    keys = {"dayOfWeek", "startTime", "endTime"}
    if not isinstance(told, Mapping) or set(told) != keys:
        raise ValueError(f"a window has {', '.join(sorted(keys))}")
    day = told["dayOfWeek"]
    if not isinstance(day, str) or day not in DAYS:
        raise ValueError(f"dayOfWeek must be one of {', '.join(DAYS)}, not {_told(day)}")
    return _split(DAYS.index(day), time_of_day(told["startTime"]), time_of_day(told["endTime"]))


def _in_words(part: str) -> list[Window]:
    words = part.split()
    if len(words) != 2 or words[1].count("-") != 1:
        raise ValueError(f"{part.strip()[:40]!r} is no window such as MON-FRI 09:00-17:00")
    first, _, last = words[0].upper().partition("-")
    start, _, end = words[1].partition("-")
    begin, until = _day(first), _day(last or first)
    days = [(begin + step) % 7 for step in range((until - begin) % 7 + 1)]
    return [window for day in days for window in _split(day, time_of_day(start), time_of_day(end))]


def _day(word: str) -> int:
    found = [index for index, day in enumerate(DAYS) if len(word) >= 3 and day.startswith(word)]
    if len(found) != 1:
        raise ValueError(f"{word[:20]!r} is no day such as MON")
    return found[0]


def _split(weekday: int, start_s: int, end_s: int) -> list[Window]:
    if start_s == DAY_S:
        raise ValueError("24:00 is an end, never a start")
    if end_s > start_s:
        return [Window(weekday=weekday, start_s=start_s, end_s=end_s)]
    if end_s == start_s:
        raise ValueError("a window ends where it begins; a whole day is 00:00-24:00")
    first = Window(weekday=weekday, start_s=start_s, end_s=DAY_S)
    rest = [Window(weekday=(weekday + 1) % 7, start_s=0, end_s=end_s)] if end_s else []
    return [first, *rest]


def time_of_day(value: object) -> int:
    """Return the seconds of the day of `HH:MM` or `HH:MM:SS`; 24:00 is the end of a day.

    Raises:
        ValueError: when it is none.
        TypeError: it is no text.
    """
    if not isinstance(value, str):
        raise TypeError(f'{_told(value)} is no time of day; in YAML it wants quotes, such as "20:00:00"')
    parts = value.split(":")
    if len(parts) not in {2, 3} or not all(len(part) == 2 and part.isascii() and part.isdigit() for part in parts):
        raise ValueError(f"{_told(value)} is no time of day such as 09:00")
    hour, minute, second = (*(int(part) for part in parts), 0)[:3]
    seconds = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 59 or seconds > DAY_S:
        raise ValueError(f"{value!r} is no time of day such as 09:00")
    return seconds


RULES = Block(
    "dialingRules",
    (
        Word("dialingMethod", "mode", _one_of(DialingMode)),
        Word("retrySettings.maxAttempts", "attempt_limit", _whole),
        Word("retrySettings.intervalMinutes", "retry_intervals_min", _minutes),
        Word("abandonmentRateThreshold.maxRate", "abandonment_threshold", _fraction),
        Word("abandonmentRateThreshold.coolDownSec", "cool_down_s", _whole),
        Word("maxCallsPerAgent", "calls_per_agent", _whole),
    ),
)
"""The block of dialing rules."""
PACING = Block(
    "predictiveDialer",
    (
        Word("answerRate", "answer_rate", _bounded("answer_rate", _fraction)),
        Word("abandonRate", "abandonment_aim", _bounded("abandonment_aim", _fraction)),
        Word("maxConcurrentCalls", "max_calls", _bounded("max_calls", _whole)),
        Word("callInterval", "call_interval_ms", _bounded("call_interval_ms", _whole)),
        Word("warmUpPeriod", "warm_up_s", _bounded("warm_up_s", _whole)),
        Word("strategy", "strategy", _word_of_letters),
    ),
    has_numbers=True,
)
"""The block of predictive parameters."""
SCHEDULE = Block(
    "",
    (
        Word("timezone", "zone", _zone),
        Word("businessHoursDirective", "directive", _one_of(Directive)),
        Word("timeWindows", "windows", windows),
        Word("maxConcurrentCalls", "max_calls", _whole),
    ),
    frozenset({"campaignId", "scheduleId", "status"}),
)
"""The body of a schedule."""
WEIGHTS = Block(
    "",
    (
        Word("predictiveDialerSettings.algorithmId", "algorithm", _word_of_letters),
        Word("predictiveDialerSettings.parameterWeights", "parameters", _weights),
        Word("predictiveDialerSettings.validationSplit", "validation_split", _bounded("validation_split", _fraction)),
        Word("predictiveDialerSettings.maxDeviationLimit", "deviation_limit", _bounded("deviation_limit", _fraction)),
        Word("predictiveDialerSettings.convergenceThreshold", "convergence", _bounded("convergence", _fraction)),
        Word("configuration.enablePredictiveTuning", "enabled", _switch),
        Word("configuration.simulationTrigger", "trigger", _word_of_letters),
        Word("configuration.driftProtection", "drift_protection", _switch),
    ),
    frozenset({"id", "version"}),
    has_numbers=True,
)
"""The two blocks of weights, without single weights."""
