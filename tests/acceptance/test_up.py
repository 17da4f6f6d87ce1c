"""`paceline up` as people run it: a process of its own, found by the settings of another one."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from paceline.campaign.ports import RateLimitedError, UnauthorizedError
from paceline.cxone.auth import Credentials
from paceline.cxone.outbound_v2.dialect import OutboundV2
from paceline.cxone.retry import Schedule
from paceline.cxone.transport import Address, Patience, Transport
from paceline.primitives.ids import CampaignId
from paceline.settings import Local, Settings, SettingsError, read_settings
from tests.forked import PIPE, Forked

PACELINE = Path(sys.executable).with_name("paceline")


class Up:
    """A running `paceline up` with a data folder of its own, and what it printed before it was ready."""

    def __init__(self, place: Path, *words: str, port: int = 0, **variables: str) -> None:
        self.place = place
        self.data = place / "data"
        self.variables = {"PACELINE_DATA_FOLDER": "data", "HOME": str(place), **inherited(), **variables}
        told = ["up", "--emulator-port", str(port), *words]
        self.process = Forked(told, folder=place, environment=self.variables, stderr=PIPE)
        self.printed = []
        for line in self.process.stdout:
            self.printed.append(line)
            if line.startswith("Ctrl-C"):
                break

    def settings(self) -> Settings:
        return read_settings(flags={}, environment=self.variables, folder=self.place)

    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.data / "up.json").read_text(encoding="utf-8"))
        return found

    def end(self, how: signal.Signals) -> tuple[int, str]:
        """End it and return its exit code and what it said on stderr."""
        self.process.send_signal(how)
        _, errors = self.process.communicate()
        return self.process.returncode, errors


def inherited() -> dict[str, str]:
    """Where Python looks for modules, where this process was told."""
    return {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}


Start = Callable[..., Up]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    with ExitStack() as stack:

        def begin(*words: str, port: int = 0, whole: bool = False, **variables: str) -> Up:
            # Most of this is about the emulator, which is up sooner without company.
            more = () if whole else ("--emulator-only",)
            up = Up(tmp_path, *words, *more, port=port, **variables)
            stack.callback(up.process.communicate)
            stack.callback(up.process.kill)
            return up

        yield begin


def reading(local: Local, credentials: Credentials) -> str:
    """Read a campaign of the demo tenant and return its name."""
    once = Patience(schedule=Schedule(attempts=1))
    transport = Transport(Address(api=local.api_url, token=local.token_url), credentials, patience=once)
    try:
        return str(OutboundV2(transport).read(CampaignId("CMP-12345")).document["name"])
    finally:
        transport.close()


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_up_tells_where_it_is_while_it_runs_and_ends_cleanly(start: Start, how: signal.Signals, code: int) -> None:
    up = start()
    path = up.data / "up.json"
    assert (oct(path.stat().st_mode & 0o777), oct(up.data.stat().st_mode & 0o777)) == ("0o600", "0o700")
    told = up.told()
    assert told["pid"] == up.process.pid
    assert told["database_url"] == f"sqlite:///{up.data / 'up.db'}"
    assert f"emulator  {told['api_url']}\n" in up.printed
    assert "Next, in another terminal: paceline get campaigns\n" in up.printed
    assert told["client_secret"] not in "".join(up.printed)
    assert up.end(how) == (code, "")
    assert not path.exists()
    with pytest.raises(SettingsError, match="no `paceline up` runs here"):
        _ = up.settings().platform


def test_settings_of_another_process_find_it_and_its_credentials_work(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    up = start("--speed", "0", "--clock", "2026-06-15T12:00:00Z", "--seed", "7")
    found = up.settings()
    assert isinstance(found.platform, Local)
    assert found.source_of_address == f"the running `paceline up` (process {up.process.pid})"
    assert found.database_url.endswith("/up.db")
    assert reading(found.platform, found.platform.credentials) == "Renewals East"
    with pytest.raises(UnauthorizedError):
        reading(found.platform, Credentials(client_id="demo-client", client_secret="demo-secret"))


def test_limit_that_is_set_for_us_is_the_emulators_too(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    up = start("--speed", "0", PACELINE_REQUESTS_PER_MINUTE="1", PACELINE_REQUEST_WINDOW_S="30")
    found = up.settings().platform
    assert isinstance(found, Local)
    for _ in range(2):
        reading(found, found.credentials)
    with pytest.raises(RateLimitedError, match="more than 2 requests in 60 s"):
        reading(found, found.credentials)


def test_credentials_are_new_each_time_whatever_the_seed(start: Start) -> None:
    seen = set()
    for _ in range(2):
        up = start("--seed", "7")
        told = up.told()
        seen |= {told["client_id"], told["client_secret"]}
        up.end(signal.SIGTERM)
    assert len(seen) == 4


def test_second_up_is_refused_while_the_first_lives_on(start: Start) -> None:
    first = start()
    told = first.told()
    second = start()
    assert second.printed == []
    code, errors = second.process.wait(), second.process.communicate()[1]
    assert code == 1
    assert errors.startswith(
        f"paceline: a `paceline up` runs already: process {first.process.pid}, emulator at {told['api_url']}\n"
    )
    assert told["client_secret"] not in errors
    assert first.told() == told
    assert isinstance(first.settings().platform, Local)


def test_up_starts_again_after_one_that_was_killed(start: Start) -> None:
    killed = start()
    killed.end(signal.SIGKILL)
    with pytest.raises(SettingsError, match="is gone"):
        _ = killed.settings().platform
    again = start()
    assert again.told()["pid"] == again.process.pid
    assert isinstance(again.settings().platform, Local)


def test_up_says_that_commands_go_elsewhere_while_an_address_is_set(start: Start) -> None:
    up = start(CXONE_API_URL="https://api.example.com")
    code, errors = up.end(signal.SIGTERM)
    assert code == 0
    assert errors == (
        "paceline: commands do not talk to this emulator while another address is set, "
        "from the environment's CXONE_API_URL\n"
    )


def test_port_that_is_taken_is_refused_with_the_option_that_names_another(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        up = start(port=taken.getsockname()[1])
        assert up.process.wait() == 1
    assert up.process.communicate()[1].endswith("name another --emulator-port\n")
    assert not (up.data / "up.json").exists()


def test_wrong_setting_keeps_it_from_starting(start: Start) -> None:
    up = start(PACELINE_LEASE_S="11")
    assert up.process.wait() == 1
    assert "lease_s, from the environment's PACELINE_LEASE_S, must be" in up.process.communicate()[1]
    assert not up.data.exists()


def test_profile_of_a_named_file_says_where_the_data_lie(start: Start, tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("[profiles.east]\ndata_folder = 'east'\n", encoding="utf-8")
    up = start("--config", "other.toml", "-p", "east", PACELINE_DATA_FOLDER="")
    assert up.printed
    assert (tmp_path / "east" / "up.json").exists()
    assert os.fspath(tmp_path / "east" / "up.db") in "".join(up.printed)


def test_command_says_which_settings_are_not_used_with_it_and_why(start: Start) -> None:
    up = start()
    named = {
        "PACELINE_DATABASE_URL": "postgresql+psycopg://ada:hidden-word@db.example.com/ledger",
        "PACELINE_TENANT": "acme",
        "CXONE_CLIENT_ID": "client-1",
        "PACELINE_CLIENT_SECRET": "hidden-word",
    }
    told = f"paceline: no address is set; this is the running `paceline up` (process {up.process.pid}), "
    plain, aside = listing(up), listing(up, **named)
    assert plain.startswith(told)
    assert "not used here" not in plain
    assert aside.startswith(plain.rstrip("\n") + "; not used here: ")
    assert all(f"'s {name})" in aside for name in named)
    assert "hidden-word" not in aside
    assert aside.endswith(": an emulator has its own, so that nothing real is mixed with what is tried\n")


def listing(up: Up, **variables: str) -> str:
    """List the campaigns beside a running `paceline up`, and return what was said on stderr."""
    done = subprocess.run(  # noqa: S603  # the project's own command, with words of the tests
        [str(PACELINE), "get", "campaigns"],
        cwd=up.place,
        env={**up.variables, "NO_PROXY": "127.0.0.1", **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "CMP-12345" in done.stdout
    return done.stderr
