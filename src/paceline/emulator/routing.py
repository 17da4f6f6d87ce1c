"""Addresses to operations: literal segments go before names, so that reserved words are never ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import unquote_to_bytes

from paceline.emulator.operation import Operation

RESERVED = ("simulations", "statistics")
"""Words that stand where a campaign's id would; no campaign may be called so."""

Methods = dict[str, Operation]


class Directory:
    """Every operation by its path, then by its method."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        """Lay out the operations."""
        self.operations = tuple(operations)
        self._literal: dict[tuple[str, ...], Methods] = {}
        self._named: dict[int, list[tuple[tuple[str, ...], Methods]]] = {}
        by_path: dict[tuple[str, ...], Methods] = {}
        for operation in self.operations:
            by_path.setdefault(tuple(operation.path.split("/")), {})[operation.method] = operation
        for segments, methods in by_path.items():
            if any(segment.startswith("{") for segment in segments):
                self._named.setdefault(len(segments), []).append((segments, methods))
            else:
                self._literal[segments] = methods

    def find(self, path: str) -> tuple[Methods, Mapping[str, str]] | None:
        """Return the operations at a path and what the path names, or None."""
        segments = tuple(path.split("/"))
        literal = self._literal.get(segments)
        if literal is not None:
            return literal, {}
        for pattern, methods in self._named.get(len(segments), ()):
            place = _match(pattern, segments)
            if place is not None:
                return methods, place
        return None


def _match(pattern: tuple[str, ...], segments: tuple[str, ...]) -> dict[str, str] | None:
    place = {}
    for wanted, found in zip(pattern, segments, strict=True):
        if wanted.startswith("{"):
            try:
                name = unquote_to_bytes(found).decode("utf-8")
            except UnicodeDecodeError:
                return None
            if wanted == "{campaign}" and name in RESERVED:
                return None
            place[wanted[1:-1]] = name
        elif wanted != found:
            return None
    return place
