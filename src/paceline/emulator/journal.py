"""Every request to the API and its answer, with secrets removed, and their counts.

The newest requests are kept with what was sent and answered; older ones as one line each; of all the count remains.
Secrets go out by name (headers and fields that hold them) and by value (every secret and token that the platform
knows), so that none is told even where it does not belong.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from paceline.emulator.instants import instant_text
from paceline.emulator.messages import Answer, Request
from paceline.emulator.tenant import Json
from paceline.emulator.world import World

LINES_KEPT = 100_000
DETAILS_KEPT = 1_000
LONGEST_BODY = 16_384
"""The longest body that is kept, in bytes; of a longer one only its length."""
REMOVED = "[removed]"
Secrets = Sequence[str]
"""Values that nobody is told, the longest first."""

_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})
_SECRET_FORM = re.compile(r"(?i)\b(client_secret|access_token|refresh_token|password|secret)=[^&]*")
_SECRET_JSON = re.compile(r'(?i)"(client_secret|access_token|refresh_token|password|secret)"\s*:\s*"(?:[^"\\]|\\.)*"?')
_SHORTEST_SECRET = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One request: when, by whom, what, and the status that was computed (None when nothing was)."""

    number: int
    at: int
    client: str | None
    method: str
    path: str
    status: int | None
    fault: str | None
    counted: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines a reader wants; what is None is not asked."""

    client: str | None = None
    method: str | None = None
    path: str | None = None
    status: str | None = None

    def has(self, line: Line) -> bool:
        """Return whether the line is wanted."""
        return (
            self.client in (None, line.client)
            and self.method in (None, line.method)
            and (self.path is None or fnmatchcase(line.path, self.path))
            and self.status in (None, _status_word(line.status))
        )


class Journal:
    """The lines, the newest details, and the counts since the last reset."""

    def __init__(self) -> None:
        """Start empty."""
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.total = 0
        self.by_status: Counter[str] = Counter()
        self.lines: deque[Line] = deque(maxlen=LINES_KEPT)
        self._details: dict[int, tuple[Request, Answer | None]] = {}

    def write(self, line: Line, request: Request, told: Answer | None) -> None:
        """Add a line with what was sent and answered."""
        self.restore(line)
        self._details[line.number] = (_short(request), _short_answer(told))
        self._details.pop(line.number - DETAILS_KEPT, None)

    def restore(self, line: Line) -> None:
        """Add a line of which only the line is known."""
        self.total += 1
        self.by_status[_status_word(line.status)] += 1
        self.lines.append(line)

    def document(self, world: World, wanted: Wanted, most: int) -> Json:
        """Return the counts and the newest wanted lines, newest last."""
        found = [line for line in self.lines if wanted.has(line)][-most:] if most else []
        secrets = _secrets(world)
        entries = [self._entry(line, secrets) for line in found]
        return {"total": self.total, "by_status": dict(sorted(self.by_status.items())), "entries": entries}

    def _entry(self, line: Line, secrets: Secrets) -> Json:
        entry: Json = {
            "at": instant_text(line.at),
            "client": line.client,
            "method": line.method,
            "path": _clean(line.path, secrets),
            "status": line.status,
            "fault": line.fault,
        }
        details = self._details.get(line.number)
        if details is not None:
            request, told = details
            headers = {
                name: REMOVED if name in _SECRET_HEADERS else _clean(value, secrets)
                for name, value in request.headers.items()
            }
            query = _clean(request.query, secrets)
            entry["request"] = {"query": query, "headers": headers, "body": _body(request.body, secrets)}
            entry["answer"] = None if told is None else {
                "headers": {name: _clean(value, secrets) for name, value in told.headers},
                "body": _body(told.body, secrets),
            }  # fmt: skip
        return entry


def _status_word(status: int | None) -> str:
    return "none" if status is None else str(status)


def _secrets(world: World) -> Secrets:
    """Return every secret value that the platform knows, the longest first: one may be part of another."""
    values: set[str] = {client.secret for client in world.clients.values()}
    values |= set(world.tokens) | {webhook.secret for webhook in world.webhooks.values()}
    return sorted((value for value in values if len(value) >= _SHORTEST_SECRET), key=len, reverse=True)


def _clean(text: str, secrets: Secrets) -> str:
    """Remove what is known to be secret by value, then what a secret's name announces."""
    for value in secrets:  # new ones come with every token: to make one pattern of them takes longer than to look
        text = text.replace(value, REMOVED)
    text = _SECRET_FORM.sub(lambda found: f"{found[1]}={REMOVED}", text)
    return _SECRET_JSON.sub(lambda found: f'"{found[1]}":"{REMOVED}"', text)


def _body(body: bytes, secrets: Secrets) -> str:
    return _clean(body.decode("utf-8", errors="replace"), secrets)


def _short(request: Request) -> Request:
    """Return the request, without a body that is too long to keep."""
    if len(request.body) <= LONGEST_BODY:
        return request
    return replace(request, body=f"[{len(request.body)} bytes, not kept]".encode())


def _short_answer(told: Answer | None) -> Answer | None:
    """Return the answer, without a body that is too long to keep."""
    if told is None or len(told.body) <= LONGEST_BODY:
        return told
    return replace(told, body=f"[{len(told.body)} bytes, not kept]".encode())
