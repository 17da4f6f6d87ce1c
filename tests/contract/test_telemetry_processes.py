"""What a process tells of itself beside the database, and that Prometheus takes all of it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from paceline.bootstrap import system_of
from paceline.campaign.lifecycle.changes import Pause
from paceline.campaign.ports import PlatformError
from paceline.cxone.outbound_v2.dialect import OutboundV2
from paceline.cxone.throttle import Allowance
from paceline.ledger.entry import Deed
from paceline.primitives.clock import MachineClock, ManualClock
from paceline.primitives.ids import CampaignId
from paceline.settings import read_settings
from paceline.settings.record import own_tenant
from paceline.telemetry.attempts import AttemptCounts
from paceline.telemetry.collector import Budget, Process, Telemetry
from paceline.telemetry.requests import RequestCounts
from paceline.telemetry.rounds import RoundCounts
from tests.contract.emulated import SECRET, Emulated
from tests.contract.systems import ACTIVE, LOCKED, PAUSE, STOP, Office, actor
from tests.contract.test_telemetry import of_database, samples, told
from tests.unit.telemetry.test_alerts import PROMTOOL, WITHOUT, metrics_named

HOSTILE = 'evil"}\n<script>alert(1)</script>'


def test_attempts_at_the_platform_are_counted_by_what_came_of_them(office: Office) -> None:
    attempts = AttemptCounts(office.clock)
    transport = office.emulated.transport(heard=attempts.hear)
    ada = office.system(platform=OutboundV2(transport))
    process = Process(attempts=attempts)
    ada.platform.read(ACTIVE)
    office.emulated.order("status", status=503, times=2)
    ada.platform.read(ACTIVE)
    with pytest.raises(PlatformError):
        ada.platform.read(CampaignId("NOBODY"))
    found = told(ada, process=process)
    results = {result: found[f'paceline_platform_attempts_total{{result="{result}"}}']
               for result in ("answered", "unavailable", "not-found")}  # fmt: skip
    assert results == {"answered": 3, "unavailable": 2, "not-found": 1}
    assert found["paceline_platform_attempt_seconds_count"] == 6
    assert found["paceline_platform_away_seconds"] == 0


def test_platform_is_away_from_the_first_attempt_without_an_answer_to_the_next_with_one() -> None:
    clock = ManualClock()
    attempts = AttemptCounts(clock)
    assert attempts.away_s() == 0
    for code in ("no-answer", "unavailable"):
        attempts.hear(code, 0.1)
        clock.advance(30)
    assert attempts.away_s() == 60
    attempts.hear("forbidden", 0.1)
    assert attempts.away_s() == 0


def test_rounds_of_the_worker_are_told_once_there_was_one(office: Office) -> None:
    ada, rounds = office.system(), RoundCounts(office.clock)
    process = Process(rounds=rounds)
    assert [name for name in told(ada, process=process) if name.startswith("paceline_worker_")] == []
    rounds.hear(ada.worker.once())
    office.clock.advance(7)
    found = told(ada, process=process)
    assert (found["paceline_worker_rounds_total"], found["paceline_worker_last_round_age_seconds"]) == (1, 7)
    assert found['paceline_worker_deliveries_total{result="given_up"}'] == 0


def test_what_others_wrote_makes_no_series_of_its_own(desk: Office) -> None:
    ada = desk.system()
    for number in range(3):
        entry = ada.book.open(Deed(kind=f"invented.{number}", actor=actor(HOSTILE), campaign=CampaignId(f"C{number}")))
        finding = {"rule": f"invented.{number}", "severity": "error", "message": HOSTILE}
        details: Mapping[str, Any] = {
            "findings": [finding],
            "error": {"code": HOSTILE},
            "timings_ms": {HOSTILE: 1.0, "total": 2.0},
        }
        ada.book.close(entry, outcome="refused" if number else HOSTILE, details=details)
        ada.book.note(Deed(kind=f"noted.{number}", actor=actor(HOSTILE)))
    text = Telemetry(ada).text()
    found = samples(text)
    assert found['paceline_changes_opened_total{kind="other"}'] == 3
    assert found['paceline_changes_ended_total{kind="other",outcome="other"}'] == 1
    assert found['paceline_refusals_total{rule="other"}'] == 2
    assert found['paceline_change_errors_total{code="other"}'] == 3
    assert found['paceline_ledger_notes_total{kind="other"}'] == 3
    assert [word for word in (b"invented", b"<script", b"C1", b"acme", b"noted") if word in text] == []


def test_number_of_series_does_not_grow_with_campaigns(desk: Office) -> None:
    ada = desk.system()
    telemetry = Telemetry(ada)
    before = len(of_database(samples(telemetry.text())))
    for number in range(40):
        ada.run(Pause(campaign=CampaignId(f"CMP-{number}")))
    # The accuracy is told since there is any; nothing was sent here, so there is none.
    assert len(of_database(samples(telemetry.text()))) == before


def everything(office: Office) -> Telemetry:
    """The metrics of a process that does all that a process can do."""
    attempts, requests, rounds = AttemptCounts(office.clock), RequestCounts(), RoundCounts(office.clock)
    transport = office.emulated.transport(heard=attempts.hear)
    ada = office.system(platform=OutboundV2(transport))
    for change in (PAUSE, STOP, STOP, Pause(campaign=LOCKED)):
        ada.run(change)
    requests.begun()
    requests.ended(route="/v1/campaigns/{id}", method="GET", status=200, seconds=0.02)
    rounds.hear(ada.worker.once())
    process = Process(attempts=attempts, requests=requests, rounds=rounds)
    return Telemetry(ada, process=process, budget=Budget(allowance=Allowance(), client="c"))


def test_every_metric_says_what_it_is(desk: Office) -> None:
    families = list(text_string_to_metric_families(everything(desk).text().decode()))
    ours = [family for family in families if family.name.startswith("paceline_")]
    assert len(ours) > 30
    assert [family.name for family in ours if len(family.documentation) < 20] == []
    assert [family.name for family in ours if family.type == "unknown"] == []
    timed = [family.name for family in ours if re.search(r"second|_ms$|minute|_age_|latency", family.name)]
    assert [name for name in timed if not name.endswith("_seconds")] == []


def test_alerts_ask_for_metrics_that_there_are(desk: Office) -> None:
    told = {family.name for family in text_string_to_metric_families(everything(desk).text().decode())}
    assert metrics_named() - told == set()


@pytest.mark.skipif(PROMTOOL is None, reason=WITHOUT)
def test_prometheus_finds_no_fault_with_the_metrics(desk: Office) -> None:
    assert PROMTOOL is not None
    words = [PROMTOOL, "check", "metrics"]
    text = everything(desk).text()
    ran = subprocess.run(words, input=text, check=False, capture_output=True)  # noqa: S603 # ours
    assert (ran.returncode, ran.stdout.decode() + ran.stderr.decode()) == (0, "")


def test_system_that_settings_describe_tells_of_its_attempts_and_its_budget(emulated: Emulated, tmp_path: Path) -> None:
    environment = {
        "PACELINE_API_URL": emulated.emulator.url,
        "PACELINE_CLIENT_ID": "all",
        "PACELINE_CLIENT_SECRET": SECRET,
        "PACELINE_DATABASE_URL": f"sqlite:///{tmp_path}/paceline.db",
        "PACELINE_REQUESTS_PER_MINUTE": "50",
    }
    settings = read_settings(flags={}, environment=environment, folder=tmp_path)
    attempts = AttemptCounts(MachineClock())
    allowance = Allowance(limit=settings.requests_per_minute, window_s=settings.request_window_s)
    budget = Budget(allowance=allowance, client=own_tenant(settings.platform))
    with system_of(settings, heard=attempts.hear) as system:
        system.explain(ACTIVE)
        text = Telemetry(system, process=Process(attempts=attempts), budget=budget).text()
    found = samples(text)
    assert found['paceline_platform_attempts_total{result="answered"}'] > 1
    assert found["paceline_request_budget_limit"] == 50
    assert found["paceline_request_budget_left"] < 50
    assert SECRET.encode() not in text
