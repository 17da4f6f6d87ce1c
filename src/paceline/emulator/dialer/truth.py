"""The world that a campaign calls into: how people answer, how long calls take, how many records and agents there are.

No client of the platform can read it; the tenants file and the control surface set it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from paceline.emulator import blocks
from paceline.emulator.dialer.chance import Lasting
from paceline.emulator.forms import Block, Fault, Faults, Form, Integer, Listing, Number, Schema, below

HOURS = 24


@dataclass(frozen=True, slots=True)
class ByHour:
    """A number that holds all day, or a list of 24, one for each hour of the local day."""

    number: Number

    def judge(self, value: object, at: str, faults: Faults) -> None:
        """Judge a list as 24 numbers and everything else as one."""
        form: Form = Listing(self.number, HOURS, HOURS) if isinstance(value, list) else self.number
        form.judge(value, at, faults)

    def schema(self) -> Schema:
        """Return both forms as JSON Schema."""
        return {"anyOf": [self.number.schema(), Listing(self.number, HOURS, HOURS).schema()]}


SHARE = Number(0, 1)
_SECONDS = Number(0, 86_400)
_FIELDS: dict[str, Form] = {
    "records": Integer(0, 10**7),
    "timezone": blocks.SCHEDULE_FIELDS["timezone"],
    "answerRate": ByHour(SHARE),
    "staffing": ByHour(SHARE),
    "ageing": SHARE,
    "machineShare": SHARE,
    "busyShare": SHARE,
    "rightPartyShare": SHARE,
    "ringSeconds": _SECONDS,
    "ringVariation": Number(0, 10),
    "noAnswerSeconds": _SECONDS,
    "talkSeconds": Number(0.001, 86_400),
    "talkVariation": Number(0, 10),
    "wrapSeconds": _SECONDS,
    "wrapVariation": Number(0, 10),
    "patienceSeconds": Number(0, 600),
}


def _shares_fit(table: dict[str, Any], at: str, faults: Faults) -> None:
    shares = [table.get("machineShare", 0.0), table.get("busyShare", 0.0)]
    if all(type(share) in (int, float) for share in shares) and sum(shares) > 1:
        faults.append(Fault(below(at, "busyShare"), "must not exceed 1 together with machineShare"))


TABLE = Block(_FIELDS, optional=frozenset(_FIELDS), check=_shares_fit)
"""The table `dialer` of a campaign in the tenants file; every key may be absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The world of one campaign; shares and rates are fractions.

    Attributes:
        records: contact records in the list.
        timezone: zone of the hours, where the campaign has no schedule that names one.
        answer_rates: share of first dials that a person answers, by local hour.
        staffing: share of the campaign's agents who are logged in, by local hour.
        ageing: what the answer rate is multiplied by at each further attempt at a record.
        machine_share, busy_share: of the dials that no person answers, those that a machine answers or that are busy.
        right_party_share: of the people who reach an agent, those who were wanted.
        ring: how long a person or a machine lets it ring.
        no_answer_s: after how long a dial that nobody answers is given up, seconds.
        talk, wrap: how long an agent talks, and works after it.
        patience_s: how long a person waits for an agent, seconds.
    """

    records: int = 20_000
    timezone: str = "UTC"
    answer_rates: tuple[float, ...] = (0.3,) * HOURS
    staffing: tuple[float, ...] = (1.0,) * HOURS
    ageing: float = 1.0
    machine_share: float = 0.3
    busy_share: float = 0.05
    right_party_share: float = 0.7
    ring: Lasting = field(default_factory=lambda: Lasting(10.0, 0.4), compare=False)
    no_answer_s: float = 25.0
    talk: Lasting = field(default_factory=lambda: Lasting(155.0, 1.0), compare=False)
    wrap: Lasting = field(default_factory=lambda: Lasting(25.0, 0.6), compare=False)
    patience_s: float = 2.0


def truth_of(table: Mapping[str, Any]) -> Truth:
    """Return the world that a sound table describes; what it leaves out is as in `Truth`.

    >>> truth_of({"answerRate": 0.25}).answer_rates[13]
    0.25
    """

    def by_hour(name: str, usual: float) -> tuple[float, ...]:
        given = table.get(name, usual)
        return tuple(given) if isinstance(given, list | tuple) else (float(given),) * HOURS

    def lasting(name: str, mean_s: float, variation: float) -> Lasting:
        return Lasting(table.get(f"{name}Seconds", mean_s), table.get(f"{name}Variation", variation))

    return Truth(
        records=table.get("records", 20_000),
        timezone=table.get("timezone", "UTC"),
        answer_rates=by_hour("answerRate", 0.3),
        staffing=by_hour("staffing", 1.0),
        ageing=table.get("ageing", 1.0),
        machine_share=table.get("machineShare", 0.3),
        busy_share=table.get("busyShare", 0.05),
        right_party_share=table.get("rightPartyShare", 0.7),
        ring=lasting("ring", 10.0, 0.4),
        no_answer_s=table.get("noAnswerSeconds", 25.0),
        talk=lasting("talk", 155.0, 1.0),
        wrap=lasting("wrap", 25.0, 0.6),
        patience_s=table.get("patienceSeconds", 2.0),
    )
