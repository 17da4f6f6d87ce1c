"""`paceline demo` as people run it: every act is told, in the same words each time, and nothing that is not so."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from paceline.cli.demo import deliveries, frozen, interruptions, outage, people, proof, story, telling
from paceline.cli.demo import night as night_of
from paceline.cli.demo.night import Night
from paceline.cli.demo.receiver import Receiver, receiver_bound
from paceline.cli.demo.scene import scene_set
from paceline.cli.demo.telling import StoryError, Teller
from paceline.cli.render import console_for
from paceline.control.order import Order
from paceline.control.worker import Round
from paceline.cxone.attempt import Limits
from paceline.cxone.retry import Schedule
from paceline.cxone.transport import Patience
from paceline.ledger.failures import ChainBrokenError
from paceline.outbox.signing import fresh_secret

PACELINE = Path(sys.executable).with_name("paceline")
LINES = (
    r"1\. ada lists the campaigns -> CMP-12345 ACTIVE, .*, CMP-20003 ACTIVE and locked, CMP-20004 ARCHIVED",
    r"2\. ada pauses CMP-12345 with 3 calls in flight -> applied, settling while they end; 90 s later achieved .*",
    r"3\. bob pauses CMP-20002 -> refused: a campaign that is STOPPED cannot become PAUSED, only ACTIVE; nothing .*",
    r"4\. bob resumes CMP-12345 .* 43 -> conflicted: status was PAUSED .* changed by ada \(entry \d+\); his stop .*",
    r"5\. somebody stops CMP-20001 .* -> conflicted: .* changed by outside paceline",
    r"6\. ada resumes CMP-20001, and the answer is lost .* -> applied; sent 2 times under one key, done once: .*",
    r"7\. bob's `paceline stop CMP-20001` is killed .* -> his entry \d+ is settled first, .*: applied, once, .*",
    r"8\. ada stops all 60 active campaigns -> 59 applied, 1 refused .*; 60 requests, 1\.00 for each campaign, .*",
    r"9\. the platform is silent from 16:47 to 17:27, .* -> her stop .* is made first and once, late by 27 min .*",
    r"10\. a receiver of webhooks is down for an hour, .* -> 3 rounds reach nobody; then it hears all 6 messages, .*",
    r"11\. ada freezes 3 campaigns; .* -> both plans are withdrawn, and bob is refused: ada froze it: complaint 17 .*",
    r"12\. ada asks for 08:00 to 21:00 .* -> refused: US-FL-hours: .* 09:00 to 20:00 is applied, and proven .*",
    r"13\. bob sets retries after 15, 60 and 240 .* -> refused: 4 within 24 hours, .*; three calls are applied; .*",
    r"14\. ada asks for a bolder aim for CMP-80001, .* -> refused: .* % today, would be .* abandoned, above 3/100; .*",
    r"15\. ada has CMP-80001 go to an aim of 0\.0163 .* -> the first step is promoted .* undone by itself: .*",
    r"16\. ada moves a weight of CMP-90001 .* -> both refused, and no request is made: .* is applied .*",
    r"17\. the ledger is verified .* -> (\d+) rows, all sound; .* the first bad row is (\d+) \(entry \2\); with .*",
)


def told(place: Path, *words: str, **variables: str) -> str:
    """Run the command in a folder of its own, and return what it printed."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE")}
    run = subprocess.run(  # noqa: S603  # the project's own command, with words of the tests
        [str(PACELINE), "demo", *words],
        cwd=place,
        env={**kept, "HOME": str(place), "TMPDIR": str(place), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The lines of a run among settings that somebody has made for a platform of his own: the demo heeds none."""
    place = tmp_path_factory.mktemp("demo")
    proxy = "http://[::1]:9"
    theirs = {
        "PACELINE_LEASE_S": "nonsense",
        "CAMPAIGN_ID": "no id",
        "CXONE_API_URL": "https://api.example.com",
        "HTTP_PROXY": proxy,
    }
    lines = told(place, **theirs).splitlines()
    assert list(place.iterdir()) == []
    return lines


def test_every_act_has_its_line(plain: list[str]) -> None:
    assert len(plain) == len(LINES) + 3
    for line, form in zip(plain[1:-2], LINES, strict=True):
        assert re.fullmatch(form, line), line
    answers = r"\d+ requests reached the platform \(\d+ x 200, 4 x 401, 1 x 409, 3 x no answer\)"
    assert re.match(rf"Everything came out as told: {answers}; .* the other one the freeze withdrew ", plain[-2])
    assert "`paceline up`" in plain[-1]


def test_verbose_shows_evidence_below_the_very_same_lines_and_no_secret(plain: list[str], tmp_path: Path) -> None:
    text = told(tmp_path, "--verbose")
    lines = text.splitlines()
    assert [line for line in lines if not line.startswith("   ")] == plain
    kinds = {line.split()[0] for line in lines if line.startswith("   ")}
    assert kinds >= {"finding", "request", "row", "note", "total", "platform"}
    assert 'PATCH /api/v2/outbound/campaigns/CMP-12345 if-match="42" idempotency-key=' in text
    assert "secret" not in text.lower()
    # The platform itself says that "the bearer token has expired"; no token follows the word.
    assert not re.search(r"bearer (?!token has expired)", text.lower())


def test_story_stops_at_the_act_that_is_not_as_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with scene_set() as scene:
        scene.behind.edit(people.SOUTH, {"status": "ACTIVE"})
        teller = Teller(console_for(sys.stdout), shows_evidence=False)
        with pytest.raises(StoryError, match=r"act 3: .*'refused', None\) was to be, \('applied', 'achieved'\) is"):
            story.tell_story(scene, teller)
    printed = capsys.readouterr().out
    assert "\n2. " in printed
    assert "\n3. " not in printed


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
    monkeypatch.setattr(night_of, "IMPATIENT", Patience(limits=Limits(attempt_s=0.1), schedule=Schedule(attempts=1)))
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
    with scene_set() as scene, pytest.raises(StoryError, match="state of CMP-60001: 'STOPPED' was to be, 'ACTIVE' is"):
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
        with closing(sqlite3.connect(scene.file)) as ledger, ledger:
            ledger.execute("DROP TRIGGER ledger_entries_no_update")
            ledger.execute("UPDATE ledger_entries SET body = replace(body, 'bob', 'rob') WHERE sequence = 1")
        with pytest.raises(ChainBrokenError):
            proof.ledger_is_proved(scene)


def test_no_representation_of_the_scene_holds_its_secret() -> None:
    with scene_set() as scene:
        secret = scene.environment["PACELINE_CLIENT_SECRET"]
        assert secret not in repr(scene) + repr(scene.behind)


def test_only_one_means_one() -> None:
    assert telling.only("things", ["one"]) == "one"
    with pytest.raises(StoryError, match="the number of things: 1 was to be, 2 is"):
        telling.only("things", ["one", "two"])
