"""One run as a tracking server keeps it: what was set, what was measured, and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A file beside a run.

    Attributes:
        name: such as `coverage.svg`, a name without folders.
        content: its bytes.
        media_type: such as `image/svg+xml`.
    """

    name: str
    content: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is to stand at the tracking server; the same key is the same run, however often it is sent.

    Attributes:
        experiment: under which it stands, such as `paceline/CMP-12345`; made where it is not there.
        key: of this run among all that we ever send, such as `acme:42`.
        name: for people.
        at: when it was done, UTC.
        parameters: what was set; text.
        metrics: what was measured or predicted; numbers that are not finite are left out.
        tags: what else to find it by.
        pictures: beside it.
    """

    experiment: str
    key: str
    name: str
    at: datetime
    parameters: Mapping[str, str] = field(hash=False)
    metrics: Mapping[str, float] = field(hash=False)
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A run that stands at the server.

    Attributes:
        run_id: the server's name of it.
        pictures: names of those that lie beside it.
        not_served: whether pictures were left out because the server does not serve its artifacts.
    """

    run_id: str
    pictures: tuple[str, ...] = ()
    not_served: bool = False


class Tracker(Protocol):
    """A tracking server, whichever it is."""

    def send(self, run: Run) -> Sent:
        """Have a run stand at the server as it is here, and return what it is called there.

        Raises:
            TrackingAwayError: no answer came, or the server has a problem; it may have been taken in part.
            TrackingRefusedError: it is not wanted as it is.
        """
        ...

    def close(self) -> None:
        """Let go of its connections."""
        ...
