"""Words that are typed in a process of the tests are read as in a process of their own, before pydantic is loaded.

Where it is loaded, as it always is here, cyclopts has it look at every value once more, and make what looks anew for
each command. A command reads its words with nothing of that kind loaded (tests/architecture/test_startup.py).
"""

from __future__ import annotations

from cyclopts.argument import _argument


def read_words_alone() -> None:
    """Have cyclopts take the pydantic of this process for one that is too old for it."""
    setattr(_argument, "parse_version", _too_old)  # noqa: B010  # it has no option for it, and does not offer the name


def _too_old(_version: str) -> tuple[int, ...]:
    return (1,)
