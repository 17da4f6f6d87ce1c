"""What a drift brings about in a whole system: an entry with the way back, news, and an experiment that is held."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from paceline.bootstrap import System
from paceline.bootstrap.drifting import certified_of, drift_watch_of
from paceline.bootstrap.telling import crier_of
from paceline.bootstrap.twin_fitting import checked_twin
from paceline.bootstrap.twins import twins_of
from paceline.control.experiments.standing import Phase
from paceline.control.order import Order
from paceline.control.telling.announcing import Announcer
from paceline.ledger.book import Book
from paceline.ledger.entry import Query
from paceline.storage.database import Database
from paceline.storage.tables import OUTBOX_MESSAGES
from paceline.twin.kept import DRIFTED, By, Twins
from tests.contract.switched import TRIED, Bench, started, status
from tests.contract.systems import Office
from tests.contract.test_drift_watch import At, Tells, measured
from tests.unit.twin.fitted_twin import fitted


@dataclass
class Alone:
    """A ledger that is open without a platform, as a command opens it."""

    database: Database
    book: Book
    crier: Announcer


@dataclass
class Watched:
    """A system whose platform tells what it was given."""

    system: Any
    platform: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.system, name)


def drifts_told(system: System) -> list[dict[str, Any]]:
    """Return the news of drift that was put for whoever subscribed."""
    asked = select(OUTBOX_MESSAGES.c.body)
    told = [json.loads(one) for one in system.database.read(lambda link: link.execute(asked).scalars().all())]
    return [one for one in told if one["type"] == DRIFTED]


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
    (news,) = drifts_told(ada)
    assert (news["campaign"], news["data"]["quantity"], news["data"]["toward"]) == (TRIED, "answers", "fewer")
    assert (news["data"]["experiment_held"], news["data"]["way_back"]) == (running.entry, None)
    assert news["entry"] == ada.book.entries(Query(kind=DRIFTED))[0].number
    assert certified_of(ada.book, TRIED) is None, "a switch of an experiment is judged by nobody"


def test_drift_that_a_check_finds_is_marked_and_told_once_from_the_ledger_alone(desk: Office) -> None:
    ada = Bench(desk).system()
    ada.webhooks.add("https://hooks.example.com/paceline", (DRIFTED,), Order(actor=ada.actor))
    kept = replace(fitted(), campaign=TRIED, standing=replace(fitted().standing, passed=True))
    ledger: Any = Alone(ada.database, ada.book, crier_of(ada.database, ada.book, ada.clock))
    twins_of(ledger).keep(kept, By(actor=ada.actor))
    whole: Any = Watched(ada, Tells(replace(measured(answers=0.7), campaign=TRIED)))
    by = By(actor=ada.actor, reason="paceline twin check")
    for _ in range(2):
        found = checked_twin(ledger, None, TRIED, by, opened=lambda: nullcontext(whole))
        assert found is not None
        assert found[1].drifted is not None
    (news,) = drifts_told(ada)
    (marked,) = ada.book.entries(Query(kind=DRIFTED))
    assert (news["entry"], news["data"]["quantity"]) == (marked.number, "answers")
    assert (marked.actor, marked.rows[0].document["reason"]) == (ada.actor, by.reason)
