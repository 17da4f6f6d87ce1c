"""A long walk through the platform, from outside, beside a model of the contract that knows nothing of the emulator.

Hypothesis chooses the steps: writes of every kind, good and bad, repeated under their keys, locks, calls in flight, and
the clock, which goes on, beyond what waits, and back. After each step what can be read is what the model says.

    WALK_STEPS=100000 pytest tests/emulator/test_walk.py -o log_cli=true -o log_cli_level=INFO --hypothesis-seed=1

walks so many steps instead of a thousand or so, along another way, and tells how often each verdict was met.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.emulator.caller import Caller
from tests.emulator.holds import holds
from tests.emulator.walk_checks import listed, paged
from tests.emulator.walk_model import DAY, HOUR, MINUTE, MOVES, SECOND, Campaign, Write
from tests.emulator.walk_requests import (
    CONDITIONS,
    FLAWS,
    MANNERS,
    PATCH_CONDITIONS,
    PATCH_PARTS,
    PUT_PARTS,
    SCHEDULE_TAGS,
    STYLES,
    TENANTS_TEXT,
    TIMETABLE_CASES,
    WHENS,
    Case,
    Manner,
    first_campaigns,
    schedule_tag,
    together,
    written_as,
)
from tests.emulator.walk_steps import TALLY, Sent, Walker

STEPS = int(os.environ.get("WALK_STEPS", "1000"))
STEPS_AT_ONCE = 125
STATUSES = ("ACTIVE", "PAUSED", "STOPPED")
CHANGES = (*("nothing",) * 5, "headers", "key", "key", "body", "prefix", "client", "campaign")
ARRANGEMENTS: tuple[dict[str, Any], ...] = (
    *({"locked": True}, {"locked": False}, {"locked": False}) * 3,
    *({"locked": False, "agents": 0}, {"agents": 4}, {"locked": True, "archived": True}, {"archived": True}),
)
WAITS = (1, SECOND, 29 * SECOND, 6 * MINUTE, HOUR, 8 * HOUR, DAY + SECOND, -1, -5 * HOUR)
Call = tuple[str, float]
CALLS = st.lists(
    st.tuples(st.sampled_from(("ringing", "waiting", "connected")), st.sampled_from((0.5, 30, 600, 20_000))), max_size=5
)
DRAINS = st.sampled_from((None, True, False))
OTHER_ID = st.sampled_from((*(None,) * 9, "A-1"))


class Walk(Walker):
    """One walk: each rule is a step, each campaign a name."""

    campaigns: Bundle[str] = Bundle("campaigns")
    sent: Bundle[Write] = Bundle("sent")

    @initialize(target=campaigns)
    def begin(self) -> MultipleResults[str]:
        for campaign in first_campaigns():
            self.model.campaigns[campaign.id] = campaign
            self.caller.arrange(campaign.id, dialer={"running": False})  # the model knows no dialer
        return multiple(*self.model.campaigns)

    # ---- writes

    @rule(
        target=sent, name=campaigns, how=MANNERS, last=st.booleans(), drain=DRAINS,
        later=st.sampled_from((0, 0, MINUTE, HOUR, HOUR, 30 * HOUR)), calls=st.one_of(st.none(), CALLS),
    )  # fmt: skip
    def move_on(
        self, name: str, how: Manner, last: bool, drain: bool | None, later: int, calls: list[Call] | None
    ) -> Sent:
        """Ask for what may follow, at once or for later, with calls in flight."""
        if calls is not None:
            self.ring(name, calls)
        at = self.model.now + later
        status = (MOVES[self.at(name).status] or ["ACTIVE"])[-last]
        document = {"status": status, **drained(drain), **({"effectiveTime": written_as(at, "Z")} if later else {})}
        return self.send(self.write(name, how, document, at=at))

    @rule(
        target=sent, name=campaigns, how=MANNERS, status=st.sampled_from(STATUSES), when=WHENS,
        drain=DRAINS, condition=st.sampled_from(CONDITIONS),
    )  # fmt: skip
    def move_at(
        self, name: str, how: Manner, status: str, when: tuple[int, str], drain: bool | None, condition: str
    ) -> Sent:
        at, style = self.model.now + when[0], when[1]
        document = {"status": status, "effectiveTime": written_as(at, style), **drained(drain)}
        faults = frozenset() if style in STYLES else frozenset({"effectiveTime"})
        return self.send(self.write(name, how, document, condition=condition, faults=faults, at=at))

    @rule(
        target=sent, name=campaigns, how=MANNERS,
        document=st.sampled_from((
            ({"status": "active"}, "status"), ({"status": None}, "status"), ({"status": "ARCHIVED"}, None),
            ({"status": "PAUSED", "drainQueue": "true"}, "drainQueue"), ({"drainQueue": False}, "drainQueue"),
            ({"status": "PAUSED", "reason": "lunch"}, "reason"), ({"status": "PAUSED", "version": 1}, "version"),
            ({}, ""),
        )),
    )  # fmt: skip
    def move_strangely(self, name: str, how: Manner, document: Case) -> Sent:
        content, fault = document
        faults = set() if fault is None else {fault}
        if "status" not in content:
            faults.add("")
        return self.send(self.write(name, how, content, faults=frozenset(faults)))

    @rule(
        target=sent, name=campaigns, how=MANNERS, parts=PATCH_PARTS, condition=st.sampled_from(PATCH_CONDITIONS),
        status=st.sampled_from((None, None, *STATUSES)), later=st.booleans(),
    )  # fmt: skip
    def tune(
        self, name: str, how: Manner, parts: dict[str, Case], condition: str, status: str | None, later: bool
    ) -> Sent:
        document, faults = together(parts)
        at = self.model.now + 10 * MINUTE if status is not None and later else None
        if status is not None:
            document["status"] = status
        elif not document:
            faults |= {""}
        if at is not None:
            document["effectiveTime"] = written_as(at, "Z")
        return self.send(self.write(name, how, document, condition=condition, faults=faults, at=at))

    @rule(
        target=sent, name=campaigns, how=MANNERS, parts=PUT_PARTS, condition=st.sampled_from(CONDITIONS), named=OTHER_ID
    )
    def weigh(self, name: str, how: Manner, parts: dict[str, Case], condition: str, named: str | None) -> Sent:
        document, faults = together(parts)
        faults |= set() if document else {""}
        document["id"] = named or name
        how = replace(how, outbound=True)
        write = self.write(name, how, document, condition=condition, faults=faults, field="version")
        return self.send(replace(write, kind="weights"))

    @rule(
        target=sent, name=campaigns, how=MANNERS, timetable=TIMETABLE_CASES, tag=st.sampled_from(SCHEDULE_TAGS),
        named=OTHER_ID,
    )  # fmt: skip
    def schedule(self, name: str, how: Manner, timetable: Case, tag: str, named: str | None) -> Sent:
        content, fault = timetable
        faults = frozenset() if fault is None else frozenset({fault})
        document = {"campaignId": named or name, **content}
        write = self.write(name, replace(how, outbound=False), document, faults=faults)
        headers = {**write.headers, **schedule_tag(tag, self.at(name).schedule_tag)}
        return self.send(replace(write, kind="schedule", headers=headers))

    @rule(write=sent, change=st.sampled_from(CHANGES), name=campaigns, flaws=FLAWS)
    def repeat(self, write: Write, change: str, name: str, flaws: frozenset[str]) -> None:
        """Send a write again under its key: as it was, with other headers, which change nothing, or as another one.

        What is wrong before the key is looked at is refused whatever is stored, and is not stored.
        """
        if self.given_up(write):
            return
        tenant, _, client = write.client.partition("-")
        key = write.headers["Idempotency-Key"]
        if change == "headers":
            tag = "*" if {"revision", "version"} & write.document.keys() else '"1"'
            write = replace(write, headers={"Idempotency-Key": key, "Prefer": "respond-async", "If-Match": tag})
        elif change == "key":
            write = replace(write, headers={**write.headers, "Idempotency-Key": f"{key}-again"})
        elif change == "body":
            write = replace(write, document={**write.document, "extra": 1}, faults=write.faults | {"extra"})
        elif change == "prefix" and write.kind == "patch":
            write = replace(write, outbound=not write.outbound)
        elif change == "client":
            write = replace(write, client=f"{tenant}-{'two' if client == 'one' else 'one'}")
        elif change == "campaign" and self.model.campaigns[name].tenant == tenant:
            write = replace(write, campaign=name)
        self.send(replace(write, flaws=flaws))

    # ---- the control surface

    @rule(name=campaigns, change=st.sampled_from(ARRANGEMENTS))
    def arrange(self, name: str, change: dict[str, Any]) -> None:
        self.caller.arrange(name, **change)
        self.model.arrange(self.at(name), **change)

    @rule(name=campaigns, calls=CALLS)
    def ring(self, name: str, calls: list[Call]) -> None:
        self.caller.arrange(name, callsInFlight=[{"state": state, "secondsLeft": left} for state, left in calls])
        self.at(name).calls = [(state, self.model.now + int(left * SECOND)) for state, left in calls]

    @precondition(lambda self: len(self.model.campaigns) < 9)
    @rule(
        target=campaigns, tenant=st.sampled_from(("alpha", "alpha", "beta")), status=st.sampled_from(STATUSES),
        locked=st.sampled_from((False, False, False, True)), revision=st.sampled_from((1, 500)),
    )  # fmt: skip
    def create(self, tenant: str, status: str, locked: bool, revision: int) -> str:
        name = f"N-{len(self.model.campaigns)}"
        content = {"id": name, "tenant": tenant, "status": status, "locked": locked, "revision": revision}
        self.caller.control("POST", "/campaigns", {**content, "name": f"Walk {name}"})
        self.model.campaigns[name] = Campaign(**content)  # type: ignore[arg-type]  # each by its own type, all in one dict
        self.active[tenant] += self.at(name).status == "ACTIVE"
        return name

    # ---- time

    @rule(
        which=st.sampled_from((0, 0, 1, -1, None)), by=st.sampled_from((-1, 0, 1, MINUTE)), wait=st.sampled_from(WAITS)
    )
    def pass_time(self, which: int | None, by: int, wait: int) -> None:
        """Go to just before, at, or after an instant at which something happens by itself, or simply on, or back."""
        instants = self.model.instants()
        if instants and which is not None:
            self.go_to(max(self.model.now, instants[which % len(instants)] + by))
        else:
            self.go_to(self.model.now + wait)

    # ---- reading

    @rule(tenant=st.sampled_from(("alpha", "beta")), size=st.integers(1, 4))
    def list_in_parts(self, tenant: str, size: int) -> None:
        whole = listed(self.caller, tenant)
        assert paged(self.caller, tenant, size) == whole
        by_status = [listed(self.caller, tenant, f"?status={status}") for status in MOVES]
        assert {name: document for part in by_status for name, document in part.items()} == whole
        assert all(
            document["status"] == status
            for status, part in zip(MOVES, by_status, strict=True)
            for document in part.values()
        )

    @invariant()
    def is_what_the_model_says(self) -> None:
        self.check()


def drained(drain: bool | None) -> dict[str, Any]:
    return {} if drain is None else {"drainQueue": drain}


@holds("3.08", "4.15", "4.16", "4.17", "4.18", "4.19", "4.20", "4.28", "4.37", "4.38", "4.53", "4.54", "4.57", "4.59")
@holds("4.60", "4.63", "5.55", "5.60", "7.54", "7.55", "7.97", "7.98", "7.99", "7.111")
def test_platform_is_what_the_model_says_after_every_step(launch: Callable[..., Caller], tmp_path: Path) -> None:
    tenants = tmp_path / "tenants.toml"
    tenants.write_text(TENANTS_TEXT, encoding="utf-8")
    caller = launch(tenants=tenants)

    class WalkHere(Walk):
        def __init__(self) -> None:
            super().__init__(caller)

    run_state_machine_as_test(
        WalkHere,
        settings=settings(
            max_examples=max(1, STEPS // STEPS_AT_ONCE),
            stateful_step_count=STEPS_AT_ONCE,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    told = "\n".join(f"{times:7} {what}" for what, times in sorted(TALLY.items()))
    logging.getLogger(__name__).info("met on the way:\n%s", told)
