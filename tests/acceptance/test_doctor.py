"""`paceline doctor` through the command line: each thing that can be wrong is made wrong, and told."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from paceline.bootstrap import diagnosis_of
from paceline.cli.main import main
from paceline.cxone.auth import Credentials
from paceline.primitives.clock import ManualClock
from paceline.settings import Local, read_settings
from paceline.settings.running import held, made_folder, tell
from paceline.testing import RunningEmulator, running_emulator
from tests.acceptance.front import page, serving, stripping
from tests.trust import http_client

SECRET = "s3cret & more+=% ü"
TENANTS = f"""
[[tenants]]
id = "acme"
clients = [
  {{ id = "all", secret = "{SECRET}", scopes = ["Campaign.ReadWrite"] }},
  {{ id = "reader", secret = "{SECRET}", scopes = ["campaign:read"] }},
  {{ id = "writer", secret = "{SECRET}", scopes = ["campaign:write"] }},
]
campaigns = [{{ id = "EAST", status = "ACTIVE" }}]
"""
OURS = ("PACELINE_", "CXONE_", "HTTP_", "HTTPS_", "ALL_", "NO_PROXY", "SSL_CERT", "TARGET_CAMPAIGN", "CAMPAIGN_ID")


@dataclass
class Desk:
    """Where the command runs, and what it said last."""

    folder: Path
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    def set(self, **variables: str) -> None:
        for name, value in variables.items():
            self.patch.setenv(name, value)

    def doctor(self, code: int, *words: str) -> dict[str, dict[str, Any]]:
        """Run it, see its exit code and that no secret is said, and return its checks by name."""
        ended = main(["doctor", "-o", "json", *words])
        said = self.capture.readouterr()
        found = json.loads(said.out)
        assert (ended, found["ok"]) == (code, code == 0), said.out
        assert SECRET not in said.out + said.err
        assert "emu_" not in said.out + said.err
        return {one["check"]: one for one in found["checks"]}


@pytest.fixture(scope="module")
def emulator() -> Iterator[RunningEmulator]:
    with running_emulator(TENANTS, seed=7) as running:
        yield running


@pytest.fixture
def bare_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    for name in list(os.environ):
        if name.upper().startswith(OURS):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    desk = Desk(tmp_path, monkeypatch, capsys)
    desk.set(HOME=str(tmp_path), XDG_DATA_HOME="", PACELINE_DATA_FOLDER="data")
    return desk


@pytest.fixture
def desk(bare_desk: Desk, emulator: RunningEmulator) -> Desk:
    emulator.reset()
    bare_desk.set(CXONE_API_URL=emulator.url, CXONE_CLIENT_ID="all", CXONE_CLIENT_SECRET=SECRET)
    return bare_desk


def states(checks: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: one["state"] for name, one in checks.items()}


def test_everything_is_fine_after_the_first_command(desk: Desk) -> None:
    assert main(["get", "campaigns"]) == 0
    desk.capture.readouterr()
    checks = desk.doctor(0)
    assert list(states(checks).items()) == [
        ("settings.platform", "ok"),
        ("settings.client", "ok"),
        ("settings.database", "ok"),
        ("settings.tenant", "ok"),
        ("settings.profile", "ok"),
        ("database", "ok"),
        ("database.durable", "ok"),
        ("ledger", "ok"),
        ("changes", "ok"),
        ("workers", "ok"),
        ("zone_data", "ok"),
        ("law", "ok"),
        ("platform", "ok"),
        ("token", "ok"),
        ("scopes", "ok"),
        ("api", "ok"),
        ("time", "ok"),
        ("throttle", "ok"),
        ("up", "skipped"),
    ]
    assert "CXONE_API_URL" in checks["settings.platform"]["found"]
    assert checks["throttle"]["found"].startswith("2 of 100 requests")


def test_fresh_machine_gets_no_database_from_looking(desk: Desk) -> None:
    checks = desk.doctor(0)
    assert states(checks)["database"] == "warning"
    assert states(checks)["throttle"] == "skipped"
    assert list(desk.folder.iterdir()) == []


def test_nothing_is_recorded_by_looking(desk: Desk) -> None:
    assert main(["get", "campaigns"]) == 0
    desk.capture.readouterr()
    with sqlite3.connect(desk.folder / "data" / "paceline.db") as database:
        before = database.execute("SELECT * FROM ledger_entries").fetchall()
        desk.doctor(0)
        assert database.execute("SELECT * FROM ledger_entries").fetchall() == before
    database.close()


def test_table_is_for_people_and_says_what_to_do(desk: Desk) -> None:
    desk.set(CXONE_CLIENT_SECRET="other-secret")
    assert main(["doctor"]) == 4
    said = desk.capture.readouterr().out
    assert "bad      token" in said
    assert "-> check client id and secret" in said
    assert "other-secret" not in said


def test_wrong_secret_is_the_fault_of_the_credentials(desk: Desk) -> None:
    desk.set(CXONE_CLIENT_SECRET="other-secret")
    checks = desk.doctor(4)
    assert "invalid_client" in checks["token"]["found"]
    assert [states(checks)[name] for name in ("platform", "token", "scopes", "api")] == [
        "ok", "bad", "skipped", "skipped",
    ]  # fmt: skip


def test_scope_that_was_asked_for_in_vain_is_named(desk: Desk) -> None:
    desk.set(PACELINE_SCOPE="Campaign.ReadWrite webhooks:write")
    checks = desk.doctor(0)
    assert states(checks)["token"] == "warning"
    assert "but not the scopes webhooks:write" in checks["token"]["found"]
    desk.set(PACELINE_SCOPE="webhooks:write")
    assert "PACELINE_SCOPE" in desk.doctor(4)["token"]["hint"]


def test_scopes_say_which_changes_are_out_of_reach(desk: Desk) -> None:
    desk.set(CXONE_CLIENT_ID="reader")
    checks = desk.doctor(0)
    assert states(checks)["scopes"] == "warning"
    assert checks["scopes"]["found"].startswith("allowed: read; scopes campaign:read, from tokeninfo")
    assert "pause, resume, stop needs Campaign.ReadWrite or" in checks["scopes"]["hint"]


def test_client_that_may_not_read_lacks_a_right(desk: Desk) -> None:
    desk.set(CXONE_CLIENT_ID="writer")
    checks = desk.doctor(4)
    assert (states(checks)["scopes"], states(checks)["api"]) == ("bad", "bad")
    assert "403" in checks["api"]["found"]


def test_token_of_another_environment_is_told_from_a_stripped_one(desk: Desk) -> None:
    with running_emulator(TENANTS, seed=8) as other:
        desk.set(CXONE_AUTH_URL=f"{other.url}/oauth/token")
        checks = desk.doctor(1)
    assert states(checks)["token"] == "ok"
    assert "the token arrived and is refused" in checks["api"]["found"]
    assert "(sure)" in checks["api"]["found"]
    assert "different environments" in checks["api"]["hint"]


@pytest.mark.parametrize(("is_terse", "how_sure"), [(False, "(very likely: "), (True, "(likely: ")])
def test_proxy_that_strips_the_header_is_found(
    desk: Desk, emulator: RunningEmulator, is_terse: bool, how_sure: str
) -> None:
    with serving(stripping(emulator.url, is_terse=is_terse)) as front:
        desk.set(CXONE_API_URL=front, CXONE_AUTH_URL=f"{emulator.url}/oauth/token")
        checks = desk.doctor(1)
        assert f"the token did not arrive {how_sure}" in checks["api"]["found"]
        assert f"{emulator.url} knows it" in checks["api"]["found"]
        desk.set(CXONE_AUTH_URL=f"{front}/oauth/token")
        assert f"the token did not arrive {how_sure}" in desk.doctor(1)["api"]["found"]


def test_basic_credentials_behind_a_stripping_proxy_are_told_of_the_other_style(
    desk: Desk, emulator: RunningEmulator
) -> None:
    with serving(stripping(emulator.url)) as front:
        desk.set(CXONE_API_URL=front, PACELINE_TOKEN_STYLE="basic")
        assert "PACELINE_TOKEN_STYLE=form" in desk.doctor(4)["token"]["hint"]


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        (page(200, b"<html>Welcome</html>", Content_Type="text/html"), "200, a web page"),
        (page(302, Location="https://login.example.com/?token=x"), "302, a redirection to login.example.com"),
        (page(404, b"{}", Content_Type="application/json"), "404"),
        (page(200, b"{}", Content_Type="application/json"), "this is not the API"),
    ],
    ids=["page", "redirection", "absent", "another-document"],
)
def test_address_that_is_no_api_is_told_by_its_answer(
    desk: Desk, emulator: RunningEmulator, answers: Any, found: str
) -> None:
    with serving(answers) as elsewhere:
        desk.set(CXONE_API_URL=elsewhere, CXONE_AUTH_URL=f"{emulator.url}/oauth/token")
        checks = desk.doctor(1)
        assert found in checks["api"]["found"]
        assert "CXONE_API_URL" in checks["api"]["hint"]
        assert states(checks)["token"] == "ok"
        desk.set(CXONE_API_URL=emulator.url, CXONE_AUTH_URL=f"{elsewhere}/oauth/token")
        checks = desk.doctor(1)
        assert states(checks)["token"] == "bad"
        assert "CXONE_AUTH_URL" in checks["token"]["hint"]


def test_name_that_nobody_knows_is_a_matter_of_dns(desk: Desk) -> None:
    desk.set(CXONE_API_URL="http://nobody.invalid")
    checks = desk.doctor(1)
    assert ": DNS: " in checks["platform"]["found"]
    assert states(checks)["token"] == "skipped"


def test_port_where_nothing_listens_is_a_matter_of_tcp(desk: Desk) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        desk.set(CXONE_API_URL=f"http://127.0.0.1:{taken.getsockname()[1]}")
        assert "TCP: nothing listens" in desk.doctor(1)["platform"]["found"]


def test_tls_where_none_is_spoken_is_told(desk: Desk, emulator: RunningEmulator) -> None:
    desk.set(CXONE_API_URL=emulator.url.replace("http://", "https://"))
    assert "TLS: no agreement" in desk.doctor(1)["platform"]["found"]


def test_untrusted_certificate_is_told_with_the_variable_that_helps(bare_desk: Desk) -> None:
    with running_emulator(TENANTS, tls=True) as running:
        assert running.tls_url is not None
        bare_desk.set(CXONE_API_URL=running.tls_url, CXONE_CLIENT_ID="all", CXONE_CLIENT_SECRET=SECRET)
        checks = bare_desk.doctor(1)
        assert "TLS: the certificate" in checks["platform"]["found"]
        assert "SSL_CERT_FILE" in checks["platform"]["hint"]
        bare_desk.set(SSL_CERT_FILE=str(running.certificate))
        assert states(bare_desk.doctor(0))["api"] == "ok"


def test_certificates_that_are_not_there_are_named(desk: Desk) -> None:
    desk.set(SSL_CERT_FILE=str(desk.folder / "absent.pem"))
    checks = desk.doctor(1)
    assert "absent.pem" in checks["platform"]["found"]
    assert states(checks)["token"] == "skipped"


def test_proxy_that_is_away_is_named_without_its_password(desk: Desk) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        desk.set(CXONE_API_URL="http://api.example.com", HTTP_PROXY=f"http://ada:hidden-word@127.0.0.1:{port}")
        found = desk.doctor(1)["platform"]["found"]
    assert f"nothing listens at the proxy 127.0.0.1:{port}" in found
    assert "hidden-word" not in found


def test_proxy_that_lets_nobody_through_is_told(desk: Desk) -> None:
    with serving(page(403)) as proxy:
        desk.set(CXONE_API_URL="https://api.example.com", HTTPS_PROXY=proxy)
        checks = desk.doctor(1)
    assert f"the proxy {proxy.removeprefix('http://')} does not let us through" in checks["platform"]["found"]
    assert "NO_PROXY" in checks["platform"]["hint"]


def test_silence_after_the_connection_is_told_from_no_connection(desk: Desk, emulator: RunningEmulator) -> None:
    rule = {"kind": "reset_before", "method": "GET", "path": "/api/v2/outbound/*"}
    with http_client() as http:
        assert http.post(f"{emulator.url}/_emulator/faults", json=rule).status_code == 201
    assert "connected, but no answer came" in desk.doctor(1)["platform"]["found"]


@pytest.mark.parametrize(
    ("speed", "state", "told"),
    [
        (0.0, "ok", "it stands still, or nearly so: an emulator"),
        (100_000.0, "ok", "times as fast as ours: an emulator"),
    ],
)
def test_clock_of_an_emulator_is_known_by_two_looks(desk: Desk, speed: float, state: str, told: str) -> None:
    with running_emulator(TENANTS, now="2026-06-15T12:00:00Z", speed=speed) as running:
        desk.set(CXONE_API_URL=running.url)
        settings = read_settings(flags={}, environment=os.environ, folder=desk.folder)
        clock = ManualClock(wall_ns=1_795_000_000_000_000_000)
        (found,) = (one for one in diagnosis_of(settings, clock=clock) if one.check == "time")
    assert clock.running_ns() == 1_000_000_000
    assert found.state == state
    assert told in found.found


def test_platform_that_says_come_back_later_is_heard_by_all(desk: Desk, emulator: RunningEmulator) -> None:
    assert main(["get", "campaigns"]) == 0
    desk.capture.readouterr()
    rule = {"kind": "status", "status": 429, "retryAfter": 30, "path": "/api/v2/outbound/*", "nth": 2, "times": 1}
    with http_client() as http:
        assert http.post(f"{emulator.url}/_emulator/faults", json=rule).status_code == 201
    checks = desk.doctor(0)
    assert states(checks)["api"] == "warning"
    assert "come back in 30 s" in checks["throttle"]["found"]
    checks = desk.doctor(0)
    assert states(checks)["api"] == "skipped"
    assert "no request of ours may go" in checks["api"]["found"]


def test_window_that_is_used_up_is_told(desk: Desk) -> None:
    desk.set(PACELINE_REQUESTS_PER_MINUTE="1")
    assert main(["get", "campaigns"]) == 0
    desk.capture.readouterr()
    checks = desk.doctor(0)
    assert (states(checks)["api"], states(checks)["throttle"]) == ("skipped", "warning")
    assert checks["throttle"]["found"] == "1 of 1 requests in 60 s are used, 0 are left"


def test_wrong_setting_is_named_and_nothing_else_is_looked_at(desk: Desk) -> None:
    desk.set(PACELINE_LEASE_S="11")
    checks = desk.doctor(1)
    assert states(checks)["settings.lease_s"] == "bad"
    assert "PACELINE_LEASE_S" in checks["settings.lease_s"]["found"]
    assert set(states(checks).values()) == {"bad", "skipped"}


def test_no_platform_leaves_the_rest_to_be_looked_at(bare_desk: Desk) -> None:
    checks = bare_desk.doctor(1)
    assert (states(checks)["settings.platform"], states(checks)["database"]) == ("bad", "warning")
    assert "paceline up" in checks["up"]["hint"]


def test_file_of_an_up_that_is_gone_is_found(desk: Desk) -> None:
    told = {
        "api_url": "http://127.0.0.1:1", "auth_url": "http://127.0.0.1:1/oauth/token", "client_id": "up-1",
        "client_secret": SECRET, "database_url": "sqlite:///up.db", "pid": 2**31 - 1,
    }  # fmt: skip
    (desk.folder / "data").mkdir()
    (desk.folder / "data" / "up.json").write_text(json.dumps(told), encoding="utf-8")
    checks = desk.doctor(0)
    assert states(checks)["up"] == "warning"
    assert "is gone" in checks["up"]["found"]


def test_up_that_runs_is_the_platform_where_no_address_is_set(bare_desk: Desk, emulator: RunningEmulator) -> None:
    folder = made_folder(bare_desk.folder / "data")
    told = Local(
        api_url=emulator.url,
        token_url=f"{emulator.url}/oauth/token",
        credentials=Credentials(client_id="all", client_secret=SECRET),
        database_url=f"sqlite:///{folder / 'up.db'}",
        pid=os.getpid(),
    )
    with held(folder):
        tell(folder, told)
        checks = bare_desk.doctor(0)
        assert (states(checks)["up"], states(checks)["api"]) == ("ok", "ok")
        assert "the running `paceline up`" in checks["settings.platform"]["found"]
        bare_desk.set(CXONE_API_URL=emulator.url, CXONE_CLIENT_ID="all", CXONE_CLIENT_SECRET=SECRET)
        assert "commands do not talk to it" in bare_desk.doctor(0)["up"]["found"]


def test_database_password_is_nowhere(desk: Desk) -> None:
    for url in ("ada:hidden-word@127.0.0.1:1/x?password=hidden-word", "ada:hid@den-word@127.0.0.1:1/x"):
        desk.set(PACELINE_DATABASE_URL=f"postgresql+psycopg://{url}")
        assert main(["doctor", "-o", "json"]) == 1
        said = "".join(desk.capture.readouterr())
        assert "hidden-word" not in said
        assert "den-word" not in said
