"""What we ask of any platform, and how it can fail.

A platform is spoken to in a dialect. What it can do is declared in `abilities`, never assumed; `prepare` makes the
exact request of a change, so that it can be kept on disk before `apply` sends it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Lane
from paceline.campaign.observed import Ability, Document, LiveCalls, Observed, Part, State, Unreadable
from paceline.campaign.simulations import PlatformSimulation, PlatformWebhook, SimulationStarted
from paceline.campaign.statistics import Statistics
from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId, Version, campaign_id


class UnknownRequestError(PacelineError):
    """this is no record of a prepared request"""

    code = "unknown-request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The exact request of one change; `request` is JSON that only the dialect of that name can read."""

    dialect: str
    campaign: CampaignId
    request: Document

    def document(self) -> dict[str, Json]:
        """Return it as JSON, from which `of` makes it again."""
        return {"dialect": self.dialect, "campaign": self.campaign, "request": self.request}

    @classmethod
    def of(cls, document: Document) -> Prepared:
        """Return what `document` described.

        Raises:
            UnknownRequestError: when it describes no request.
            MalformedIdError: when it names no campaign.
        """
        request = document.get("request")
        if not isinstance(request, dict):
            raise UnknownRequestError
        return cls(
            dialect=str(document.get("dialect")), campaign=campaign_id(str(document.get("campaign"))), request=request
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The platform's word that it took a change.

    `observed` is the campaign after it: from the answer itself, or read back where the answer does not show it; None
    when reading back failed, which does not undo the change.
    """

    status: int
    observed: Observed | None
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What the dialer of one campaign counted over a span, and the platform's time at which it was asked.

    Attributes:
        answered: calls that a person answered, the abandoned ones included.
        abandoned: those of them that found no agent within two seconds of the completed greeting.
    """

    dials: int
    answered: int
    abandoned: int
    at: datetime


@dataclass(slots=True)
class Meter:
    """What was asked while it was open: requests that reached the platform, token requests aside, and their time."""

    requests: int = 0
    platform_ns: int = 0


class Platform(Protocol):
    """A campaign platform in one of its dialects. Every method may raise any `PlatformError`."""

    @property
    def dialect(self) -> str:
        """Return the dialect's name, as it stands in a `Prepared`."""
        ...

    @property
    def abilities(self) -> frozenset[Ability]:
        """Return what this platform can do; whatever is not in it is refused before it is tried."""
        ...

    def read(self, campaign: CampaignId, *, part: Part = Part.CAMPAIGN, lane: Lane = Lane.READING) -> Observed:
        """Return the campaign as it is now, with this part of what the platform holds about it.

        Raises:
            NotFoundError: when there is none of that id.
        """
        ...

    def list(self, *, state: State | None = None, lane: Lane = Lane.READING) -> Iterator[Observed | Unreadable]:
        """Yield every campaign, or those in one state, each with its version; pages are asked for when needed.

        One that is shown in an unknown form does not keep the others from being seen.
        """
        ...

    def time(self, *, lane: Lane = Lane.READING) -> datetime:
        """Return what time it is on the platform, asked now; its changes of state happen by that."""
        ...

    def live(self, campaign: CampaignId, *, lane: Lane = Lane.READING) -> LiveCalls:
        """Return how many calls are in flight, by what they are doing; needs `Ability.LIVE_CALLS`."""
        ...

    def counted(self, campaign: CampaignId, *, since: datetime | None = None, lane: Lane = Lane.READING) -> Counted:
        """Return what the dialer counted since an instant, or since it began; needs `Ability.STATISTICS`."""
        ...

    def statistics(
        self, *, since: datetime | None = None, by_minute: bool = False, lane: Lane = Lane.READING
    ) -> tuple[Statistics, ...]:
        """Return what the dialers of all campaigns measured since an instant, and do now, asked in one request.

        Needs `Ability.STATISTICS`.
        """
        ...

    def measured(
        self,
        campaign: CampaignId,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        by_minute: bool = False,
        lane: Lane = Lane.READING,
    ) -> Statistics:
        """Return what the dialer of one campaign measured in a span, and does now; needs `Ability.STATISTICS`.

        Args:
            campaign: the campaign.
            since: the beginning; None is when it began.
            until: minutes that begin before it count; None is now.
            by_minute: whether it is told by minute too.
            lane: in which the request goes.
        """
        ...

    def simulate(
        self, campaign: CampaignId, *, duration_s: int, idempotency_key: str, lane: Lane = Lane.CHANGING
    ) -> SimulationStarted:
        """Have the platform simulate a campaign as it is now; needs `Ability.SIMULATION`.

        Args:
            campaign: the campaign.
            duration_s: what is simulated, seconds of dialing, 1 to 3600.
            idempotency_key: the same key is one simulation, however often it is asked for.
            lane: in which the request goes.

        Raises:
            NotFoundError: when there is no such campaign.
            ForbiddenError: when the credentials do not allow it.
        """
        ...

    def simulation(self, simulation: str, *, lane: Lane = Lane.READING) -> PlatformSimulation:
        """Return how a simulation stands that was asked for; needs `Ability.SIMULATION`.

        Raises:
            NotFoundError: when there is none of that name.
        """
        ...

    def tell_tuned(self, url: str, *, name: str, lane: Lane = Lane.CHANGING) -> PlatformWebhook:
        """Have the platform tell an address of each change of weights; needs `Ability.TELLS_TUNING`.

        Whoever registers the same address again has the one that is there.

        Raises:
            ForbiddenError: when the credentials do not allow it.
        """
        ...

    def block(self, observed: Observed, aspect: str) -> Document | None:
        """Return the block of settings that was seen, in the platform's words, as people write it to a file; pure.

        Args:
            observed: the campaign, with the part that holds the block.
            aspect: `dialing`, `pacing`, `schedule` or `weights`.

        Returns:
            None where there never was one.
        """
        ...

    def prepare(self, change: AnyChange, version: Version | None) -> Prepared:
        """Return the exact request of a change; pure.

        Args:
            change: what is to be changed, whole; the caller has checked that its needs are among the abilities.
            version: what the change was judged on, so that a campaign that moved on refuses it; None takes it as it is.
        """
        ...

    def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
        """Send a prepared change, repeated under the same key where that is safe.

        A key stands for one request and its answer, refusals included: after a conflict the next try needs another key.

        Raises:
            RevisionConflictError: when the campaign has moved on from the version.
            NoAnswerError: when nothing came back; `may_have_happened` tells whether only a read can tell.
        """
        ...

    def metered(self) -> AbstractContextManager[Meter]:
        """Count what this thread asks of the platform while the block runs; blocks may be nested."""
        ...

    def last_look(self, look: Callable[[], None]) -> AbstractContextManager[None]:
        """Have `look` called just before each attempt of a change leaves, while this thread's block runs.

        Only the dialect knows when that is: there may be a long line for the next request. What `look` raises keeps
        the attempt from being sent, and is raised as it is; where an earlier attempt may have had its effect, as a
        `NoAnswerError` that says so.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One field that the platform refused; `field` in the platform's words, empty for the whole."""

    field: str
    message: str


class PlatformError(PacelineError):
    """the platform did not do what it was asked"""

    code = "platform"

    def __init__(
        self,
        message: str | None = None,
        *,
        operation: str,
        status: int | None = None,
        request_id: str | None = None,
        hint: str | None = None,
    ) -> None:
        """Keep what was asked (`operation`, in words), the HTTP status if any, and the platform's id of the request."""
        super().__init__(message, hint=hint)
        self.operation = operation
        self.status = status
        self.request_id = request_id
        self.may_have_happened = False
        """Whether what was asked may have taken effect all the same, by this attempt or by an earlier one."""

    def __reduce__(self) -> tuple[object, ...]:
        return _remade, (type(self), self.message, dict(self.__dict__))

    def report(self) -> str:
        """Return the text for people, with what was being asked."""
        named = "" if self.request_id is None else f" (request {self.request_id})"
        told = f"{self.operation}: {self.message}{named}"
        return told if self.hint is None else f"{told}\n{self.hint}"


def _remade(made: type[PlatformError], message: str, fields: dict[str, object]) -> PlatformError:
    """Return an error as it was when it was copied or sent to another process."""
    error = made.__new__(made, message)
    error.__dict__.update(fields)
    return error


class UnauthorizedError(PlatformError):
    """the platform does not accept the credentials"""

    code = "unauthorized"


class ForbiddenError(PlatformError):
    """the credentials are good, but not for this"""

    code = "forbidden"
    missing_right: str | None = None
    """The scope, tier or ownership that is missing, in the platform's words."""


class NotFoundError(PlatformError):
    """the platform has nothing of that name"""

    code = "not-found"


class RevisionConflictError(PlatformError):
    """the campaign has changed since it was read"""

    code = "revision-conflict"
    sent: Version | None = None
    current: Version | None = None


class CampaignLockedError(PlatformError):
    """the campaign is locked on the platform"""

    code = "campaign-locked"
    holder: str | None = None


class WrongStateError(PlatformError):
    """the campaign's present state does not allow it"""

    code = "wrong-state"
    state: State | None = None
    allowed: tuple[State, ...] = ()


class FleetLimitError(PlatformError):
    """the platform allows no further active campaign"""

    code = "fleet-limit"
    limit: int | None = None
    active: int | None = None


class RejectedError(PlatformError):
    """the platform found the request itself at fault"""

    code = "rejected"
    violations: tuple[Violation, ...] = ()


class RateLimitedError(PlatformError):
    """too many requests for the platform's limit"""

    code = "rate-limited"
    retryable = True
    retry_after_s: float | None = None
    """Seconds to wait by the platform's word, None when it said nothing usable."""


class UnavailableError(PlatformError):
    """the platform is not able to answer now"""

    code = "unavailable"
    retryable = True
    retry_after_s: float | None = None


class NoAnswerError(PlatformError):
    """no answer came from the platform"""

    code = "no-answer"

    def __init__(
        self, message: str | None = None, *, operation: str, request_sent: bool, hint: str | None = None
    ) -> None:
        """Keep whether any of the request can have reached the platform; if not, nothing can have happened."""
        super().__init__(message, operation=operation, hint=hint)
        self.request_sent = request_sent
        self.retryable = not request_sent


class UnexpectedAnswerError(PlatformError):
    """the platform's answer is not of the form that was agreed"""

    code = "unexpected-answer"
