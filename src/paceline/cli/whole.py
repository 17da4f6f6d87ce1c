"""Whole numbers as people type them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cyclopts import Token


def whole(_: object, tokens: Sequence[Token]) -> int:
    """Return a whole number of at most 20 digits; half an agent, or half a day, is not rounded to one.

    Raises:
        ValueError: it is none; the command's error tells of which option.
    """
    text = tokens[0].value
    if re.fullmatch(r"[+-]?\d{1,20}", text, re.ASCII) is None:
        raise ValueError(f"{text!r} is no whole number")
    return int(text)
