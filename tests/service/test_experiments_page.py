"""Experiments on their pages: blocks with their settings, what planned looks showed, and who may start and end them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import httpx2
import pytest

from paceline.control.access.rights import Role
from paceline.control.experiments.plan import Setting
from tests.contract.switched import FROM, TERMS, TRIED, Bench, plan, status
from tests.contract.systems import Office
from tests.service.served import Served, serving

PAGE = f"/experiments/{TRIED}"


@pytest.fixture(scope="module")
def bench(lasting: Office) -> Bench:
    return Bench(lasting)


@pytest.fixture(scope="module")
def tried(bench: Bench) -> Iterator[Served]:
    """A service with a campaign whose experiment is planned."""
    system = bench.system()
    made = plan(system, replace(TERMS, days=8, ends_early=False))
    assert made.experiment is not None, made.document()
    with serving(system) as running:
        yield running


def words(answer: httpx2.Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def asked(served: Served, role: Role = Role.OPERATOR) -> httpx2.Client:
    return served.client(role, Accept="text/html", **{"HX-Request": "true"})


def viewed(served: Served, path: str = PAGE) -> httpx2.Response:
    return served.client(Role.VIEWER, Accept="text/html").get(path)


def test_planned_experiment_shows_every_block_with_its_setting_before_it_starts(tried: Served) -> None:
    made, shown = status(tried.system), viewed(tried)
    letters = "".join(re.findall(r'class="letters"[^>]*>([on]+)<', shown.text))
    assert letters == "".join(one.setting.value[0] for one in made.plan.blocks)
    for said in (
        "Planned", "24 blocks on 8 days, 12 of the old setting (o) and 12 of the new one (n); 0 carried out",
        "answer_rate 0.1, predictive_factor 0.25", "No look has shown anything yet", "coins from seed 11",
        "which is better",
    ):  # fmt: skip
        assert said in words(shown), (said, words(shown))
    assert "Abort" not in words(shown), "a viewer has no button"
    assert str(TRIED) in words(viewed(tried, "/experiments"))
    assert "It never had an experiment" in words(viewed(tried, "/experiments/ACTIVE"))
    assert viewed(tried, "/experiments/NOWHERE").status_code == 404


def test_question_about_another_experiment_than_the_one_shown_does_nothing(tried: Served) -> None:
    answer = words(asked(tried).post(f"{PAGE}/abort", data={"experiment": "1"}))
    assert "another experiment was planned since you looked" in answer
    assert status(tried.system).phase.value == "planned"
    assert asked(tried, Role.VIEWER).post(f"{PAGE}/abort").status_code == 403
    assert asked(tried).get(f"{PAGE}/promote").status_code == 404
    assert "It cannot be done as it stands." in words(asked(tried).get(f"{PAGE}/pause"))


def test_experiment_is_started_watched_and_aborted_from_its_page(tried: Served, bench: Bench) -> None:
    entry, client = str(status(tried.system).entry), asked(tried)
    assert f'name="experiment" value="{entry}"' in client.get(f"{PAGE}/start").text
    assert "Start: kept" in words(client.post(f"{PAGE}/start", data={"experiment": entry, "reason": "go"}))
    for _ in range(6):
        bench.day(tried.system)
    shown = viewed(tried)
    assert "18 blocks in numbers" in words(shown)
    assert 'class="used"' in shown.text
    assert "Look 1 of 2" in words(shown)
    assert "Evidence of an experiment" in words(shown)
    assert "Nobody has looked" not in words(shown)
    bench.until(FROM // 3600)
    bench.office.clock.advance(61)  # a look at all campaigns counts for a minute
    assert "Nobody has looked at it for 21 hours" in words(viewed(tried))
    assert "Abort: kept" in words(client.post(f"{PAGE}/abort", data={"experiment": entry, "reason": "enough"}))
    tried.system.worker.once()
    assert bench.live() is Setting.OLD
    ended = words(viewed(tried))
    assert "Aborted" in ended
    assert "aborted by operator: enough" in ended
