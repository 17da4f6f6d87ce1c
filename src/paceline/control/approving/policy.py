"""Which changes want approval by a second person, as a policy by kind and size; pure.

Rules:
* A change wants approval when a rule fits its kind and it is at least as large as the rule says, in every measure.
* What stops never wants any, whatever a policy says: a rule that would fit a pause, a stop or a freeze is at fault.
  Nor does what takes back a change that was made here: harm does not wait for a second person.
* A rule that fits no kind of change that there is, or will be, is at fault too: it would protect nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase
from types import MappingProxyType

from paceline.campaign.catalogue import CATALOGUE, AnyChange
from paceline.campaign.change import Lane
from paceline.control.order import ApprovalWanted, Order

WITHIN = timedelta(hours=24)
"""How long a change waits for approval where nobody says more about it."""
ASPECTS = ("lifecycle", "dialing", "pacing", "schedule", "weights")
"""What kinds of changes begin with, those too that nobody can make yet."""
FREEZING = "campaign.freeze"
"""The kind of what is no change, and stops all the same."""
_PATTERN = re.compile(r"[a-z*][a-z*-]*\.[a-z*-]+")

Measure = Callable[[AnyChange, Order], float | None]
"""How large a change is, in a unit of the measure's own; None for a kind of change that it does not measure."""
MEASURES: Mapping[str, Measure] = MappingProxyType({"campaigns": lambda _change, order: order.campaigns})
"""Every measure of size by its word in a rule; a kind of change with a size of its own adds a line here.

`campaigns` is how many campaigns the command is for.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Which changes want approval: of these kinds, `*` for any letters, and at least as large as all of `at_least`.

    Where a measure of `at_least` does not measure a change, the rule is not about it.
    """

    kinds: tuple[str, ...]
    at_least: Mapping[str, float] = field(default_factory=dict, hash=False)

    def fits(self, change: AnyChange, order: Order) -> bool:
        """Return whether this rule wants approval for a change."""
        if not any(fnmatchcase(change.kind, pattern) for pattern in self.kinds):
            return False
        sizes = ((MEASURES[word](change, order), least) for word, least in self.at_least.items())
        return all(size is not None and size >= least for size, least in sizes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Rules, of which one that fits is enough.

    Attributes:
        approvers: who may approve, by name; empty is everybody but the one who asked.
        within: how long a change waits for approval where its order does not say.
    """

    rules: tuple[Rule, ...] = ()
    approvers: tuple[str, ...] = ()
    within: timedelta = WITHIN

    def wanted(self, change: AnyChange, order: Order) -> ApprovalWanted | None:
        """Return the approval that a change wants, None when it wants none; what stops never wants any."""
        is_easing = change.lane is Lane.STOPPING or order.takes_back
        if is_easing or not any(rule.fits(change, order) for rule in self.rules):
            return None
        within = self.within if order.approve_within is None else order.approve_within
        return ApprovalWanted(approvers=self.approvers, within=within, campaigns=order.campaigns)


def fault_of(pattern: str) -> str | None:
    """Return why a pattern of kinds cannot stand in a rule, completing "the pattern ..."; None when it can."""
    if _PATTERN.fullmatch(pattern) is None:
        return "is no kind of change, such as lifecycle.resume or pacing.*"
    stopping = [kind for kind, made in CATALOGUE.items() if made.lane is Lane.STOPPING]
    held = [kind for kind in (*stopping, FREEZING) if fnmatchcase(kind, pattern)]
    if held:
        return f"fits {' and '.join(held)}, and no pause, stop or freeze ever waits for anybody"
    if any(fnmatchcase(kind, pattern) for kind in CATALOGUE):
        return None
    there = {kind.partition(".")[0] for kind in CATALOGUE}
    coming = [aspect for aspect in ASPECTS if aspect not in there]
    if any(fnmatchcase(aspect, pattern.partition(".")[0]) for aspect in coming):
        return None
    may = [kind for kind in CATALOGUE if kind not in stopping] + [f"{aspect}.*" for aspect in coming]
    return f"fits no kind of change: there are {', '.join(may)}"
