"""What a drift brings about in a whole system: an entry with the way back, news, and an experiment that is held."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from paceline.bootstrap.drifting import certified_of, drift_watch_of
from paceline.control.experiments.standing import Phase
from paceline.control.order import Order
from paceline.ledger.entry import Query
from paceline.storage.tables import OUTBOX_MESSAGES
from paceline.twin.kept import DRIFTED, By, Twins
from tests.contract.switched import TRIED, Bench, started, status
from tests.contract.systems import Office
from tests.contract.test_drift_watch import At, Tells, measured
from tests.unit.twin.fitted_twin import fitted


@dataclass
class Watched:
    """A system whose platform tells what it was given."""

    system: Any
    platform: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.system, name)


def test_drift_holds_the_running_experiment_and_is_told_to_whoever_hears(office: Office) -> None:
    ada = Bench(office).system()
    ada.webhooks.add("https://hooks.example.com/paceline", (DRIFTED,), Order(actor=ada.actor))
    running = started(ada)
    kept = replace(fitted(), campaign=TRIED, standing=replace(fitted().standing, passed=True))
    Twins(ada.database, ada.book).keep(kept, By(actor=ada.actor))
    tells = Tells(replace(measured(answers=0.7), campaign=TRIED))
    watched: Any = Watched(ada, tells)
    time: Any = At()
    assert [drift_watch_of(watched).run(time) for _ in range(2)] == [1, 0]
    assert status(ada).phase is Phase.PAUSED
    column = OUTBOX_MESSAGES.c
    told = [
        json.loads(one) for one in ada.database.read(lambda link: link.execute(select(column.body)).scalars().all())
    ]
    (news,) = [one for one in told if one["type"] == DRIFTED]
    assert (news["campaign"], news["data"]["quantity"], news["data"]["toward"]) == (TRIED, "answers", "fewer")
    assert (news["data"]["experiment_held"], news["data"]["way_back"]) == (running.entry, None)
    assert news["entry"] == ada.book.entries(Query(kind=DRIFTED))[0].number
    assert certified_of(ada.book, TRIED) is None, "a switch of an experiment is judged by nobody"
