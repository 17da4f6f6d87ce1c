"""`paceline up` with all that belongs to it: a day that is dialed, pages behind a link, and a worker."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
import pytest

from paceline.cli.company import HOST
from tests.acceptance.test_up import PACELINE, Up
from tests.trust import http_client

CAMPAIGN = "CMP-12345"


@contextmanager
def started(place: Path, *words: str) -> Iterator[Up]:
    begun = Up(place, *words)
    try:
        yield begun
    finally:
        begun.process.kill()
        begun.process.communicate()


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    with started(tmp_path, "--port", "0") as begun:
        yield begun


def printed(up: Up, name: str) -> str:
    """What stands behind a name in what it printed."""
    return next(line for line in up.printed if line.startswith(name)).split()[1]


def enter(browser: httpx2.Client, link: str) -> int:
    """Follow a link as the entrance's script does, and return the status."""
    proof = re.search(r'name="proof" value="(\w+)"', browser.get("/enter").text)
    assert proof is not None
    return browser.post("/enter", data={"proof": proof[1], "to": "/", "link": link.partition("#")[2]}).status_code


def browser_at(up: Up) -> httpx2.Client:
    return http_client(base_url=printed(up, "service"), trust_env=False, timeout=30)


def typed(up: Up, *words: str) -> str:
    """Type a command beside it that ends with 0, and return what it printed."""
    done = subprocess.run(  # noqa: S603  # the project's own command, with words of the tests
        [str(PACELINE), *words],
        cwd=up.place,
        env={**up.variables, "NO_PROXY": HOST},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_link_signs_in_once_to_a_day_that_is_dialed_and_ctrl_c_ends_all_of_it(up: Up) -> None:
    link = printed(up, "open")
    assert up.told()["service_url"] == printed(up, "service") == link.partition("/enter")[0]
    with browser_at(up) as browser, browser_at(up) as other:
        assert enter(browser, link) == 303
        assert enter(other, link) == 403
        page = browser.get("/", follow_redirects=True)
        assert (page.status_code, "Renewals East" in page.text) == (200, True)
        explained = typed(up, "explain", CAMPAIGN)
        assert "its schedule is open" in explained
        assert re.search(r"calls are still in flight: .*[1-9]\d* are connected", explained)
        with browser.stream("GET", "/v1/events", params={"after": 0}) as stream:
            lines = stream.iter_lines()
            next(lines)
            up.process.send_signal(signal.SIGINT)
            assert ": this stream ends here; ask again with the last id" in list(lines)
    _, errors = up.process.communicate()
    assert (up.process.returncode, errors) == (130, "")
    assert not (up.data / "up.json").exists()


def test_its_worker_makes_what_is_due(up: Up) -> None:
    assert f"service at {printed(up, 'service')}" in typed(up, "doctor")
    clock = httpx2.get(f"{printed(up, 'emulator')}/_emulator/clock", trust_env=False).json()
    typed(up, "stop", CAMPAIGN, "--at", clock["now"])
    assert up.process.stderr is not None
    assert f"lifecycle.stop of {CAMPAIGN}  applied" in up.process.stderr.readline()
    up.process.send_signal(signal.SIGTERM)
    assert up.process.wait() == 0


def test_port_that_was_named_is_had_or_refused(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with started(tmp_path, "--port", str(port)) as refused:
            assert refused.process.wait() == 1
            told = refused.process.communicate()[1]
            assert f"cannot listen on {HOST} port {port}" in told
            assert told.endswith("name another --port; 0 takes a free one\n")
            assert not (refused.data / "up.json").exists()


def test_usual_port_gives_way_where_it_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        with suppress(OSError):  # somebody else may have it
            taken.bind((HOST, 8080))
            taken.listen()
        with started(tmp_path) as up:
            assert any(line.endswith("(port 8080 is taken)\n") for line in up.printed)
            with browser_at(up) as browser:
                assert browser.get("/readyz").status_code == 200
