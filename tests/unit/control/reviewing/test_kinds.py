"""The list of the ledger's kinds holds what the rooms note, each by its own constant."""

from __future__ import annotations

import pytest

from paceline.control.due.closing import ASIDE
from paceline.control.experiments.experiments import KINDS as OF_EXPERIMENTS
from paceline.control.predictions.kept import MEASURED, PACING_MEASURED
from paceline.control.records_kept import IMPORTED
from paceline.control.reviewing.kinds import ASPECTS, KINDS
from paceline.control.rollout.rollouts import KINDS as OF_ROLLOUTS
from paceline.control.supervision.supervisions import KINDS as OF_SUPERVISIONS
from paceline.control.telling.tuning_news import REGISTERED
from paceline.control.tracked.turns import UNSENT
from paceline.telemetry.labels import NOTES as COUNTED
from paceline.twin.kept import DRIFTED


@pytest.mark.parametrize(
    "noted",
    [OF_EXPERIMENTS, OF_ROLLOUTS, OF_SUPERVISIONS, COUNTED, (ASIDE, DRIFTED, IMPORTED, UNSENT, REGISTERED)],
    ids=["experiments", "rollouts", "supervisions", "counted", "others"],
)
def test_every_kind_that_a_room_notes_is_on_the_list(noted: tuple[str, ...]) -> None:
    assert set(noted) <= set(KINDS)
    assert {MEASURED, PACING_MEASURED} <= set(KINDS)
    assert {f"{kind.partition('.')[0]}.*" for kind in noted} <= set(ASPECTS)
