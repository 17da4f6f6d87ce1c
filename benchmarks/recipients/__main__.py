"""Compare what a million are told with what each is told alone, and take the times; exit 1 when any two differ.

`python -m benchmarks.recipients [--people N] [--many N] [--rows N] [--seed S] [--json FILE]`
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from time import process_time
from typing import TypeVar

import numpy as np
import phonenumbers

from benchmarks.recipients.cases import instants, numbers_for_calls, numbers_of_any_kind
from paceline.compliance.call import Call
from paceline.compliance.calling_time import next_callable
from paceline.compliance.decision import decide
from paceline.compliance.locality import locate
from paceline.compliance.numbering import ASK, Numbering
from paceline.compliance.recipients import NEVER, Recipients
from paceline.compliance.shelf import the_rulebook
from paceline.primitives.clock import MachineClock
from paceline.primitives.intervals import seconds_of

CLOCK = MachineClock()
AT = datetime.fromisoformat("2026-11-01T09:30:00+00:00")
"""The night in which the clock falls back in North America."""
COMMAND = "import sys; from paceline.cli.main import main; sys.exit(main(sys.argv[1:]))"
GOALS = {
    "cold, million a second": (50.0, float.__ge__),
    "cold, times decide": (2000.0, float.__ge__),
    "question to the roll, us": (1000.0, float.__le__),
    "list check, of parsing and validating": (1.3, float.__le__),
    "verdicts that differ": (0.0, float.__le__),
    "blocks that differ": (0.0, float.__le__),
}
Figures = dict[str, float]
_Found = TypeVar("_Found")


def main(argv: list[str] | None = None) -> int:
    """Compare, measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recipients", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000, help="verdicts to compare with the careful function")
    parser.add_argument("--many", type=int, default=10_000_000, help="numbers to take the times of")
    parser.add_argument("--rows", type=int, default=400_000, help="rows of the list that is checked")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    chosen = parser.parse_args(argv)
    figures: Figures = {}
    parts: tuple[Callable[[], Figures], ...] = (
        lambda: timed(chosen.many, chosen.seed),
        lambda: checked_list(chosen.rows, chosen.seed),
        lambda: compared_blocks(chosen.seed),
        lambda: compared(chosen.people, chosen.seed),
    )
    machine = f"Python {platform.python_version()}, numpy {np.__version__}, phonenumbers {phonenumbers.__version__}"
    sys.stdout.write(f"{machine}, CPUs {os.cpu_count()}, load {os.getloadavg()[0]:.2f}\n\n")
    for part in parts:
        found = part()
        figures.update(found)
        sys.stdout.write("".join(f"{name:<46} {value:>16,.6g}\n" for name, value in found.items()))
        sys.stdout.flush()
    missed = [name for name, (goal, holds) in GOALS.items() if not holds(float(figures[name]), goal)]
    sys.stdout.write(f"\ngoals missed: {', '.join(missed) or 'none'}\n")
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 1 if missed else 0


def compared(people: int, seed: int) -> Figures:
    """Return how many verdicts and next instants are not those of `decide`, for people at random instants."""
    dice, law = np.random.default_rng(seed), the_rulebook()
    everybody = Recipients(law, call=Call())
    differ = callable_then = answered = 0
    each = 2000
    for at in instants(-(-people // each), dice):
        numbers = numbers_of_any_kind(min(each, people - answered), dice)
        before = len(everybody)
        everybody.add_numbers(numbers)
        said = everybody.judge(at)
        cold = everybody.judge_numbers(numbers, at)
        for place, number in enumerate(numbers.tolist()):
            one = decide(law, number=f"+{number}", at=at, call=Call())
            wanted = (one.is_callable, NEVER if one.next is None else seconds_of(one.next))
            warm = (bool(said.may_call[before + place]), int(said.next_s[before + place]))
            straight = (bool(cold.may_call[place]), int(cold.next_s[place]))
            callable_then += one.is_callable
            if not warm == straight == wanted:
                differ += 1
                sys.stderr.write(f"differs: {number} at {at}: {wanted}, {warm}, {straight}\n" if differ < 10 else "")
        answered += numbers.size
    return {"verdicts compared": answered, "of them callable": callable_then, "verdicts that differ": differ}


def compared_blocks(seed: int) -> Figures:
    """Return how many blocks of 10,000 numbers of +1 are not where the careful function has one number of each."""
    dice, law = np.random.default_rng(seed), the_rulebook()
    numbering = Numbering(law)
    differ = blocks = located = 0
    for block in range(200 * 1000, 1000 * 1000):
        number = f"+1{block}{dice.integers(0, 10_000):04}"
        kind = numbering.kind_of(number)
        alone = locate(number, rulebook=law)
        known = numbering.kinds[kind]
        blocks += 1
        located += bool(alone.places)
        same = (known.standing, known.places) == (alone.standing, alone.places) if kind != ASK else not alone.places
        if not same:
            differ += 1
            sys.stderr.write(f"differs: {number}: {alone.why}\n" if differ < 10 else "")
    return {"blocks of +1 compared": blocks, "of them somewhere": located, "blocks that differ": differ}


def timed(many: int, seed: int) -> Figures:
    """Return what each way takes, all in one run, one after the other in turns, in time of one processor."""
    dice, law = np.random.default_rng(seed), the_rulebook()
    numbers = numbers_for_calls(many, dice)
    made_s, numbering = _took(lambda: Numbering(law))
    everybody = Recipients(law, call=Call(), numbering=numbering)
    few = [f"+{number}" for number in numbers[:2000].tolist()]
    everybody.judge_numbers(numbers[:10], AT)
    everybody.add_numbers(numbers[:10])
    everybody.roll()
    everybody = Recipients(law, call=Call(), numbering=numbering)
    everybody.judge_numbers(numbers[:10], AT)
    added_s, _ = _took(lambda: everybody.add_numbers(numbers))
    sorted_s, roll = _took(everybody.roll)
    ways: dict[str, tuple[int, Callable[[], object]]] = {
        "decide": (len(few), lambda: [decide(law, number=number, at=AT, call=Call()) for number in few]),
        "locate and next_callable": (len(few), lambda: [_next_of(number) for number in few]),
        "parse and validate": (len(few), lambda: [_validated(number) for number in few]),
        "cold": (many, lambda: everybody.judge_numbers(numbers, AT)),
        "warm": (many, lambda: everybody.judge(AT)),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(5):
        for name, (count, way) in ways.items():
            taken[name].append(_took(way)[0] / count)
    each_s = {name: statistics.median(found) for name, found in taken.items()}
    first_s, _ = _took(lambda: everybody.opens_s(AT + timedelta(days=30)))
    us = statistics.median(_questions(lambda at: roll.open_at(everybody.opens_s(at), seconds_of(at))))
    return {
        "find every kind of number, s": round(made_s, 3),
        **{f"{name}, us": round(each_s[name] * 1e6, 1) for name in list(ways)[:3]},
        "numbers": many,
        "cold, million a second": round(1e-6 / each_s["cold"], 1),
        "warm, million a second": round(1e-6 / each_s["warm"], 1),
        "cold, times decide": round(each_s["decide"] / each_s["cold"]),
        "cold, times locate and next_callable": round(each_s["locate and next_callable"] / each_s["cold"]),
        "warm, times decide": round(each_s["decide"] / each_s["warm"]),
        "add all to the recipients, s": round(added_s, 2),
        "sort all into a roll, s": round(sorted_s, 3),
        "groups": len(everybody.groups),
        "first question about eight days, ms": round(first_s * 1000, 1),
        "question to the roll, us": round(us, 1),
    }


def checked_list(rows: int, seed: int) -> Figures:
    """Return what the command takes for a list, beside what libphonenumber needs to parse and validate its numbers."""
    dice = np.random.default_rng(seed)
    numbers = [f"+{number}" for number in numbers_for_calls(rows, dice).tolist()]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "list.csv")
        lines = (f"{number},Contact {row},Springfield\n" for row, number in enumerate(numbers))
        path.write_text("phone,name,city\n" + "".join(lines), encoding="utf-8")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        words = [sys.executable, "-c", COMMAND, "list", "check", str(path), "--at", AT.isoformat(), "-o", "json"]
        answer = json.loads(subprocess.run(words, check=True, capture_output=True).stdout)  # noqa: S603 - our command
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    command_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    parsed_s, valid = _took(lambda: sum(_validated(number) for number in numbers))
    assert answer["rows"] == rows
    return {
        "rows of the list": rows,
        "of them valid numbers": valid,
        "list check, s": round(command_s, 2),
        "parse and validate all, s": round(parsed_s, 2),
        "list check, of parsing and validating": round(command_s / parsed_s, 2),
    }


def _questions(ask: Callable[[datetime], object]) -> Iterator[float]:
    """Yield what questions about the minutes of some hours take, in microseconds, without the first."""
    ask(AT)
    for minute in range(300):
        at = AT.replace(hour=AT.hour + minute // 60, minute=minute % 60)
        began = CLOCK.running_ns()
        ask(at)
        yield (CLOCK.running_ns() - began) / 1000


def _next_of(number: str) -> datetime | None:
    law = the_rulebook()
    return next_callable(law, locate(number, rulebook=law).places, Call(), AT)


def _validated(number: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return False


def _took(way: Callable[[], _Found]) -> tuple[float, _Found]:
    began = process_time()
    found = way()
    return process_time() - began, found


if __name__ == "__main__":
    sys.exit(main())
