"""`paceline serve` as people run it: processes that start together, end with grace, and keep secrets."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx2
import pytest

from tests.acceptance.serving import Served, key_of
from tests.acceptance.shift import Shift
from tests.contract.emulated import SECRET
from tests.databases import PostgresServer

Start = Callable[..., Served]


@pytest.fixture
def start(shift: Shift) -> Iterator[Start]:
    with ExitStack() as stack:

        def begin(*words: str) -> Served:
            served = Served(shift.folder, *words)
            stack.callback(served.process.communicate)
            stack.callback(served.process.kill)
            return served

        yield begin


def test_request_that_runs_ends_and_a_stream_ends_with_a_comment_before_the_service_does(
    shift: Shift, start: Start
) -> None:
    key, served = key_of("ada"), start().ready()
    shift.emulated.order("delay", method="PATCH", path="/api/*", delayMs=700)
    with served.asked_by(key) as client, served.asked_by(key) as listener, ThreadPoolExecutor() as threads:
        with listener.stream("GET", "/v1/events", params={"after": 0}) as stream:
            lines = stream.iter_lines()
            next(lines)
            pausing = threads.submit(client.post, "/v1/campaigns/ACTIVE:pause", headers={"If-Match": "*"})
            while shift.state("ACTIVE") == "ACTIVE":
                pass
            # It was done, and the answer is on its way.
            assert served.end(signal.SIGTERM) == 0
            assert ": this stream ends here; ask again with the last id" in list(lines)
        assert pausing.result().json()["outcome"] == "applied"
    assert served.said[-1]["event"] == "ended"
    with pytest.raises(httpx2.ConnectError), served.asked_by(key) as late:
        late.get("/healthz")


def test_it_says_where_it_serves_that_nobody_has_a_key_and_no_secret(shift: Shift, start: Start) -> None:
    served = start().ready()
    assert served.process.stderr is not None
    hint = json.loads(served.process.stderr.readline())
    assert (hint["event"], hint["level"]) == ("nobody has a key yet", "warning")
    assert served.said[0] | {"at": ""} == {
        "at": "",
        "level": "info",
        "event": "serving",
        "url": served.url,
        "database": f"sqlite:///{shift.folder / 'data' / 'paceline.db'}",
        "tenant": "acme",
        "platform": shift.emulated.emulator.url,
    }
    assert served.end(signal.SIGINT) == 130
    assert SECRET not in json.dumps(served.said)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])  # noqa: S104  # it is refused
def test_it_is_not_opened_to_other_machines_by_mistake(shift: Shift, host: str) -> None:
    shift.type("serve", "--host", host, "--port", "0", code=1)
    assert f"on {host} other machines would reach the service in plain http" in shift.err
    assert "--behind-tls" in shift.err


def test_port_that_is_taken_is_said(shift: Shift, start: Start) -> None:
    served = start().ready()
    port = served.url.rpartition(":")[2]
    shift.type("serve", "--port", port, code=1)
    assert f"cannot listen on 127.0.0.1 port {port}" in shift.err


def test_behind_tls_only_a_proxy_is_believed_and_cookies_are_for_https(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACELINE_PROXIES", "192.0.2.0/24")
    served = start("--behind-tls").ready()
    with served.asked_by("pk_nothing_wrong") as client:
        told = client.get("/healthz")
        assert told.headers["Strict-Transport-Security"].startswith("max-age=")
        # This machine is no proxy here: its word does not make wrong keys come from many addresses.
        statuses = {
            client.get("/v1/campaigns", headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(25)
        }
    assert statuses == {401, 429}


def test_two_that_start_at_once_on_an_empty_database_make_its_tables_once(
    start: Start, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACELINE_DATABASE_URL", postgres.new_database())
    both = [start(), start()]
    urls = {served.ready().url for served in both}
    assert len(urls) == 2
    key = key_of("ada")
    for served in both:
        with served.asked_by(key) as client:
            assert client.get("/readyz").status_code == 200
            assert client.get("/v1/campaigns").status_code == 200
        assert served.end(signal.SIGTERM) == 0
