"""What the steps of a walk are made of: a write put together, sent, judged and checked, and the clock moved."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis.stateful import MultipleResults, RuleBasedStateMachine, multiple

from tests.emulator.blocks import nanoseconds
from tests.emulator.caller import START, Caller
from tests.emulator.walk_checks import check_answer, check_campaign, check_effect, delivered, everything
from tests.emulator.walk_model import DAY, Campaign, Model, Stored, Verdict, Write
from tests.emulator.walk_requests import LIMITS, TIERS, Manner, condition_of, written_as

Sent = Write | MultipleResults[Write]
"""A write that can be repeated under its key, or none."""
TALLY: Counter[str] = Counter()
"""How often each verdict was met in this process."""


class Walker(RuleBasedStateMachine):
    """One who walks through the platform with the model at hand; the rules are its subclass's."""

    def __init__(self, caller: Caller) -> None:
        super().__init__()
        self.caller = caller
        self.caller.reset()
        self.model = Model(now=nanoseconds(START), limits=LIMITS, tiers=TIERS)
        self.keys = 0
        self.era = 0
        self.active = dict.fromkeys(LIMITS, 0)
        self.touched: list[Campaign] = []
        self.seen: dict[str, Any] | None = None

    def at(self, name: str) -> Campaign:
        """Return the campaign of this name, and have it checked after the step."""
        campaign = self.model.campaigns[name]
        self.touched.append(campaign)
        return campaign

    def check(self) -> None:
        """Check what was touched against the model, and that only the control surface went beyond a tenant's limit."""
        for campaign in {campaign.id: campaign for campaign in self.touched}.values():
            check_campaign(self.caller, self.model, campaign, self.seen or everything(self.caller, campaign))
        self.touched, self.seen = [], None
        for tenant, limit in LIMITS.items():
            active = self.model.active(tenant)
            assert limit is None or active <= max(limit, self.active[tenant])
            self.active[tenant] = active

    def write(
        self,
        name: str,
        how: Manner,
        document: dict[str, Any],
        *,
        condition: str = "none",
        faults: frozenset[str] = frozenset(),
        at: int | None = None,
        field: str = "revision",
    ) -> Write:
        """Return a PATCH of a campaign; `field` is what the body calls the revision it was judged on."""
        campaign = self.at(name)
        given = condition_of(condition, campaign.revision, field)
        headers = dict(given.headers)
        self.keys += 1
        if how.key == "misshapen":
            headers["Idempotency-Key"] = "two words"
        elif how.key != "none":
            headers["Idempotency-Key"] = f"{self.era}-{self.keys % 3 if how.key == 'common' else f'fresh-{self.keys}'}"
        if how.prefer is not None:
            headers["Prefer"] = how.prefer
        return Write(
            campaign=name,
            kind="patch",
            outbound=how.outbound,
            client=f"{campaign.tenant}-{how.client}",
            document={**document, **given.document},
            headers=headers,
            faults=faults | given.faults,
            at=at,
        )

    def send(self, write: Write) -> Sent:
        """Send a write, check its answer and its effect, and give it back when it can be repeated under its key."""
        campaign = self.model.campaigns[write.campaign]
        self.touched = [campaign]
        before = everything(self.caller, campaign)
        self.count(write)
        verdict = self.model.judge(write)
        TALLY[f"{write.kind}: {_word(verdict)}"] += 1
        answer = delivered(self.caller, write)
        check_answer(write, verdict, answer, campaign)
        self.seen = after = everything(self.caller, campaign)
        check_effect(write, verdict, before, after)
        if campaign.schedule is not None and campaign.schedule.id is None:
            campaign.schedule.id = after["schedule"][1]["scheduleId"]
        if verdict.early or verdict.replay or verdict.code == "idempotency_conflict":
            return multiple()
        told = (answer.status_code, answer.headers.get("ETag"), answer.content)
        kept = self.model.remember(write, Stored(identity=write.identity, at=self.model.now, told=told))
        return write if kept else multiple()

    def count(self, write: Write) -> None:
        """Count what a write asks of the lifecycle, and keys that are used again when their day is over."""
        stored = self.model.answers.get((write.client, write.headers.get("Idempotency-Key", "")))
        if stored is not None and self.model.now - stored.at >= DAY and not write.flaws:
            TALLY["key after its day"] += 1
        if "status" in write.document and not write.faults and not write.flaws:
            TALLY[f"pair: {self.model.campaigns[write.campaign].status} to {write.document['status']}"] += 1

    def go_to(self, now: int) -> None:
        """Set the clock; what came due is checked after the step.

        When it goes back all keys are given up: how old they are then nobody has said.
        """
        if now < self.model.now:
            self.model.answers.clear()
            self.era += 1
        self.caller.set_now(written_as(now, "Z"))
        came_due = self.model.move_clock(now)
        TALLY.update(f"due: {campaign.last_due.code or 'acted'}" for campaign in came_due if campaign.last_due)
        TALLY[f"due at once: {len(came_due)}"] += 1
        self.touched = came_due or [next(iter(self.model.campaigns.values()))]

    def given_up(self, write: Write) -> bool:
        """Return whether the write's key is of a time before the clock was set back."""
        return not write.headers["Idempotency-Key"].startswith(f"{self.era}-")

    def teardown(self) -> None:
        for campaign in self.model.campaigns.values():
            check_campaign(self.caller, self.model, campaign, everything(self.caller, campaign))


def _word(verdict: Verdict) -> str:
    return "replay" if verdict.replay else verdict.code or str(verdict.status)
