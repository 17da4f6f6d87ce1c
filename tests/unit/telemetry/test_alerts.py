"""The alert rules: Prometheus's own checker takes them, each is held by a test of its, and each has a page."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
import yaml

from paceline.telemetry import runbooks
from tests.architecture.tree import ROOT

FOLDER = ROOT / "deploy" / "alerts"
PROMTOOL = shutil.which("promtool")
WITHOUT = (
    "promtool is not installed here, so Prometheus itself did not look at this (Debian: apt-get install prometheus)"
)
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason=WITHOUT)


def checked(*words: str) -> str:
    assert PROMTOOL is not None
    ran = subprocess.run([PROMTOOL, *words], check=False, capture_output=True, text=True, cwd=FOLDER)  # noqa: S603 # ours
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def rules() -> list[dict[str, object]]:
    (group,) = yaml.safe_load((FOLDER / "paceline.yml").read_text(encoding="utf-8"))["groups"]
    return list(group["rules"])


@needs_promtool
def test_prometheus_takes_the_rules() -> None:
    assert f"{len(rules())} rules found" in checked("check", "rules", "paceline.yml")


@needs_promtool
def test_alerts_fire_on_what_they_are_for_and_not_otherwise() -> None:
    assert "SUCCESS" in checked("test", "rules", "paceline.test.yml")


def test_every_alert_is_fired_by_a_test_of_its_own() -> None:
    tests = yaml.safe_load((FOLDER / "paceline.test.yml").read_text(encoding="utf-8"))["tests"]
    named = {str(rule["alert"]) for rule in rules()}
    fired = {one["name"] for one in tests if f'alertname="{one["name"]}"' in str(one.get("promql_expr_test"))}
    assert fired == named


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule["alert"]))
def test_alert_is_whole(rule: dict[str, dict[str, str]]) -> None:
    name = str(rule["alert"])
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
    assert rule["annotations"]["runbook_url"].endswith(runbooks.runbook_of_alert(name))
    assert runbooks.page(name) is not None


def metrics_named() -> set[str]:
    """Every metric that an alert asks for, its suffixes taken off."""
    found = {name for rule in rules() for name in re.findall(r"\bpaceline_[a-z_]+", str(rule["expr"]))}
    return {re.sub(r"_(?:total|bucket|count|sum)$", "", name) for name in found}


def test_alerts_ask_for_something() -> None:
    assert len(metrics_named()) > 15
