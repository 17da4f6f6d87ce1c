"""The state file: a restart goes on as if nothing had been, and a killed process loses no answered write."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from threading import Condition, Thread
from typing import Any

import httpx2
import pytest

from tests.emulator.asks import Ask, delete, get, patch, post, put
from tests.emulator.caller import Caller
from tests.emulator.documents import (
    CAM,
    HOOKS,
    OUT,
    SIMULATIONS,
    pacing,
    rules,
    schedule,
    simulation,
    webhook,
    weights,
)
from tests.emulator.holds import holds
from tests.emulator.refusals import refused
from tests.emulator.serving import Served, serving
from tests.trust import http_client

A = "CMP-ACTIVE"
F = "CMP-FULL"
SMALL = {"client": "small-all"}
ENDS = {"killed": signal.SIGKILL, "stopped": signal.SIGTERM, "interrupted": signal.SIGINT}


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    with serving() as make:
        yield make


@pytest.fixture(params=list(ENDS))
def end(request: pytest.FixtureRequest) -> int:
    """A signal that ends the process."""
    return ENDS[request.param]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


Step = Ask | float

STORY: list[Step] = [
    get(OUT),
    patch(f"{OUT}/{A}", {"dialingRules": rules(), "revision": 42}, headers={"Idempotency-Key": "s-1"}),
    patch(f"{CAM}/{A}", {"predictiveDialer": pacing()}),
    patch(f"{OUT}/{A}", {"status": "PAUSED", "effectiveTime": "2026-06-15T12:05:00Z", "drainQueue": False}),
    put(f"{OUT}/{F}", weights(F, version=100)),
    put(f"{CAM}/{F}/schedule", schedule(F), headers={"If-Match": 'W/"1"'}),
    put(f"{CAM}/{A}/schedule", schedule(A), headers={"If-Match": 'W/"initial"', "Idempotency-Key": "s-2"}),
    post(HOOKS, webhook(), headers={"Idempotency-Key": "s-3"}),
    post(HOOKS, webhook(url="http://127.0.0.1:9/second")),
    post(SIMULATIONS, simulation(A)),
    120.0,
    patch(f"{OUT}/CMP-STOPPED", {"status": "ACTIVE"}, headers={"Idempotency-Key": "s-4"}),
    patch(f"{OUT}/CMP-STOPPED", {"status": "ACTIVE"}, headers={"Idempotency-Key": "s-5"}),
    patch(f"{OUT}/{A}", {"dialingRules": rules(), "revision": 42}, headers={"Idempotency-Key": "s-1"}),
    patch(f"{OUT}/{A}", {"dialingRules": rules(), "revision": 42}),
    patch(f"{OUT}/SMALL-PAUSED", {"status": "ACTIVE", "effectiveTime": "2026-06-15T12:04:00Z"}, **SMALL),
    240.0,
    get(f"{OUT}/SMALL-PAUSED", **SMALL),
    get(f"{OUT}/{A}"),
    get(f"{CAM}/{A}/schedule"),
    put(f"{CAM}/{A}/schedule", schedule(A), headers={"If-Match": 'W/"initial"', "Idempotency-Key": "s-2"}),
    patch(f"{OUT}/CMP-STOPPED", {"status": "ACTIVE"}, headers={"Idempotency-Key": "s-5"}),
    post(HOOKS, webhook(), headers={"Idempotency-Key": "s-3"}),
    post(HOOKS, webhook()),
    get(HOOKS),
    post(HOOKS, webhook(url="http://127.0.0.1:9/third")),
    post(SIMULATIONS, simulation(F)),
    get(f"{CAM}/{A}/statistics"),
    get(OUT),
    get("/api/v2/oauth/tokeninfo"),
]


def tell(caller: Caller, step: Step) -> Any:
    """Take a step and return the whole answer, headers included."""
    if not isinstance(step, Ask):
        return caller.control("PUT", "/clock", {"advanceSeconds": step})
    answer = step.send(caller)
    return (answer.status_code, sorted(answer.headers.multi_items()), answer.content)


@holds("C.44", "C.46")
def test_story_with_a_kill_after_every_step_is_told_like_one_without(
    serve: Callable[..., Served], state: Path, tmp_path: Path
) -> None:
    whole = serve(tmp_path / "whole.db").start()
    broken = serve(state)
    caller = broken.start()
    for client in ("acme-all", "small-all"):
        assert whole.token(client) == caller.token(client)
    for step in STORY:
        assert tell(caller, step) == tell(whole, step)
        caller = broken.again()


@holds("C.44")
def test_emulator_without_a_state_file_tells_the_same_story(serve: Callable[..., Served], state: Path) -> None:
    kept, unkept = serve(state).start(), serve(None).start()
    for client in ("acme-all", "small-all"):
        assert kept.token(client) == unkept.token(client)
    for step in STORY:
        assert tell(kept, step) == tell(unkept, step)


@holds("C.44")
def test_campaigns_schedules_and_webhooks_are_there_after_a_restart(
    serve: Callable[..., Served], state: Path, end: int
) -> None:
    served = serve(state)
    caller = served.start()
    for step in STORY[:10]:
        tell(caller, step)
    caller.arrange("CMP-PAUSED", locked=True, agents=17)
    caller.arrange("CMP-STOPPED", archived=True)
    caller.arrange(
        A,
        callsInFlight=[{"state": "connected", "secondsLeft": 90}],
        records={"total": 9, "dialable": 5, "exhausted": 4},
    )
    caller.arrange(A, statistics=[{"dials": 10, "connects": 4, "abandons": 1, "talk": 60}])
    caller.control("POST", "/campaigns", {"id": "MADE", "tenant": "bulk", "status": "PAUSED"})

    def seen(p: Caller) -> list[Any]:
        names = [A, F, "CMP-PAUSED", "CMP-STOPPED", "CMP-ARCHIVED", "CMP-LOCKED", "MADE", "BULK-1", "NOBODYS"]
        views = [p.control("GET", f"/campaigns/{name}") for name in names]
        reads = [f"{OUT}?limit=1000", f"{CAM}/{F}/schedule", f"{CAM}/{A}/schedule", HOOKS, f"{CAM}/statistics"]
        return views + [tell(p, get(path)) for path in reads]

    before = seen(caller)
    assert seen(served.again(end)) == before


@holds("C.44")
def test_clock_stands_where_it_stood(serve: Callable[..., Served], state: Path) -> None:
    served = serve(state)
    served.start().control("PUT", "/clock", {"now": "2028-03-04T05:06:07.25Z"})
    caller = served.again()
    assert caller.control("GET", "/clock") == {"now": "2028-03-04T05:06:07.25Z", "speed": 0} or (
        caller.control("GET", "/clock")["now"].startswith("2028-03-04T05:06:07.25")
    )


@holds("C.44")
def test_running_clock_runs_on_and_never_goes_back(serve: Callable[..., Served], state: Path) -> None:
    served = serve(state)
    caller = served.start()
    caller.control("PUT", "/clock", {"speed": 1_000})
    for _ in range(3):
        told = [caller.control("GET", "/clock")["now"] for _ in range(30)]
        caller = served.again()
        told += [caller.control("GET", "/clock")["now"] for _ in range(5)]
        instants = [datetime.fromisoformat(now) for now in told]
        assert instants == sorted(instants)
    assert caller.control("GET", "/clock")["speed"] == 1_000


@holds("C.44")
def test_pending_transition_comes_due_after_a_restart(serve: Callable[..., Served], state: Path) -> None:
    served = serve(state)
    caller = served.start()
    later = {"status": "PAUSED", "effectiveTime": "2026-06-15T12:10:00Z", "drainQueue": False}
    stored = caller.patch(f"{OUT}/{A}", later).json()
    caller = served.again()
    assert caller.campaign(A) == stored
    caller.advance(599)
    assert caller.campaign(A)["status"] == "ACTIVE"
    caller = served.again()
    caller.advance(1)
    assert caller.campaign(A)["status"] == "PAUSED"
    caller = served.again()
    campaign = caller.campaign(A)
    assert (campaign["status"], campaign["revision"], campaign["pendingTransition"]) == ("PAUSED", 44, None)


@holds("C.44")
def test_tokens_live_on_and_expire_on_time(serve: Callable[..., Served], state: Path) -> None:
    served = serve(state)
    caller = served.start()
    caller.token()
    caller.token("acme-java")
    caller.advance(100)
    expired = caller.http.post(
        "/oauth/token",
        data={"grant_type": "client_credentials", "client_id": "acme-read", "client_secret": "read-secret"},
    ).json()["access_token"]
    caller.order("expired_token")
    bearer = {"Authorization": f"Bearer {expired}"}
    refused(caller.get(OUT, client=None, headers=bearer), 401, "unauthorized")
    caller = served.again()
    refused(caller.get(OUT, client=None, headers=bearer), 401, "unauthorized")
    caller.advance(19)
    assert caller.get(OUT, client="acme-java").status_code == 200
    caller.advance(1)
    refused(caller.get(OUT, client="acme-java"), 401, "unauthorized")
    assert caller.get(OUT).status_code == 200
    answer = caller.http.post(
        "/oauth/token",
        data={"grant_type": "client_credentials", "client_id": "acme-read", "client_secret": "read-secret"},
    )
    assert answer.json()["access_token"] != expired


@holds("C.44", "7.97")
def test_key_is_replayed_after_a_restart_and_forgotten_on_time(serve: Callable[..., Served], state: Path) -> None:
    served = serve(state)
    caller = served.start()
    ask = patch(f"{OUT}/{A}", {"dialingRules": rules()}, headers={"Idempotency-Key": "kept"})
    first = ask.send(caller)
    caller = served.again()
    again = ask.send(caller)
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"
    other = patch(f"{OUT}/{A}", {"status": "PAUSED"}, headers={"Idempotency-Key": "kept"})
    refused(other.send(caller), 409, "idempotency_conflict")
    caller.advance(24 * 3600 + 1)
    caller = served.again()
    caller.tokens.clear()
    assert ask.send(caller).json()["revision"] == 44


@holds("C.44", "7.118")
def test_request_limit_goes_on_counting(serve: Callable[..., Served], state: Path) -> None:
    served = serve(state)
    caller = served.start()
    for _ in range(60):
        assert caller.get(OUT).status_code == 200
    caller.advance(20)
    caller = served.again()
    for _ in range(40):
        assert caller.get(OUT).status_code == 200
    refused(caller.get(OUT), 429, "rate_limited")
    caller = served.again()
    answer = caller.get(OUT)
    refused(answer, 429, "rate_limited")
    assert answer.headers["retry-after"] == "40"
    caller.advance(40)
    caller = served.again()
    assert caller.get(OUT).status_code == 200


@holds("C.44")
def test_webhook_deleted_stays_deleted(serve: Callable[..., Served], state: Path) -> None:
    served = serve(state)
    caller = served.start()
    hook = caller.post(HOOKS, webhook()).json()["id"]
    assert delete(f"{HOOKS}/{hook}").send(caller).status_code == 204
    caller = served.again()
    refused(caller.get(f"{HOOKS}/{hook}"), 404, "not_found")
    assert caller.post(HOOKS, webhook()).status_code == 201


@holds("C.44")
def test_reset_is_kept_too(serve: Callable[..., Served], state: Path) -> None:
    served = serve(state)
    caller = served.start()
    assert caller.status(A, "STOPPED").status_code == 200
    old = caller.token()
    caller.reset()
    caller = served.again()
    refused(caller.get(OUT, client=None, headers={"Authorization": f"Bearer {old}"}), 401, "unauthorized")
    assert caller.campaign(A)["status"] == "ACTIVE"


class Writers:
    """Threads that write to a campaign each until the connection breaks, and remember what was answered."""

    def __init__(self, caller: Caller, token: str) -> None:
        self.url, self.bearer = caller.url, {"Authorization": f"Bearer {token}"}
        self.answered: dict[str, list[dict[str, Any]]] = {f"BULK-{n}": [] for n in (1, 2, 3)}
        self.tags: dict[str, list[str]] = {name: ['W/"initial"'] for name in self.answered}
        self.hooks: list[str] = []
        self.more = Condition()

    def write(self, name: str) -> None:
        """Write rules, weights, a schedule and a webhook in turn, each on what the last answer told."""
        with http_client(base_url=self.url, headers=self.bearer, timeout=30.0) as client:
            try:
                for n in range(100_000):
                    self.one(client, name, n)
            except httpx2.TransportError:
                return

    def one(self, client: httpx2.Client, name: str, n: int) -> None:
        if n % 4 == 3:
            body = schedule(name, maxConcurrentCalls=n % 500 + 1)
            headers = {"If-Match": self.tags[name][-1]}
            answer = client.put(f"{CAM}/{name}/schedule", json=body, headers=headers)
            assert answer.status_code == 200, answer.text
            self.tags[name].append(answer.headers["etag"])
            return
        if n % 4 == 2:
            answer = client.post(HOOKS, json=webhook(url=f"http://127.0.0.1:9/{name}/{n}"))
            assert answer.status_code in (200, 201), answer.text
            self.hooks.append(answer.json()["id"])
            return
        if n % 4:
            answer = client.put(f"{OUT}/{name}", json=weights(name))
        else:
            answer = client.patch(f"{OUT}/{name}", json={"predictiveDialer": pacing(warmUpPeriod=n)})
        assert answer.status_code == 200, answer.text
        with self.more:
            self.answered[name].append(answer.json())
            self.more.notify_all()

    def count(self) -> int:
        return sum(len(answers) for answers in self.answered.values())

    def run_until(self, count: int, kill: Callable[[], None]) -> None:
        """Write until there are so many answers, then kill the server under the writers' hands."""
        threads = [Thread(target=self.write, args=(name,)) for name in self.answered]
        for thread in threads:
            thread.start()
        with self.more:
            self.more.wait_for(lambda: self.count() >= count)
        kill()
        for thread in threads:
            thread.join()


@holds("C.45", "C.44")
@pytest.mark.parametrize("count", [1, 7, 40, 111, 300])
def test_killed_process_has_lost_no_answered_write(serve: Callable[..., Served], state: Path, count: int) -> None:
    served = serve(state)
    caller = served.start()
    writers = Writers(caller, caller.token("bulk-all"))
    writers.run_until(count, lambda: served.end(signal.SIGKILL))
    caller = served.start()
    for name, answers in writers.answered.items():
        last = answers[-1] if answers else {"revision": 1}
        seen = caller.campaign(name, "bulk-all")
        # The one write in flight may have been done without its answer; no second one was sent.
        assert seen["revision"] in (last["revision"], last["revision"] + 1)
        if answers and seen["revision"] == last["revision"]:
            assert seen == last
        tag = caller.get(f"{CAM}/{name}/schedule", client="bulk-all").headers["etag"]
        known = len(writers.tags[name]) - 1
        assert tag in (writers.tags[name][-1], f'W/"{known + 1}"')
    hooks = {hook["id"] for hook in caller.get(HOOKS, client="bulk-all").json()["webhooks"]}
    assert set(writers.hooks) <= hooks
    assert len(hooks) <= len(writers.hooks) + 3


@holds("C.45")
def test_process_killed_again_and_again_never_goes_back(serve: Callable[..., Served], state: Path) -> None:
    served = serve(state)
    caller = served.start()
    token = caller.token("bulk-all")
    revisions = dict.fromkeys(("BULK-1", "BULK-2", "BULK-3"), 1)
    tags = {name: ['W/"initial"'] for name in revisions}
    for count in (5, 20, 3, 50, 11):
        writers = Writers(caller, token)
        writers.tags = {name: [tag[-1]] for name, tag in tags.items()}
        writers.run_until(count, lambda: served.end(signal.SIGKILL))
        caller = served.start()
        for name, answers in writers.answered.items():
            told = [answer["revision"] for answer in answers]
            assert told == list(range(revisions[name] + 1, revisions[name] + 1 + len(told)))
            seen = caller.campaign(name, "bulk-all")["revision"]
            assert seen - (revisions[name] + len(told)) in (0, 1)
            revisions[name] = seen
            tags[name] = [caller.get(f"{CAM}/{name}/schedule", client="bulk-all").headers["etag"]]
