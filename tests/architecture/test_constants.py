"""A constant never stands where a measured number belongs: what is named as measured or predicted is no literal.

The published integration tells an accuracy of 0.94 whatever happens. Here whatever is named so is computed, or is None.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache

import pytest

from tests.architecture.tree import nodes, python_files, relative

TOLD = re.compile(
    r"accurac|measured|predicted|realised|cover(ed|age)|significan|p_value|p_adjusted|rank_correlation|skill|half_width"
    r"|abandonment_(rate|high|low)|prediction",
    re.IGNORECASE,
)
"""Words for numbers that come of data."""
EXCEPT = re.compile(r"^[A-Z_0-9]+$|least|most|fewest|longest|ceiling|limit|_every|min_|max_|digits|width_px|places")
"""Thresholds that such a number is held against, and sizes of what shows it; constants by their nature."""

KNOWN = {
    "src/paceline/control/abandonment/account.py days_covered: 0.0": "no day was read: a count of nothing",
    "src/paceline/control/abandonment/accounts.py _covered: 0.0": "the same",
    "src/paceline/simulation/result.py half_width: 0.0": "days that do not differ at all",
    "src/paceline/twin/judging.py covered: 0.0": "of 0 half-hours, which it is told with; such a twin has no say",
}
"""Numbers that are what they say of nothing at all, each with the reason."""

NAMING = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.Assign, ast.AnnAssign, ast.NamedExpr),
    *(ast.keyword, ast.Dict, ast.Call),
)
"""What gives something to a name."""


@cache
def is_told(name: str | None) -> bool:
    return name is not None and TOLD.search(name) is not None and EXCEPT.search(name) is None


def literals(value: ast.expr | None) -> Iterator[ast.expr]:
    """Yield the numbers that an expression may come to as they stand; None, texts and truth values are none."""
    match value:
        case ast.Constant(value=int() | float()) if not isinstance(value.value, bool):
            yield value
        case ast.UnaryOp(operand=operand):
            yield from literals(operand)
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*literals(body), *literals(orelse))
        case ast.BoolOp(values=values):
            for one in values:
                yield from literals(one)
        case ast.Call(func=ast.Name(id="float" | "Decimal" | "Fraction"), args=[one, *_]):
            yield from literals(one)
        case _:
            pass


def named_by(node: ast.AST) -> Iterator[tuple[str | None, ast.expr | None]]:
    """Yield each name in a node with what it is given: returned, assigned, by default, as an argument or in a table."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            returns = [one for one in ast.walk(node) if isinstance(one, ast.Return)] if is_told(node.name) else []
            yield from ((node.name, one.value) for one in returns)
            wanted = [*node.args.posonlyargs, *node.args.args][-len(node.args.defaults) or None :]
            yield from ((one.arg, given) for one, given in zip(wanted, node.args.defaults, strict=False))
            yield from zip((one.arg for one in node.args.kwonlyargs), node.args.kw_defaults, strict=True)
        case ast.Assign(targets=targets, value=value):
            yield from ((_name_of(one), value) for one in targets)
        case ast.AnnAssign(target=target, value=value) | ast.NamedExpr(target=target, value=value):
            yield (_name_of(target), value)
        case ast.keyword(arg=name, value=value):
            yield (name, value)
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                yield (key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None, value)
        case ast.Call(func=ast.Attribute(attr="get" | "pop"), args=[ast.Constant(value=str(name)), default]):
            yield (name, default)
        case _:
            pass


def _name_of(target: ast.expr) -> str | None:
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case _:
            return None


def constants_in(within: Iterable[ast.AST]) -> set[str]:
    """Return each number that stands as it is where a measured one belongs, with the name that it is given."""
    return {
        f"{name}: {ast.unparse(one)}"
        for node in within
        if isinstance(node, NAMING)
        for name, value in named_by(node)
        if is_told(name)
        for one in literals(value)
    }


def test_nothing_that_is_named_as_measured_or_predicted_is_a_number_of_the_code() -> None:
    found = {f"{relative(path)} {one}" for path in python_files("src") for one in constants_in(nodes(path))}
    assert found == set(KNOWN)


@pytest.mark.parametrize(
    "planted",
    [
        "def prediction_accuracy(): return 0.94",
        "def accuracy(rows):\n    return sum(rows) / len(rows) if rows else 0.94",
        "def coverage(rows):\n    return mean(rows) or 1.0",
        "class A:\n    prediction_accuracy: float = 0.94",
        "told = Told(accuracy=0.94)",
        "told = {'prediction_accuracy': 0.94}",
        "told['accuracy'] = 0.94",
        "self.accuracy = -1",
        "def send(event, *, accuracy=0.94): ...",
        "def send(event, accuracy=0.94): ...",
        "told(details.get('accuracy', 0.94))",
        "accuracy = Decimal('x') if rows else Decimal(0)",
    ],
)
def test_search_finds_what_was_planted(planted: str) -> None:
    assert constants_in(ast.walk(ast.parse(planted)))


@pytest.mark.parametrize(
    "sound",
    [
        "def accuracy(rows): return sum(rows) / len(rows) if rows else None",
        "FEWEST_MEASURED = 5",
        "told = Told(accuracy=accuracy_of(rows))",
        "told = {'covered': one.covered, 'significant': False}",
        "told(details.get('accuracy'))",
        "least_covered = 0.86",
    ],
)
def test_search_leaves_alone_what_is_computed_and_what_is_a_threshold(sound: str) -> None:
    assert constants_in(ast.walk(ast.parse(sound))) == set()
