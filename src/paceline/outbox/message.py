"""What is told, in one envelope, and the message of a change that has ended.

1. Every message says `id`, `type`, `version` (of this form), `tenant`, `campaign`, `sequence`, `at`, `entry`, `data`.
2. `id` is unique, and the same at every attempt and every replay: by it a receiver knows what it has already.
3. `sequence` counts the messages of a campaign from 1, without gaps, the same for every subscriber; null in what is for
   one subscriber alone (`webhook.test`, `delivery.recovered`). Messages of no campaign have a count of their own.
4. A message is made from rows of the ledger, in which no phone number stands. The words that stand for numbers there
   are taken out as well: nobody outside could use them but to follow a person.
5. A dry run is not told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from paceline.primitives.canonical import Json, canonical_json
from paceline.primitives.clock import instant_of
from paceline.primitives.ids import CampaignId, EntryId, TenantId

FORM = 1
"""Version of the envelope."""
TEST = "webhook.test"
"""The type of a message that only shows that messages arrive."""
RECOVERED = "delivery.recovered"
"""The type of the first message after a failure that lasted."""
FAILED = "delivery.failed"
"""The type of the message that another subscriber could not be told something."""
_NUMBER_WORD = re.compile(r"number:[0-9a-f]{64}")
_NUMBER = "(a phone number)"
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

Document = Mapping[str, Json]
"""A JSON object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is to be told, before it has its place among the messages of its campaign.

    Attributes:
        type: what happened: an aspect or a part of paceline, a dot, and a word, such as `lifecycle.applied`.
        campaign: to which campaign, None when to none.
        at: when, aware.
        entry: the entry of the ledger that tells it whole.
        data: what else there is to say, by type.
    """

    type: str
    at: datetime
    campaign: CampaignId | None = None
    entry: EntryId | None = None
    data: Document = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as it is kept and sent; `body` is its envelope in canonical JSON, byte for byte."""

    id: str
    type: str
    campaign: CampaignId | None
    sequence: int | None
    body: str


def enveloped(news: News, *, tenant: TenantId, message_id: str, sequence: int | None) -> Message:
    """Return the message of news that have found their place.

    Raises:
        NotCanonicalError: the data cannot be JSON.
    """
    envelope: dict[str, Json] = {
        "id": message_id,
        "type": news.type,
        "version": FORM,
        "tenant": tenant,
        "campaign": news.campaign,
        "sequence": sequence,
        "at": instant_text(news.at),
        "entry": news.entry,
        "data": _without_words(news.data),
    }
    return Message(
        id=message_id, type=news.type, campaign=news.campaign, sequence=sequence, body=canonical_json(envelope)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A change that has ended: the documents of the rows that opened and closed it, and of the last verdict on it.

    `effective_at` is when the change took effect, or will; None when nobody knows.
    """

    entry: EntryId
    opened: Document
    closed: Document
    verdict: Document | None = None
    effective_at: datetime | None = None

    @property
    def kind(self) -> str:
        """What was wanted, such as `lifecycle.pause`."""
        return str(self.opened["kind"])

    @property
    def aspect(self) -> str:
        """Which aspect of the campaign it was about."""
        return self.kind.partition(".")[0]


def told(ended: Ended) -> News | None:
    """Return the news of a change that has ended, `ASPECT.OUTCOME`, refusals too; None after a dry run.

    Where a later verdict is given, it is the news: `ASPECT.verdict`.
    """
    if _object(ended.opened.get("details")).get("dry_run"):
        return None
    word = "verdict" if ended.verdict is not None else str(ended.closed["outcome"])
    campaign = ended.opened.get("campaign")
    last = ended.verdict if ended.verdict is not None else ended.closed
    more = DATA.get(ended.aspect)
    return News(
        type=f"{ended.aspect}.{word}",
        at=datetime.fromisoformat(str(last["at"])),
        campaign=None if campaign is None else CampaignId(str(campaign)),
        entry=ended.entry,
        data={**_common(ended), **(more(ended) if more is not None else {})},
    )


def _common(ended: Ended) -> dict[str, Json]:
    details = _object(ended.closed.get("details"))
    last = ended.verdict if ended.verdict is not None else ended.closed
    return {
        "change": ended.kind,
        "outcome": ended.closed["outcome"],
        "verdict": last.get("verdict"),
        "effective_at": None if ended.effective_at is None else instant_text(ended.effective_at),
        "latency_ms": _object(details.get("timings_ms")).get("total"),
        "findings": details.get("findings", []),
        "differences": _object(last.get("details")).get("differences", []),
        "error": details.get("error"),
        "actor": ended.opened.get("actor"),
        "reason": ended.opened.get("reason"),
        "ticket": ended.opened.get("ticket"),
    }


def _lifecycle(ended: Ended) -> dict[str, Json]:
    """Return what workforce management asks for: the state that the campaign was left in, and what is still to come."""
    details = _object(ended.closed.get("details"))
    seen = {**_object(details.get("before")), **_object(details.get("after"))}
    after = _object(details.get("after")) or _object(details.get("before"))
    if ended.verdict is not None:
        # A look after the end tells the state alone: what was pending then need not be so now. One that was superseded
        # was not looked at: whose change took its place tells the state.
        seen, after = {**_object(ended.verdict.get("details"))}, {}
    pending = _object(after.get("pending"))
    said: dict[str, Json] = {
        "state": seen.get("state"),
        "revision": seen.get("revision"),
        "drained": after.get("drained"),
        "pending": pending or None,
    }
    if "superseded_by" in seen:
        said["superseded_by"] = seen["superseded_by"]
    if ended.effective_at is None and ended.verdict is None and "effective_at" in pending:
        said["effective_at"] = pending["effective_at"]
    return said


def _dialing(ended: Ended) -> dict[str, Json]:
    """Return what a compliance monitor asks for: the dialing rules as they were left, and what spoke against it."""
    seen = _left(ended)
    rules, details = _object(seen.get("rules")), _object(ended.closed.get("details"))
    findings = details.get("findings")
    told = [_object(one) for one in findings] if isinstance(findings, list | tuple) else []
    return {
        "revision": seen.get("revision"),
        "dialing_method": rules.get("mode"),
        "rules": dict(rules) or None,
        "wanted": _wanted(ended),
        "success": _succeeded(ended),
        "validation_errors": [
            {name: one.get(name) for name in ("rule", "field", "message", "source")}
            for one in told
            if one.get("severity") != "info"
        ],
    }


def _pacing(ended: Ended) -> dict[str, Json]:
    """Return what reporting asks for: the parameters before and after, the verdict of compliance, what is expected."""
    details = _object(ended.closed.get("details"))
    old = _object(_object(details.get("before")).get("pacing"))
    seen = _left(ended)
    new = _object(seen.get("pacing")) if details.get("after") or ended.verdict is not None else {}
    return {
        "revision": seen.get("revision"),
        "old_parameters": dict(old) or None,
        "new_parameters": dict(new) or None,
        "answer_rate_change": _difference(old.get("answer_rate"), new.get("answer_rate")),
        "wanted": _wanted(ended),
        "success": _succeeded(ended),
        "compliance_verdict": _compliance(ended),
        "expected": _expected(_object(details.get("forecast"))),
    }


def _difference(old: Json, new: Json) -> str | None:
    """Return by how much a rate changed, exactly; None where one of the two is not known."""
    try:
        return str(Decimal(str(new)) - Decimal(str(old)))
    except InvalidOperation:
        return None


def _compliance(ended: Ended) -> str | None:
    """Return `refused`, `review` where a person has to answer for it, or `passed`; None where nobody judged it."""
    findings = _object(ended.closed.get("details")).get("findings")
    told = [_object(one) for one in findings] if isinstance(findings, list | tuple) else []
    found = {one.get("severity") for one in told if str(one.get("rule")).partition(".")[0] == ended.aspect}
    if "error" in found or "review" in found:
        return "refused" if "error" in found else "review"
    return "passed" if ended.closed["outcome"] in {"applied", "unchanged", "scheduled", "in_doubt"} else None


def _expected(forecast: Document) -> dict[str, Json] | None:
    """Return what was expected of the pacing when it was judged, with its intervals; None without a projection."""
    then = _object(forecast.get("then"))
    if not then:
        return None
    periods = forecast.get("periods")
    risks = [_object(one) for one in periods] if isinstance(periods, list | tuple) else []
    chances = [_object(risk.get("breach_probability")).get("then") for risk in risks]
    known = [float(chance) for chance in chances if isinstance(chance, int | float)]
    return {
        "abandonment": then.get("abandonment"),
        "utilisation": then.get("utilisation"),
        "breach_probability": max(known, default=None),
    }


def _weights(ended: Ended) -> dict[str, Json]:
    """Return what model monitoring asks for: the weights before and after, what data said, and how true that was.

    `prediction_accuracy` is of the campaign's earlier predictions that were measured by then; null while none was, and
    never anything but measured. `weights.measured` tells it anew with what came of this change.
    """
    details = _object(ended.closed.get("details"))
    before, seen = _object(details.get("before")), _left(ended)
    is_after = bool(details.get("after")) or ended.verdict is not None
    return {
        "revision": seen.get("revision"),
        "old_weights": before.get("weights"),
        "weights": seen.get("weights") if is_after else None,
        "tuning": seen.get("tuning") if is_after else None,
        "wanted": _wanted(ended),
        "success": _succeeded(ended),
        "compliance_verdict": _compliance(ended),
        "evidence": _said(_object(details.get("evidence"))),
        "simulation": details.get("simulation"),
        "prediction_accuracy": _object(details.get("evidence")).get("accuracy"),
    }


def _said(evidence: Document) -> dict[str, Json] | None:
    """Return what data said of the weights when they were judged; None where nobody asked."""
    names = ("source", "lack", "blocks", "days", "metrics", "worth_having", "abandonment_high", "ceiling")
    return {name: evidence.get(name) for name in names} if evidence else None


def _schedule(ended: Ended) -> dict[str, Json]:
    """Return what a calendar asks for: the schedule as it was left."""
    seen = _left(ended)
    schedule = _object(seen.get("schedule"))
    return {
        "revision": seen.get("revision"),
        "zone": schedule.get("zone"),
        "windows": schedule.get("windows", []),
        "directive": schedule.get("directive"),
        "max_calls": schedule.get("max_calls"),
        "wanted": _wanted(ended),
        "success": _succeeded(ended),
    }


def _left(ended: Ended) -> Document:
    """Return the campaign as it was seen last: by a later look, after the change, or before it."""
    details = _object(ended.closed.get("details"))
    if ended.verdict is not None:
        return _object(ended.verdict.get("details"))
    return _object(details.get("after")) or _object(details.get("before"))


def _succeeded(ended: Ended) -> bool | None:
    """Return whether the campaign is as wanted; None while nobody knows."""
    last = ended.verdict if ended.verdict is not None else ended.closed
    word, verdict = ended.closed["outcome"], last.get("verdict")
    if ended.verdict is not None or word == "applied":
        return {"achieved": True, "diverged": False}.get(str(verdict))
    return {"unchanged": True, "in_doubt": None, "scheduled": None}.get(str(word), False)


def _wanted(ended: Ended) -> dict[str, Json]:
    """Return what was asked for; what was to stay as it is, is not named."""
    change = _object(_object(ended.opened.get("details")).get("change"))
    wanted = {name: value for name, value in change.items() if name not in {"kind", "campaign"}}
    windows = wanted.get("windows")
    if isinstance(windows, list | tuple):
        wanted["windows"] = [_window(one) for one in windows]
    return wanted


def _window(told: Json) -> Json:
    """Return a window of the record, weekday and seconds of its day, in the words of the seen ones."""
    if not isinstance(told, list | tuple) or len(told) != 3 or not all(isinstance(part, int) for part in told):
        return told
    weekday, *ends = (part for part in told if isinstance(part, int))
    start, end = (f"{at // 3600:02}:{at // 60 % 60:02}" + (f":{at % 60:02}" if at % 60 else "") for at in ends)
    return f"{_WEEKDAYS[weekday % 7]} {start}-{end}"


DATA: Mapping[str, Callable[[Ended], dict[str, Json]]] = {
    "lifecycle": _lifecycle,
    "dialing": _dialing,
    "pacing": _pacing,
    "schedule": _schedule,
    "weights": _weights,
}
"""What the changes of an aspect say beyond what all say; a room without a line here says that alone."""


def of_test(now_ns: int) -> News:
    """Return the news that only shows that messages arrive."""
    return News(type=TEST, at=instant_of(now_ns), data={"message": "paceline can reach this receiver"})


def of_recovery(*, since_ns: int, until_ns: int, late: int, dead: int) -> News:
    """Return the news that a receiver is back: how many messages were late, and how many it never got."""
    data: dict[str, Json] = {
        "since": instant_text(instant_of(since_ns)),
        "until": instant_text(instant_of(until_ns)),
        "late": late,
        "dead_letters": dead,
    }
    return News(type=RECOVERED, at=instant_of(until_ns), data=data)


def of_failure(
    *,
    campaign: CampaignId | None,
    host: str,
    message_id: str,
    kind: str,
    sequence: int | None,
    error: str,
    attempts: int,
    at_ns: int,
) -> News:
    """Return the news, for everybody else, that one subscriber could not be told something."""
    data: dict[str, Json] = {
        "host": host,
        "message": message_id,
        "type": kind,
        "sequence": sequence,
        "attempts": attempts,
        "error": error,
    }
    return News(type=FAILED, at=instant_of(at_ns), campaign=campaign, data=data)


def instant_text(instant: datetime) -> str:
    """Return an aware instant as messages write it: UTC, always six decimals, so that text sorts as time."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _object(value: Json) -> Document:
    return value if isinstance(value, Mapping) else {}


def _without_words(value: Json) -> Json:
    if isinstance(value, str):
        return _NUMBER_WORD.sub(_NUMBER, value)
    if isinstance(value, Mapping):
        return {_NUMBER_WORD.sub(_NUMBER, key): _without_words(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_words(item) for item in value]
    return value
