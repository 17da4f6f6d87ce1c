"""The mark that ties a test to the statements of the contract it holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest

T = TypeVar("T")


def holds(*statements: str) -> Callable[[T], T]:
    """Mark a test as holding these statements of `tests/cases/contract.toml`.

    The coverage table in the reference is generated from these marks; an unknown statement fails the suite.
    """
    return pytest.mark.holds(*statements)  # type: ignore[return-value]  # pytest types its marks as decorators of callables only
