"""The metrics of a database: what they count, that every process counts the same, and that a scrape stays small."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from paceline.bootstrap import System
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Pause, Resume
from paceline.control.agenda.agenda import ROOM
from paceline.control.order import Order
from paceline.control.reviewing.metrics import measured
from paceline.control.work.worker import PRESENCE
from paceline.cxone.shared_throttle import DatabaseThrottle
from paceline.cxone.throttle import Allowance
from paceline.ledger.book import Book
from paceline.ledger.entry import Deed
from paceline.primitives.clock import ManualClock, ns_of
from paceline.primitives.ids import CampaignId, TenantId
from paceline.storage.database import Database, open_database
from paceline.storage.due_work import Work
from paceline.telemetry.collector import Budget, DatabaseMetrics, Process, Telemetry
from paceline.telemetry.ledger_counts import LedgerCounts
from paceline.telemetry.requests import RequestCounts
from paceline.telemetry.standing import rows_after
from tests.contract.asking import asked, people
from tests.contract.later import HOUR, pass_by, planned
from tests.contract.systems import ACTIVE, LOCKED, PAUSE, RESUME, STARTED, STOP, Another, Office, actor, left_behind
from tests.contract.test_metrics import ADA, LIVES, Life, lived
from tests.databases import PostgresServer

Samples = Mapping[str, float]
HOSTILE = 'evil"}\n<script>alert(1)</script>'


def samples(text: bytes) -> Samples:
    """Every sample of an exposition, by name and labels as it writes them."""
    found = {}
    for family in text_string_to_metric_families(text.decode()):
        for one in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in sorted(one.labels.items()))
            found[f"{one.name}{{{labels}}}" if labels else one.name] = one.value
    return found


def told(system: System, *, budget: Budget | None = None, process: Process | None = None) -> Samples:
    return samples(Telemetry(system, budget=budget, process=process).text())


def of_database(found: Samples) -> Samples:
    """Without what each process tells of itself."""
    own = ("process_", "python_", "paceline_platform_", "paceline_http_", "paceline_worker_", "paceline_build_")
    return {name: value for name, value in found.items() if not name.startswith(own)}


def counted(database: Database, tenant: str = "acme", *, at_once: int = 1000) -> LedgerCounts:
    """The counts of a whole ledger, read in pages of this size."""
    counts = LedgerCounts()
    while page := database.read(lambda connection: rows_after(connection, tenant, counts.last, limit=at_once)):
        for row in page:
            counts.take(row)
    return counts


def assert_as_measured(counts: LedgerCounts, book: Book) -> None:
    """See that the counts are what the figures of the ledger say, which are computed in another way."""
    found = measured(book.rows())
    assert (counts.opened.total(), counts.dry_runs) == (found.changes, found.dry_runs)
    outcomes: dict[str, int] = {}
    for (_, outcome), number in counts.ended.items():
        outcomes[outcome] = outcomes.get(outcome, 0) + number
    assert outcomes == dict(found.outcomes)
    assert (counts.concluded["achieved"], counts.concluded.total()) == (found.accuracy.hits, found.accuracy.n)
    assert counts.accuracy == found.accuracy.value
    assert dict(counts.refusals) == dict(found.refusals)
    assert counts.requests == found.requests
    for stage, one in counts.latency.items():
        assert one.cumulative()[-1][1] == (found.latency[stage].n if stage in found.latency else 0)


def possible(life: Life) -> Life:
    """A life as the corridor lets changes live: nothing is said of one that has come to its end."""
    later: tuple[str, ...] = ()
    verdict, is_open = life.verdict, life.outcome is None
    for following in life.later:
        if is_open or not (verdict == "settling" or (life.outcome == "in_doubt" and verdict is None)):
            break
        later, verdict = (*later, following), following
    return replace(life, later=later)


@settings(max_examples=20)
@given(lives=st.lists(LIVES.map(possible), max_size=8), at_once=st.integers(1, 7))
def test_counts_are_those_of_the_figures_however_the_rows_are_read(
    another: Another, lives: list[Life], at_once: int
) -> None:
    with another() as database:
        clock = ManualClock(wall_ns=1_795_000_000_000_000_000)
        book = Book(database, tenant=TenantId("acme"), clock=clock)
        lived(book, clock, lives)
        book.note(Deed(kind="campaign.freeze", actor=ADA))
        counts = counted(database, at_once=at_once)
        assert_as_measured(counts, book)
        assert counts.notes == {"campaign.freeze": 1}


def test_changes_of_every_kind_of_end_are_counted(office: Office) -> None:
    ada = office.system()
    for change in (PAUSE, PAUSE, STOP, RESUME, Pause(campaign=LOCKED), Pause(campaign=CampaignId("NOBODY"))):
        ada.run(change)
    ada.run(Pause(campaign=ACTIVE), dry_run=True)
    counts = counted(office.database)
    assert_as_measured(counts, ada.book)
    found = told(ada)
    assert found['paceline_refusals_total{rule="lifecycle.locked"}'] == 1
    assert found['paceline_changes_ended_total{kind="lifecycle.pause",outcome="unchanged"}'] == 1
    assert found['paceline_change_errors_total{code="not-found"}'] == 1
    assert found["paceline_dry_runs_total"] == 1
    assert found['paceline_control_latency_seconds_count{stage="total"}'] == sum(counts.ended.values())
    assert (found["paceline_database_up"], found["paceline_ledger_rows_uncounted"]) == (1, 0)
    assert found["paceline_ledger_rows_total"] == ada.book.head().size


def test_change_in_doubt_is_concluded_when_it_is_found_out(office: Office) -> None:
    ada = office.system()
    left_behind(ada, PAUSE, happened=True)
    counts = counted(office.database)
    assert (counts.pending, counts.concluded.total()) == (1, 0)
    office.clock.advance(3600)
    office.system("bob").watch.settle()
    counts = counted(office.database)
    assert (counts.pending, counts.concluded["achieved"]) == (0, 1)


def test_services_on_one_database_tell_the_same(office: Office) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    first = Telemetry(ada)
    ada.run(PAUSE)
    first.text()
    bob.run(RESUME)
    ada.run(STOP)
    assert of_database(samples(first.text())) == of_database(told(bob))


def test_scrape_reads_only_what_is_new(office: Office) -> None:
    ada = office.system()
    ada.run(PAUSE)
    metrics = DatabaseMetrics(ada)
    list(metrics.collect())
    assert metrics.catch_up() == 0
    ada.run(STOP)
    # Opened, intent, closed: what the platform was seen to hold is a row too, and is not read.
    assert metrics.catch_up() == 3


def test_scrapes_at_the_same_time_count_nothing_twice(office: Office) -> None:
    ada = office.system()
    telemetry = Telemetry(ada)
    for change in (PAUSE, STOP, RESUME):
        ada.run(change)
    with ThreadPoolExecutor(6) as hands:
        scraped = [of_database(samples(text)) for text in hands.map(lambda _: telemetry.text(), range(6))]
    assert scraped == [of_database(told(ada))] * 6


def test_counters_of_changes_are_told_when_the_ledger_was_read_to_its_end(office: Office) -> None:
    ada = office.system()
    for change in (PAUSE, STOP, RESUME):
        ada.run(change)
    metrics = DatabaseMetrics(ada, rows_per_scrape=4)
    behind, names = [], []
    for _ in range(4):
        scraped = {family.name: family for family in metrics.collect()}
        behind.append(scraped["paceline_ledger_rows_uncounted"].samples[0].value)
        names.append("paceline_changes_ended" in scraped)
    assert names == [False, False, True, True]
    assert behind[0] > behind[1] > behind[2] == 0


def test_what_waits_is_counted(office: Office) -> None:
    ada = office.system()
    planned(ada, STOP, after=HOUR)
    planned(ada, Resume(campaign=CampaignId("STOPPED")), after=2 * HOUR)
    ada.time.look()
    found = told(ada)
    assert [found[f"paceline_agenda_{word}"] for word in ("waiting", "due", "late", "aside")] == [2, 0, 0, 0]
    pass_by(office, HOUR)
    ada.time.look()
    found = told(ada)
    assert [found[f"paceline_agenda_{word}"] for word in ("waiting", "due", "late", "aside")] == [2, 1, 0, 0]
    pass_by(office, timedelta(seconds=5))
    ada.time.look()
    assert told(ada)["paceline_agenda_late"] == 1
    assert found['paceline_changes_unended{stage="waiting"}'] == 2
    assert found['paceline_changes_oldest_age_seconds{stage="waiting"}'] == 3600


def test_change_that_was_tried_and_put_off_is_late(office: Office) -> None:
    ada = office.system()
    planned(ada, STOP, after=HOUR)
    pass_by(office, HOUR)
    office.emulated.arrange("ACTIVE", locked=True)
    ada.worker.once()
    found = told(ada)
    assert (found["paceline_agenda_due"], found["paceline_agenda_late"]) == (0, 1)


def test_work_of_no_entry_is_aside_and_no_longer_waits(office: Office) -> None:
    ada = office.system()
    stray = Work(tenant="acme", room=ROOM, key="4711", due_ns=ns_of(STARTED))
    office.database.write(lambda connection: ada.leases.put(connection, stray))
    ada.worker.once()
    found = told(ada)
    assert (found["paceline_agenda_waiting"], found["paceline_agenda_aside"]) == (0, 1)
    assert found['paceline_ledger_notes_total{kind="agenda.aside"}'] == 1


def test_change_that_waits_for_a_second_person_is_not_on_the_agenda(office: Office) -> None:
    ada, _ = people(office)
    asked(ada)
    found = told(ada)
    assert found["paceline_agenda_waiting"] == 0
    assert found['paceline_changes_unended{stage="waits-for-approval"}'] == 1


def test_late_change_is_counted_when_it_was_made(office: Office) -> None:
    ada = office.system()
    planned(ada, STOP, after=HOUR)
    pass_by(office, 2 * HOUR)
    ada.worker.once()
    assert told(ada)["paceline_changes_late_total"] == 1


def test_frozen_campaign_that_cannot_be_stopped_is_told_as_dialing(office: Office) -> None:
    ada = office.system()
    ada.freezes.freeze([ACTIVE, LOCKED], Order(actor=ada.actor, reason="wrong list"))
    ada.freezes.saw_stopped([ACTIVE])
    found = told(ada)
    assert [found[f'paceline_frozen_campaigns{{seen="{word}"}}'] for word in ("stopped", "dialing")] == [1, 1]
    assert found['paceline_ledger_notes_total{kind="campaign.freeze"}'] == 2


def test_worker_is_alive_while_it_beats(office: Office) -> None:
    ada = office.system()
    assert told(ada)["paceline_workers_alive"] == 0

    def come(name: str) -> None:
        work = Work(tenant="acme", room=PRESENCE, key=name, due_ns=0)
        office.database.write(lambda connection: ada.leases.put(connection, work))

    office.database.write(ada.owner.beat)
    come(ada.owner.name)
    come("somebody-who-never-beat")
    assert told(ada)["paceline_workers_alive"] == 1
    office.clock.advance(ada.owner.lease_s + 5.1)
    assert told(ada)["paceline_workers_alive"] == 0


def test_outbox_tells_its_length_and_the_age_of_the_oldest(office: Office) -> None:
    ada = office.system()
    order = Order(actor=actor("ada"))
    hears, disabled = (ada.webhooks.add(f"https://hooks{one}.example.com/x", (), order) for one in (1, 2))
    ada.run(PAUSE)
    office.clock.advance(90)
    ada.run(STOP)
    office.database.write(lambda connection: ada.box.subscribers.disable(connection, disabled.id))
    found = told(ada)
    assert found["paceline_outbox_messages_waiting"] == 4
    assert found["paceline_outbox_oldest_age_seconds"] == 90
    doing = [found[f'paceline_outbox_subscribers{{standing="{word}"}}'] for word in ("active", "failing", "disabled")]
    assert doing == [1, 0, 1]
    office.database.write(lambda connection: ada.box.remove(connection, hears.id))
    assert told(ada)["paceline_outbox_oldest_age_seconds"] == 0


def test_budget_is_what_is_left_of_the_window(office: Office) -> None:
    ada, allowance = office.system(), Allowance(limit=5, window_s=60.0, margin_s=0.0)
    throttle = DatabaseThrottle(office.database, office.clock, allowance, client="c", process="p")
    budget = Budget(allowance=allowance, client="c")
    for _ in range(3):
        throttle.take(Lane.READING)
    found = told(ada, budget=budget)
    names = ("limit", "left", "shut_seconds")
    assert [found[f"paceline_request_budget_{name}"] for name in names] == [5, 2, 0]
    throttle.push(30.0)
    assert 29 < told(ada, budget=budget)["paceline_request_budget_shut_seconds"] <= 30
    assert "paceline_request_budget_left" not in told(ada)


def test_database_that_is_away_is_told_and_nothing_else_of_it(office: Office, url: str) -> None:
    with open_database(url) as database:
        ada = office.system(database=database)
        telemetry = Telemetry(ada, process=Process(requests=RequestCounts()))
        assert samples(telemetry.text())["paceline_database_up"] == 1
    found = samples(telemetry.text())
    assert of_database(found) == {"paceline_database_up": 0}
    assert found["paceline_http_requests_in_flight"] == 0


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_database_that_comes_back_is_counted_on(office: Office, postgres: PostgresServer) -> None:
    ada = office.system()
    ada.run(PAUSE)
    telemetry = Telemetry(ada)
    before = of_database(samples(telemetry.text()))
    postgres.kill()
    assert samples(telemetry.text())["paceline_database_up"] == 0
    postgres.restart()
    assert of_database(samples(telemetry.text())) == before
