"""What must be there, and that a paused campaign takes it all."""

from __future__ import annotations

from tests.emulator.asks import patch, put
from tests.emulator.caller import Caller
from tests.emulator.documents import CAM, HOOKS, OUT, SIMULATIONS, pacing, rules, schedule, simulation, webhook, weights
from tests.emulator.holds import holds
from tests.emulator.refusals import refused

A = "CMP-ACTIVE"
F = "CMP-FULL"
TAG = {"If-Match": 'W/"1"'}


@holds("7.53")
def test_paused_campaign_takes_every_update(platform: Caller) -> None:
    paused = "CMP-PAUSED"
    for ask in (
        patch(f"{OUT}/{paused}", {"dialingRules": rules()}, headers={"X-If-Match": "7"}),
        patch(f"{CAM}/{paused}", {"dialingRules": rules(maxCallsPerAgent=3)}),
        patch(f"{CAM}/{paused}", {"predictiveDialer": pacing()}),
        patch(f"{OUT}/{paused}", {"predictiveDialer": pacing(callInterval=50)}),
        put(f"{OUT}/{paused}", weights(paused)),
        put(f"{CAM}/{paused}/schedule", schedule(paused), headers={"If-Match": 'W/"initial"'}),
    ):
        answer = ask.send(platform)
        assert answer.status_code == 200, answer.text
    assert platform.campaign(paused)["revision"] == 12
    assert platform.campaign(paused)["status"] == "PAUSED"


@holds("7.28", "7.26")
def test_required_field_that_is_absent_is_named(platform: Caller) -> None:
    for block, path, document in (
        ("dialingRules", f"{OUT}/{A}", rules()),
        ("predictiveDialer", f"{OUT}/{A}", pacing()),
    ):
        for name in document:
            body = {block: {k: v for k, v in document.items() if k != name}}
            answer = platform.patch(path, body)
            refused(answer, 400, "validation", f"{block}.{name}")


@holds("7.28")
def test_required_members_of_the_other_writes_are_named(platform: Caller) -> None:
    for name in schedule(F):
        body = {k: v for k, v in schedule(F).items() if k != name}
        refused(platform.put(f"{CAM}/{F}/schedule", body, headers=TAG), 422, "validation", name)
    for name in simulation(A):
        body = {k: v for k, v in simulation(A).items() if k != name}
        refused(platform.post(SIMULATIONS, body), 400, "validation", name)
    for name in ("url", "events"):
        body = {k: v for k, v in webhook().items() if k != name}
        refused(platform.post(HOOKS, body), 400, "validation", name)
    refused(platform.put(f"{OUT}/{F}", {"configuration": weights(F)["configuration"]}), 400, "validation", "id")
