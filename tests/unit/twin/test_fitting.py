"""A twin is fitted on the first days, checked on the others, and told with its standing."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import numpy as np
import pytest

from paceline.campaign.evidence import Lack, NoEvidence
from paceline.primitives.canonical import canonical_json
from paceline.records.summary import HalfHours
from paceline.simulation.engine import simulate
from paceline.twin.fitting import fit_twin
from paceline.twin.judging import judged
from paceline.twin.model import Twin
from paceline.twin.play import replayed
from tests.unit.twin.fitted_twin import DAYS, TRUTH, fitted, material
from tests.unit.twin.known_campaign import half_hours, scenario_of


def test_intervals_hold_what_they_should_in_half_hours_that_no_fit_has_seen() -> None:
    twin = fitted()
    assert twin.standing.passed, twin.standing.why
    assert twin.standing.folds == 5
    assert {one.measure for one in twin.standing.coverage} == {"answers", "abandons", "utilisation"}
    for one in judged(twin.results):
        assert 0.80 <= one.held.covered <= 0.99
        assert one.skill is not None
        assert one.skill > 0


def test_fitted_parameters_are_those_of_the_truth() -> None:
    twin = fitted()
    parameters = {one.name: one for one in twin.parameters}
    talk = parameters["talk, mean"]
    assert talk.value == pytest.approx(TRUTH.talk_s, rel=0.03)
    assert talk.low < talk.value < talk.high
    assert parameters["machines, of dials that no person answered"].value == pytest.approx(0.3, abs=0.01)
    day = simulate(scenario_of(TRUTH, 10, 1.0), seed=8, days=40)
    played = replayed(twin, lambda agents: _told(twin, agents), twin.days * 4, seed=2)
    busy = sum(one.busy_s.sum() for one in played) / sum(one.staffed_s.sum() for one in played)
    assert busy == pytest.approx(day.utilisation.mean, abs=0.02)


def _told(twin: Twin, agents: int):  # type: ignore[no-untyped-def]  # noqa: ANN202  # a Boldness
    bold = material(twin.half_hours, TRUTH, told=0.8).told
    assert bold is not None
    return bold(agents)


def test_effective_lines_make_up_for_what_the_dialer_is_told() -> None:
    twin = fitted()
    assert twin.told == pytest.approx(0.8 * TRUTH.lines)
    effective = twin.effective(_told(twin, 10), twin.best)
    assert effective.lines == pytest.approx(twin.best.lines)
    assert 0.75 * TRUTH.lines < effective.lines < 1.35 * TRUTH.lines


def test_held_out_days_lie_after_all_that_was_fitted_on() -> None:
    twin = fitted()
    assert len(twin.days) == DAYS == 11
    assert len(twin.held_out) == 3
    assert len(twin.training) == 8
    assert max(day.end for day in twin.training) <= min(day.start for day in twin.held_out)


def test_same_data_and_seed_give_the_same_fit_whatever_the_held_out_days_are() -> None:
    measured = half_hours(TRUTH, DAYS, 3)
    last = fitted().held_out[0].start
    factor = np.where(measured.start >= last, 2, 1)
    other = replace(measured, answered=measured.answered * factor, abandoned=measured.abandoned * factor)
    again = fit_twin(material(other, TRUTH, told=0.8), seed=1)
    assert isinstance(again, Twin)
    assert again.best == fitted().best
    assert again.draws == fitted().draws
    assert not again.standing.passed


def test_kept_document_gives_the_twin_back() -> None:
    twin = fitted()
    again = Twin.of(json.loads(canonical_json(twin.document())))
    assert canonical_json(again.document()) == canonical_json(twin.document())
    assert again.draws == twin.draws
    assert again.standing == twin.standing
    told = (lambda agents: _told(twin, agents), twin.held_out)
    one, other = (replayed(which, *told, seed=4) for which in (twin, again))
    assert all((a.answers == b.answers).all() for a, b in zip(one, other, strict=True))


def test_document_of_another_version_is_no_twin() -> None:
    with pytest.raises(ValueError, match="version 99"):
        Twin.of({**fitted().document(), "version": 99})


def test_too_few_days_are_their_own_answer() -> None:
    found = fit_twin(material(half_hours(TRUTH, 9, 3), TRUTH), seed=1)
    assert isinstance(found, NoEvidence)
    assert found.lack is Lack.TOO_LITTLE_DATA
    assert "paceline twin fit CMP-1" in found.advice


def test_too_few_answers_are_their_own_answer() -> None:
    whole = half_hours(TRUTH, DAYS, 3)
    thin = HalfHours(
        **{
            one.name: getattr(whole, one.name) // 50
            if one.name in {"answered", "abandoned"}
            else getattr(whole, one.name)
            for one in fields(HalfHours)
        }
    )
    found = fit_twin(material(thin, TRUTH), seed=1)
    assert isinstance(found, NoEvidence)
    assert found.lack is Lack.TOO_LITTLE_DATA
    assert "people answered" in found.why
