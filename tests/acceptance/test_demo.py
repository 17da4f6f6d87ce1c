"""`paceline demo` as people run it: every act is told, in the same words each time, and nothing that is not so."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from paceline.campaign.lifecycle.changes import Pause
from paceline.cli.demo import (
    deliveries,
    frozen,
    interruptions,
    outage,
    people,
    proof,
    report,
    story,
    telling,
    vancouver,
)
from paceline.cli.demo.night import Night
from paceline.cli.demo.receiver import Receiver, receiver_bound
from paceline.cli.demo.scene import scene_set
from paceline.cli.demo.telling import StoryError, Teller
from paceline.cli.render import console_for
from paceline.cli.words import UsageError
from paceline.cli.writing import FileError
from paceline.control.order import Order
from paceline.control.work.worker import Round
from paceline.cxone.attempt import Limits
from paceline.cxone.retry import Schedule
from paceline.cxone.transport import Patience
from paceline.outbox.signing import fresh_secret
from tests.databases import PostgresServer
from tests.forked import PIPE, Forked
from tests.listings import check_console

README = Path(__file__).resolve().parents[2] / "README.md"
LISTING = re.compile(r"```console\n(\$ paceline demo\n.*?)```", re.DOTALL)
PICTURES = 7
"""Acts that are drawn too."""


def told(place: Path, *words: str, **variables: str) -> str:
    """Run the command in a folder of its own, and return what it printed."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("COVERAGE", "PYTHONPATH"))}
    environment = {**kept, "HOME": str(place), "TMPDIR": str(place), **variables}
    run = Forked(["demo", *words], folder=place, environment=environment, stderr=PIPE)
    printed, errors = run.communicate()
    assert (run.returncode, errors) == (0, "")
    return printed


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def verbose(place: Path) -> str:
    """What a run prints among settings that somebody has made for a platform of his own: the demo heeds none.

    The one run of the whole story in the suite: it takes ten seconds of a processor.
    """
    theirs = {
        "PACELINE_LEASE_S": "nonsense",
        "CAMPAIGN_ID": "no id",
        "CXONE_API_URL": "https://api.example.com",
        "HTTP_PROXY": "http://[::1]:9",
    }
    return told(place, "--verbose", **theirs)


def test_every_act_has_the_line_that_the_readme_shows_with_evidence_below_it_and_no_secret(verbose: str) -> None:
    lines = [line for line in verbose.splitlines(keepends=True) if not line.startswith("   ")]
    assert len(lines) == len(story.ACTS) + 4
    (listing,) = LISTING.findall(README.read_text(encoding="utf-8"))
    check_console(listing, lambda _command: "".join(lines))
    kinds = {line.split()[0] for line in verbose.splitlines() if line.startswith("   ")}
    assert kinds >= {"finding", "request", "row", "note", "total", "platform"}
    assert 'PATCH /api/v2/outbound/campaigns/CMP-12345 if-match="42" idempotency-key=' in verbose
    assert "secret" not in verbose.lower()
    # The platform itself says that "the bearer token has expired"; no token follows the word.
    assert not re.search(r"bearer (?!token has expired)", verbose.lower())


def test_last_line_leads_to_a_page_that_needs_nothing_else(verbose: str, place: Path) -> None:
    address = verbose.splitlines()[-1].split()[-1]
    folder = place / ".local" / "share" / "paceline" / "demo"
    assert address == (folder / "demo.html").as_uri()
    assert [one.name for one in place.iterdir()] == [".local"]
    page = (folder / "demo.html").read_text(encoding="utf-8")
    assert page.count("<article ") == len(story.ACTS)
    assert page.count("<figure ") == page.count("<svg ") - 1 == PICTURES
    addresses = re.findall(r"""(?:src|href)=["']([^"']+)""", page)
    assert {one for one in addresses if not one.startswith("#")} == {"audit/report.html", "audit/README.txt"}
    assert not re.search(r"<script|<link|<img|@import|url\((?!#)", page)
    names = re.findall(r'\bid="([^"]+)"', page)
    assert len(names) == len(set(names))
    assert {one.name for one in (folder / "audit").iterdir()} >= {"report.html", "export.jsonl", "checkpoint.txt"}
    assert "forged" not in " ".join(one.name for one in (folder / "audit").iterdir())


def test_report_replaces_the_one_before_in_the_data_folder_and_nothing_that_was_named(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    home = {"HOME": str(tmp_path / "home")}
    folder = report.place_of(None, home)
    (folder / "demo.html").write_text("before")
    (folder / "audit").mkdir()
    (folder / "audit" / "report.html").write_text("before")
    assert report.place_of(None, home) == folder
    assert list(folder.iterdir()) == []
    (tmp_path / "named").mkdir()
    assert report.place_of(tmp_path / "named", home) == tmp_path / "named"
    (tmp_path / "named" / "letter.txt").write_text("kept")
    with pytest.raises(FileError, match="is not empty"):
        report.place_of(tmp_path / "named", home)


def test_without_a_home_folder_to_write_to_the_report_finds_another_place(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder")
    folder = report.place_of(None, {"HOME": str(tmp_path / "home")})
    assert list(folder.iterdir()) == []
    folder.rmdir()


def test_machine_whose_own_zone_data_is_new_is_not_told_to_be_old(tmp_path: Path) -> None:
    new = files("tzdata").joinpath("zoneinfo", "America", "Vancouver").read_bytes()
    (tmp_path / "America").mkdir()
    (tmp_path / "America" / "Vancouver").write_bytes(new)
    (tmp_path / "tzdata.zi").write_text("# version 2026f\n")
    found = vancouver.system_clock({"PYTHONTZPATH": str(tmp_path)})
    assert found == vancouver.OldClock(
        whose="the zone data of this machine", release="2026f", offset=-timedelta(hours=7)
    )
    assert vancouver.system_clock({"PYTHONTZPATH": str(tmp_path / "none")}) is None
    assert vancouver.released_clock().offset == -timedelta(hours=8)


def test_old_release_is_quoted_as_it_was() -> None:
    place = Path("/usr/share/zoneinfo")
    if not (place / "tzdata.zi").exists() or "2025b" not in (place / "tzdata.zi").read_text()[:40]:
        pytest.skip("the operating system's zone data is not of 2025b, which the demo quotes")
    assert (place / vancouver.ZONE).read_bytes().decode("latin-1").splitlines()[-1] == vancouver.OLD_RULE


def test_story_is_told_once_in_a_database(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    with scene_set(database_url=url) as scene:
        scene.ada.run(Pause(campaign=people.EAST), reason="once")
    with pytest.raises(UsageError, match="told its story there already"), scene_set(database_url=url):
        pass


def test_story_stops_at_the_act_that_is_not_as_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with scene_set() as scene:
        scene.behind.edit(people.SOUTH, {"status": "ACTIVE"})
        teller = Teller(console_for(sys.stdout), shows_evidence=False)
        with pytest.raises(StoryError, match=r"act 4: .*'refused', None\) was to be, \('applied', 'achieved'\) is"):
            story.tell_story(scene, teller)
    printed = capsys.readouterr().out
    assert "\n3. " in printed
    assert "\n4. " not in printed


def test_lost_answer_that_was_not_lost_is_not_told_as_one() -> None:
    with scene_set() as scene:
        scene.behind.control("POST", "/faults", {"kind": "reset_before", "method": "PATCH"})
        with pytest.raises(StoryError, match="the platform's revision of CMP-20001"):
            interruptions.answer_is_lost(scene)


def test_stop_that_somebody_else_made_is_not_told_as_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = Night.round

    def meddled(night: Night) -> Round:
        done = heard(night)
        if night.scene.behind.shown(outage.STOPS)["status"] == "ACTIVE":
            night.scene.behind.edit(outage.STOPS, {"status": "STOPPED"})
        return done

    monkeypatch.setattr(Night, "round", meddled)
    monkeypatch.setattr(outage, "IMPATIENT", Patience(limits=Limits(attempt_s=0.1), schedule=Schedule(attempts=1)))
    with scene_set() as scene, pytest.raises(StoryError, match="what came of the plans"):
        outage.outage_is_outlasted(scene)


def test_message_that_a_receiver_finds_wrong_is_not_told_as_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Receiver, "come_up", with_another_secret(Receiver.come_up))
    with scene_set() as scene, pytest.raises(StoryError, match="messages that arrived"):
        deliveries.receiver_comes_back(scene)


def with_another_secret(come_up: Callable[[Receiver], None]) -> Callable[[Receiver], None]:
    def changed(receiver: Receiver) -> None:
        receiver.secret = fresh_secret()
        come_up(receiver)

    return changed


def test_fleet_that_somebody_unfroze_in_the_night_is_not_told_as_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    passes = Night.passes

    def unfrozen(night: Night, time: timedelta) -> None:
        night.bob.freezes.unfreeze(frozen.FLEET, Order(actor=night.bob.actor))
        passes(night, time)

    monkeypatch.setattr(Night, "passes", unfrozen)
    with scene_set() as scene, pytest.raises(StoryError, match="what the worker makes, and what it stops"):
        frozen.fleet_stays_frozen(scene)


def test_receiver_is_bound_and_refuses_until_it_comes_up() -> None:
    with receiver_bound() as receiver:
        address = urlsplit(receiver.url)
        for is_up in (False, True):
            if is_up:
                receiver.come_up()
            with socket.socket() as knock:
                assert (knock.connect_ex((str(address.hostname), address.port or 0)) == 0) is is_up


def test_ledger_that_was_forged_is_not_told_as_a_sound_one() -> None:
    with scene_set() as scene:
        people.transition_is_refused(scene)
        with closing(sqlite3.connect(scene.folder / "ledger.db")) as ledger, ledger:
            ledger.execute("DROP TRIGGER ledger_entries_no_update")
            ledger.execute("UPDATE ledger_entries SET body = replace(body, 'bob', 'rob') WHERE sequence = 1")
        with pytest.raises(StoryError, match=r"how `paceline audit report` ends: 0 was to be, 1 is"):
            proof.report_is_proved(scene)


def test_no_representation_of_the_scene_holds_its_secret() -> None:
    with scene_set() as scene:
        secret = scene.environment["PACELINE_CLIENT_SECRET"]
        assert secret not in repr(scene) + repr(scene.behind)


def test_only_one_means_one() -> None:
    assert telling.only("things", ["one"]) == "one"
    with pytest.raises(StoryError, match="the number of things: 1 was to be, 2 is"):
        telling.only("things", ["one", "two"])
