"""What goes wrong on the way to the platform, switched at random; and a witness who sees every change that it takes."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2

from benchmarks.torture.dice import Dice

KINDS = ("answering", "answering", "answering", "reset_before", "reset_after", "503", "slow")
"""What the platform does until the next switch; answering the most."""
LOOK_S = 0.1
"""Between two looks at the journal, in seconds."""


class Control:
    """The control surface of one emulator; for one thread."""

    def __init__(self, url: str) -> None:
        """Reach it without a proxy that this machine may have."""
        self._http = httpx2.Client(base_url=f"{url}/_emulator", trust_env=False, timeout=30.0)

    def ask(self, method: str, path: str, document: Any = None) -> Any:
        """Return what it answers."""
        answer = self._http.request(method, path, json=document)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()


class Repeated:
    """A thread that does one thing again and again, until it is told to end."""

    def __init__(self, what: Callable[[], float]) -> None:
        """Do `what`, which returns the seconds until the next time."""
        self._what = what
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def end(self) -> None:
        """Do it no more; returns when the last time is over."""
        self._end.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._end.wait(self._what()):
            pass


class Weather:
    """Switches what the platform does to requests."""

    def __init__(self, control: Control, dice: Dice) -> None:
        """Switch on this surface as the dice say."""
        self._control = control
        self._dice = dice
        self.switched: Counter[str] = Counter()
        self.kinds: dict[str, str] = {}

    def switch(self) -> float:
        """Order what is next, and return for how many seconds."""
        kind = self._dice.one_of(KINDS)
        self.clear()
        rule = {"method": "PATCH"} if self._dice.fraction() < 0.7 else {}
        times = self._dice.one_of((1, 2, None))
        if kind in {"reset_before", "reset_after"}:
            self._order(kind, {"kind": kind, "times": times, **rule})
        elif kind == "503":
            self._order(kind, {"kind": "status", "status": 503, "times": times, **rule})
        elif kind == "slow":
            self._order(kind, {"kind": "delay", "delayMs": int(self._dice.between(20, 150)), "times": None, **rule})
        else:
            self.switched[kind] += 1
        return self._dice.between(0.02, 0.25)

    def clear(self) -> None:
        """Let the platform answer."""
        self._control.ask("DELETE", "/faults")

    def _order(self, kind: str, rule: dict[str, Any]) -> None:
        # A token request carries no campaign: faults on the API alone keep a runner from never getting to work.
        made = self._control.ask("POST", "/faults", {"path": "/api/*", **rule})
        self.kinds[made["id"]] = kind
        self.switched[kind] += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A change that the platform took: of which campaign, under which key, and the revision that it made."""

    campaign: str
    key: str
    revision: int


class Witness:
    """Reads the journal before its details are forgotten."""

    def __init__(self, control: Control) -> None:
        """Read through this surface."""
        self._control = control
        self._seen = 0
        self.effects: list[Effect] = []
        self.requests: Counter[str] = Counter()

    def look(self) -> float:
        """Take in what is new, and return the seconds until the next look."""
        total = self._control.ask("GET", "/journal?limit=0")["total"]
        while self._seen < total:
            told = self._control.ask("GET", f"/journal?limit={total - self._seen + 100}")
            new = told["total"] - self._seen
            if new > len(told["entries"]):
                total = told["total"]
                continue
            for entry in told["entries"][len(told["entries"]) - new :]:
                self._take_in(entry)
            self._seen = total = told["total"]
        return LOOK_S

    def _take_in(self, entry: dict[str, Any]) -> None:
        assert "request" in entry, "the journal forgot its details before anybody had looked"
        self.requests[entry["fault"] or "answered"] += 1
        if entry["method"] != "PATCH" or entry["status"] != 200:
            return
        if "Idempotent-Replayed" in entry["answer"]["headers"]:
            self.requests["repeated answers"] += 1
            return
        body = json.loads(entry["answer"]["body"])
        self.effects.append(
            Effect(
                campaign=str(body["id"]),
                key=str(entry["request"]["headers"]["idempotency-key"]),
                revision=int(body["revision"]),
            )
        )
