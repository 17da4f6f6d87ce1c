"""A table of immutable records that knows what changed in it since it was last saved."""

from __future__ import annotations

from typing import Generic, TypeVar

R = TypeVar("R")


class Table(dict[str, R], Generic[R]):
    """Records by key; `changed` holds the keys put or dropped since it was last cleared."""

    def __init__(self) -> None:
        """Start empty and unchanged."""
        super().__init__()
        self.changed: set[str] = set()

    def put(self, key: str, record: R) -> None:
        """Set the record of a key."""
        self[key] = record
        self.changed.add(key)

    def drop(self, key: str) -> None:
        """Remove the record of a key, if there is one."""
        if self.pop(key, None) is not None:
            self.changed.add(key)
