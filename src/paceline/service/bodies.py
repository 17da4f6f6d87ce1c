"""What requests may hold: forms in the words of the interface and of the contract, strict, nothing unknown.

A field that is left out stays as it is on the platform.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    WithJsonSchema,
    model_validator,
)

from paceline.campaign.blocks import DialingMode, Directive
from paceline.campaign.observed import Drain, State
from paceline.campaign.pacing.checks import COUNTS, RATES
from paceline.control.order import OnConflict

Reason = Annotated[str | None, Field(max_length=2000, description="Why, for the ledger.")]
"""Why somebody does something."""
Ticket = Annotated[str | None, Field(max_length=200, description="Where it is discussed, for the ledger.")]
"""Where it is discussed."""
_MOST = 10**9
_YEARS = range(1970, 2200)


def _in_utc(at: datetime) -> datetime:
    """Return an instant in UTC; what lies further off than clocks are known and databases count is none."""
    if at.year not in _YEARS:
        raise ValueError("an instant lies in the years 1970 to 2199")
    return at.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""An instant with an offset, of the years 1970 to 2199."""


class Body(BaseModel):
    """A request's body."""

    model_config = ConfigDict(extra="forbid")


class OverrideBody(Body):
    """That a person answers for a finding of severity `review`."""

    rule: str = Field(min_length=1, max_length=100)
    until: Instant


class Noted(Body):
    """What the ledger keeps beside a deed."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "the list is exhausted", "ticket": "OPS-1"}]}
    )
    reason: Reason = None
    ticket: Ticket = None


class Ordered(Noted):
    """How a change is ordered."""

    dry_run: bool = Field(default=False, description="Check it to the end, record it, send nothing.")
    on_conflict: OnConflict | None = None
    overrides: list[OverrideBody] = Field(default_factory=list, max_length=50)
    at: Instant | None = Field(default=None, description="When it is to happen; now when not said.")
    by: Literal["platform"] | None = Field(default=None, description="With `at`: the platform itself acts then.")
    not_after_s: Annotated[int, Field(ge=1, le=31_536_000)] | None = None

    @property
    def not_after(self) -> timedelta | None:
        """How late it may be made, or how long it waits for approval."""
        return None if self.not_after_s is None else timedelta(seconds=self.not_after_s)


class VerbBody(Ordered):
    """What comes with a verb such as `:pause`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"reason": "the list is exhausted", "ticket": "OPS-1", "drain": "finish"}]},
    )
    drain: Drain = Field(default=Drain.FINISH, description="What becomes of calls that ring or wait.")


class Asked(Noted):
    """How a change of settings is ordered, in the address: the body is the block."""

    dry_run: bool = Field(default=False, description="Check it to the end, record it, send nothing.")
    on_conflict: OnConflict | None = None
    override: list[str] = Field(default_factory=list, max_length=50, description="Rules that a person answers for.")
    until: Instant | None = Field(default=None, description="Until when that counts.")
    at: Instant | None = Field(default=None, description="When it is to happen; now when not said.")
    not_after_s: Annotated[int, Field(ge=1, le=31_536_000)] | None = None

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if bool(self.override) != (self.until is not None):
            raise ValueError("override and until go together: what is overridden, and until when")
        return self

    @property
    def ordered(self) -> Ordered:
        """The same as a body would say it."""
        until = self.until
        said = [] if until is None else [OverrideBody(rule=rule, until=until) for rule in self.override]
        return Ordered(
            reason=self.reason,
            ticket=self.ticket,
            dry_run=self.dry_run,
            on_conflict=self.on_conflict,
            overrides=said,
            at=self.at,
            not_after_s=self.not_after_s,
        )


class TargetBody(Body):
    """Which campaigns are meant: those that are named, or those that fit."""

    campaigns: list[str] = Field(default_factory=list, max_length=10_000)
    state: State | None = None
    labels: dict[str, str] = Field(default_factory=dict, max_length=20)
    all: bool = False
    count: Annotated[int, Field(ge=0, le=_MOST)] | None = Field(
        default=None, description="How many they must be, else nothing is done; `all` wants it."
    )


class BulkOrdered(Ordered, TargetBody):
    """A change of many campaigns: which, and how it is ordered."""


class BulkBody(VerbBody, BulkOrdered):
    """A verb for many campaigns."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"campaigns": ["CMP-12345"], "reason": "a complaint", "dry_run": True}]},
    )


class RetryBody(Body):
    """How often and how far apart one contact is tried."""

    maxAttempts: int | None = Field(default=None, ge=-_MOST, le=_MOST)  # noqa: N815  # the contract's word
    intervalMinutes: list[int] | None = Field(default=None, max_length=300)  # noqa: N815  # the contract's word


class ThresholdBody(Body):
    """At which rate the platform cools down, and for how long."""

    maxRate: Decimal | None = Field(default=None, description="A fraction such as 0.03.", max_digits=20)  # noqa: N815  # the contract's word
    coolDownSec: int | None = Field(default=None, ge=-_MOST, le=_MOST)  # noqa: N815  # the contract's word


class DialingRulesBody(Body):
    """Dialing rules, in the contract's words."""

    dialingMethod: DialingMode | None = None  # noqa: N815  # the contract's word
    retrySettings: RetryBody | None = None  # noqa: N815  # the contract's word
    abandonmentRateThreshold: ThresholdBody | None = None  # noqa: N815  # the contract's word
    maxCallsPerAgent: int | None = Field(default=None, ge=-_MOST, le=_MOST)  # noqa: N815  # the contract's word


class RulesBody(Body):
    """The body of `PUT rules`: what `paceline set rules --file` takes."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"dialingRules": {"maxCallsPerAgent": 2}}]},
    )
    dialingRules: DialingRulesBody  # noqa: N815  # the contract's word


def _fraction_of(name: str) -> BeforeValidator:
    """Return the check that a rate of the pacing is a number of JSON, not a text nor a truth value, and finite."""
    least, most = RATES[name]

    def checked(value: object) -> object:
        is_number = isinstance(value, int | Decimal) or (isinstance(value, float) and math.isfinite(value))
        if isinstance(value, bool) or not is_number:
            raise ValueError(f"must be a number from {least} to {most}, not {_kind(value)}")
        return value

    return BeforeValidator(checked)


def _count_of(name: str) -> BeforeValidator:
    """Return the check that a count of the pacing is a whole number of JSON, not `80.0`, a text nor a truth value."""
    least, most = COUNTS[name]

    def checked(value: object) -> object:
        if type(value) is not int or abs(value) > 10**15:
            raise ValueError(f"must be a whole number from {least} to {most}, not {_kind(value)}")
        return value

    return BeforeValidator(checked)


def _kind(value: object) -> str:
    """Return what a value is that cannot be taken, in the words of JSON."""
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, int | float | Decimal):
        return f"{value}" if isinstance(value, float) else "a number of so many digits"
    return "a text" if isinstance(value, str) else "a list or a table" if isinstance(value, list | dict) else "nothing"


_Rate = WithJsonSchema({"type": "number"})


class PredictiveDialerBody(Body):
    """The block in the contract's words; what is left out stays as live."""

    answerRate: Annotated[Decimal, _fraction_of("answer_rate"), _Rate] | None = Field(  # noqa: N815  # the contract's word
        default=None, description="A fraction such as 0.6."
    )
    abandonRate: Annotated[Decimal, _fraction_of("abandonment_aim"), _Rate] | None = Field(  # noqa: N815  # the contract's word
        default=None, description="A fraction such as 0.01."
    )
    maxConcurrentCalls: Annotated[int, _count_of("max_calls")] | None = None  # noqa: N815  # the contract's word
    callInterval: Annotated[int, _count_of("call_interval_ms")] | None = None  # noqa: N815  # the contract's word
    strategy: str | None = Field(default=None, max_length=100)
    warmUpPeriod: Annotated[int, _count_of("warm_up_s")] | None = None  # noqa: N815  # the contract's word


class PacingBody(Body):
    """The body of `PUT pacing`: what `paceline set pacing --file` takes."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"predictiveDialer": {"answerRate": 0.6}}]},
    )
    predictiveDialer: PredictiveDialerBody  # noqa: N815  # the contract's word


def _weight_value(value: object) -> object:
    """Check that a weight, or a number beside it, is a finite number of JSON, not a text nor a truth value."""
    is_number = isinstance(value, int | Decimal) or (isinstance(value, float) and math.isfinite(value))
    if isinstance(value, bool) or not is_number:
        raise ValueError(f"must be a number, not {_kind(value)}")
    return value


_Number = Annotated[Decimal, BeforeValidator(_weight_value), Field(max_digits=20), _Rate]


class PredictiveSettingsBody(Body):
    """The block of weights in the contract's words; what is left out stays as live.

    A map of weights takes the place of the live one whole.
    """

    algorithmId: str | None = Field(default=None, max_length=200)  # noqa: N815  # the contract's word
    parameterWeights: dict[str, _Number] | None = Field(  # noqa: N815  # the contract's word
        default=None, description="Each of -1 to 1; which keys there are is judged.", max_length=50
    )
    validationSplit: _Number | None = None  # noqa: N815  # the contract's word
    maxDeviationLimit: _Number | None = None  # noqa: N815  # the contract's word
    convergenceThreshold: _Number | None = None  # noqa: N815  # the contract's word


class ConfigurationBody(Body):
    """The block of what the platform does with weights; what is left out stays as live."""

    enablePredictiveTuning: StrictBool | None = None  # noqa: N815  # the contract's word
    simulationTrigger: str | None = Field(  # noqa: N815  # the contract's word
        default=None, max_length=100, description="Told about; manual is what is sent."
    )
    driftProtection: StrictBool | None = None  # noqa: N815  # the contract's word


class WeightsBody(Body):
    """The body of `PUT weights`: what `paceline set weights --file` takes."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"predictiveDialerSettings": {"parameterWeights": {"call_rate": 0.1}}}]},
    )
    predictiveDialerSettings: PredictiveSettingsBody | None = None  # noqa: N815  # the contract's word
    configuration: ConfigurationBody | None = None


class WindowBody(Body):
    """A window of one weekday, in the schedule's zone; one that ends before it begins crosses midnight."""

    dayOfWeek: Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]  # noqa: N815  # the contract's word
    startTime: str = Field(pattern=r"^\d{2}:\d{2}(:\d{2})?$", description="HH:MM or HH:MM:SS.")  # noqa: N815  # the contract's word
    endTime: str = Field(pattern=r"^\d{2}:\d{2}(:\d{2})?$", description="24:00 is the end of the day.")  # noqa: N815  # the contract's word


class ScheduleBody(Body):
    """The body of `PUT schedule`; ids and status are filled in here, and may stand there all the same."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"timeWindows": [{"dayOfWeek": "MONDAY", "startTime": "09:00", "endTime": "17:00"}]},
            ]
        },
    )
    timezone: str | None = Field(default=None, min_length=1, max_length=100)
    businessHoursDirective: Directive | None = None  # noqa: N815  # the contract's word
    timeWindows: list[WindowBody] | None = Field(default=None, max_length=1000)  # noqa: N815  # the contract's word
    maxConcurrentCalls: int | None = Field(default=None, ge=-_MOST, le=_MOST)  # noqa: N815  # the contract's word
    campaignId: str | None = Field(default=None, max_length=128)  # noqa: N815  # the contract's word
    scheduleId: str | None = Field(default=None, max_length=128)  # noqa: N815  # the contract's word
    status: str | None = Field(default=None, max_length=40)
