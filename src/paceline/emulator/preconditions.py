"""The ways in which a client says what it believes to change, and whether that is still so.

Rules:
* A campaign takes `X-If-Match: <revision>`, `If-Match: "<revision>"` (a list of those, or `*`), `revision` in a PATCH
  body and `version` in a PUT body. Each alone counts; none is no condition; those that are given must say the same.
* A schedule takes `If-Match` with entity tags, compared weakly; `*` matches what exists, and a schedule always does.
* What has the wrong form is a field fault under the header's or the field's name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from paceline.emulator.forms import Fault
from paceline.emulator.operation import Exchange

_REVISION = re.compile(r"[0-9]{1,40}", re.ASCII)
_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_TAGS = re.compile(rf"\s*{_TAG.pattern}\s*(?:,\s*{_TAG.pattern}\s*)*")


@dataclass(frozen=True, slots=True)
class Condition:
    """One precondition: where it stood and the revisions it allows; None allows any."""

    field: str
    revisions: frozenset[int] | None


def campaign_conditions(exchange: Exchange) -> list[Condition]:
    """Return every precondition of a campaign write that has the right form."""
    headers, document = exchange.request.headers, exchange.document
    found: list[Condition] = []
    plain = headers.get("x-if-match")
    if plain is not None and _REVISION.fullmatch(plain):
        found.append(Condition("X-If-Match", frozenset({int(plain)})))
    tags = headers.get("if-match")
    tagged = None if tags is None else _tagged_condition(tags)
    if tagged is not None:
        found.append(tagged)
    if isinstance(document, dict):
        named = [name for name in ("revision", "version") if type(document.get(name)) is int]
        found.extend(Condition(name, frozenset({document[name]})) for name in named)
    return found


def _tagged_condition(tags: str) -> Condition | None:
    """Return the condition of an If-Match, None for the wrong form."""
    if tags.strip() == "*":
        return Condition("If-Match", None)
    if not _TAGS.fullmatch(tags):
        return None
    parts = _TAG.findall(tags)
    if any(weak or not _REVISION.fullmatch(tag) for weak, tag in parts):
        return None
    return Condition("If-Match", frozenset(int(tag) for _, tag in parts))


def campaign_condition_faults(exchange: Exchange) -> None:
    """Add the faults of a campaign write's preconditions: wrong form, or two that differ."""
    headers, faults = exchange.request.headers, exchange.faults
    found = campaign_conditions(exchange)
    sound = {condition.field for condition in found}
    if "x-if-match" in headers and "X-If-Match" not in sound:
        faults.append(Fault("X-If-Match", "must be a revision in plain decimal"))
    if "if-match" in headers and "If-Match" not in sound:
        faults.append(Fault("If-Match", 'must be "<revision>" or *'))
    bound = [condition for condition in found if condition.revisions is not None]
    for other in bound[1:]:
        if not (other.revisions or frozenset()) & (bound[0].revisions or frozenset()):
            faults.append(Fault(other.field, f"must name the same revision as {bound[0].field}"))


def stale(exchange: Exchange) -> bool:
    """Return whether a precondition of a campaign write names another revision than the present one."""
    campaign = exchange.campaign
    return campaign is not None and any(
        condition.revisions is not None and campaign.revision not in condition.revisions
        for condition in campaign_conditions(exchange)
    )


def schedule_condition_faults(exchange: Exchange) -> None:
    """Add the fault of a schedule's If-Match that is no list of entity tags and not `*`."""
    tags = exchange.request.headers.get("if-match", "")
    if tags.strip() != "*" and not _TAGS.fullmatch(tags):
        exchange.faults.append(Fault("If-Match", "must be an entity tag in quotes, or *"))


def tag_matches(tags: str, etag: str) -> bool:
    """Return whether an If-Match of the right form matches `etag`, compared weakly."""
    if tags.strip() == "*":
        return True
    return any(f'"{tag}"' == etag.removeprefix("W/") for _, tag in _TAG.findall(tags))
