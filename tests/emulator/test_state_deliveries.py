"""The state file and the platform's own deliveries: what was owed before the process ended is delivered after."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.emulator.documents import HOOKS, OUT, webhook, weights
from tests.emulator.holds import holds
from tests.emulator.receiver import attempted, deliveries, receiving
from tests.emulator.serving import Served, serving

A = "CMP-ACTIVE"


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    with serving() as make:
        yield make


@holds("C.44", "C.45", "C.42")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "stopped"])
def test_failed_delivery_is_tried_again_after_a_restart(
    serve: Callable[..., Served], tmp_path: Path, how: signal.Signals
) -> None:
    served = serve(tmp_path / "state.db")
    caller = served.start()
    with receiving() as receiver:
        receiver.answer_with(500)
        assert caller.post(HOOKS, webhook(url=f"{receiver.url}/hook", enabled=True)).status_code == 201
        assert caller.put(f"{OUT}/{A}", weights(A)).status_code == 200
        before = attempted(caller, receiver, 1)
        assert (before["state"], before["lastStatus"]) == ("waiting", 500)
        caller = served.again(how)
        assert deliveries(caller) == [before]
        caller.advance(5)
        first, second = receiver.wait_for(2)
        after = attempted(caller, receiver, 2)
        assert (after["id"], after["state"], after["lastStatus"]) == (before["id"], "delivered", 200)
        assert first.delivery == second.delivery
        assert first.body == second.body
        caller = served.again(how)
        assert deliveries(caller) == [after]


@holds("C.45")
def test_delivery_owed_when_the_process_is_killed_arrives_at_least_once(
    serve: Callable[..., Served], tmp_path: Path
) -> None:
    served = serve(tmp_path / "state.db")
    caller = served.start()
    with receiving() as receiver:
        assert caller.post(HOOKS, webhook(url=f"{receiver.url}/hook", enabled=True)).status_code == 201
        for version in range(43, 48):
            assert caller.put(f"{OUT}/{A}", weights(A)).json()["version"] == version
            caller = served.again()
        caller.advance(24 * 3600)
        receiver.wait_until(
            lambda: {one.document["data"]["version"] for one in receiver.received} == set(range(43, 48))
        )
        receiver.wait_until(lambda: {one["state"] for one in deliveries(caller)} == {"delivered"})
        assert len(deliveries(caller)) == 5
