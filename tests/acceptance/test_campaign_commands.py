"""`paceline pause`, `resume`, `stop`, `get`, `explain` as people type them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from paceline.campaign.change import Lane
from paceline.campaign.observed import Observed, State, Unreadable
from paceline.cxone.outbound_v2.dialect import OutboundV2
from paceline.testing import RunningEmulator, running_emulator
from tests.acceptance.counter import Counter, counter_at
from tests.contract.emulated import START, TENANTS

CALLS = [{"state": "connected", "secondsLeft": 300}]
SAYS = '[campaigns.ACTIVE]\nlabels = { team = "east" }\n'
BROKEN = "[campaigns.ACTIVE]\npurpos = 3\n"


@pytest.fixture(scope="module")
def emulator() -> Iterator[RunningEmulator]:
    with running_emulator(TENANTS, now=START, speed=0.0, seed=7) as running:
        yield running


@pytest.fixture
def counter(
    emulator: RunningEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Counter]:
    with counter_at(emulator, tmp_path, monkeypatch, capsys) as opened:
        yield opened


@pytest.mark.parametrize(
    ("verb", "lane"), [("pause", Lane.STOPPING), ("stop", Lane.STOPPING), ("resume", Lane.CHANGING)]
)
def test_list_of_a_fleet_travels_in_the_lane_of_its_change(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, verb: str, lane: Lane
) -> None:
    lanes = []
    listed = OutboundV2.list

    def watched(
        platform: OutboundV2, *, state: State | None = None, lane: Lane = Lane.READING
    ) -> Iterator[Observed | Unreadable]:
        lanes.append(lane)
        return listed(platform, state=state, lane=lane)

    monkeypatch.setattr(OutboundV2, "list", watched)
    counter.type(verb, "--status", "ARCHIVED", "--yes", "--dry-run", code=5)
    assert lanes == [lane]


@pytest.mark.parametrize("verb", ["pause", "stop", "resume"])
def test_count_holds_for_one_named_campaign_too(counter: Counter, verb: str) -> None:
    counter.type(verb, "PAUSED", "--count", "2", "--dry-run", code=3)
    assert counter.err == "paceline: 1 campaign was found, and --count says 2: nothing was done\n"
    assert (counter.asked(), counter.entries()) == (0, [])
    counter.type(verb, "PAUSED", "--count", "1", "--dry-run")


def test_count_below_one_is_a_usage_error(counter: Counter) -> None:
    counter.type("pause", "ACTIVE", "--count", "0", code=64)
    assert counter.asked() == 0


@pytest.mark.parametrize(
    "words", [("ACTIVE", "PAUSED"), ("-l", "team=east"), ("--status", "ACTIVE"), ("--all", "--yes", "--count", "5")]
)
def test_revision_of_several_campaigns_is_a_usage_error(counter: Counter, words: tuple[str, ...]) -> None:
    counter.type("pause", *words, "--if-revision", "42", code=64)
    assert "--if-revision is for one campaign" in counter.err
    assert counter.asked() == 0


def test_revision_of_one_campaign_named_twice_is_taken(counter: Counter) -> None:
    assert counter.data_of("pause", "ACTIVE", "ACTIVE", "--if-revision", "42")["outcome"] == "applied"


def test_scheduled_change_is_not_waited_for(counter: Counter) -> None:
    words = ("stop", "ACTIVE", "--at", "2026-06-15T13:00:00Z", "--by", "platform")
    counter.type(*words)
    counter.emulated.emulator.reset()
    asked = counter.asked()
    assert counter.data_of(*words, "--wait")["outcome"] == "scheduled"
    assert counter.err == "ACTIVE: due at 2026-06-15T13:00:00Z, by the platform itself; it is not waited for\n"
    assert counter.asked() - asked <= 3
    assert counter.data_of(*words, "--wait")["outcome"] == "unchanged"
    counter.type("stop", "ACTIVE", "PAUSED", *words[2:], "--wait", "--yes")


@pytest.mark.parametrize("is_so", [False, True])
def test_campaign_that_drains_still_when_the_time_is_over_is_told_by_the_code(counter: Counter, is_so: bool) -> None:
    counter.emulated.arrange("ACTIVE", callsInFlight=CALLS)
    if is_so:
        counter.type("pause", "ACTIVE")
    found = counter.data_of("pause", "ACTIVE", "--wait", "--timeout", "0s", code=6)
    assert (found["outcome"], found["after"]["drained"]) == ("unchanged" if is_so else "applied", False)
    assert counter.err == (
        "ACTIVE: PAUSED, queue draining\npaceline: ACTIVE drains still, as far as was seen; nothing was cut\n"
    )
    fleet = counter.data_of("pause", "ACTIVE", "STOPPED", "PAUSED", "--yes", "--wait", "--timeout", "0s", code=7)
    assert [item["outcome"] for item in fleet["items"]] == ["unchanged", "unchanged", "refused"]


def test_looks_that_fail_lose_no_outcome_of_a_fleet(counter: Counter) -> None:
    counter.type("pause", "ACTIVE")
    for campaign in ("ACTIVE", "PAUSED"):
        counter.emulated.arrange(campaign, callsInFlight=CALLS)
    counter.emulated.order("status", method="GET", path="*/ACTIVE", status=404, nth=2)
    words = ("ACTIVE", "PAUSED", "--yes", "--wait", "--timeout", "0s")
    fleet = counter.data_of("pause", *words, code=6)
    assert [item["outcome"] for item in fleet["items"]] == ["unchanged", "unchanged"]
    assert fleet["summary"]["unchanged"] == 2
    assert "ACTIVE: what became of it is not known yet: " in counter.err


def test_whoever_only_reads_adopts_no_file(counter: Counter) -> None:
    counter.says(SAYS)
    for words in (("get", "campaigns"), ("get", "campaign", "ACTIVE"), ("explain", "ACTIVE")):
        counter.type(*words)
    assert counter.entries("--kind", "facts.declare") == []
    counter.says(BROKEN)
    for words in (("get", "campaigns"), ("get", "campaign", "ACTIVE"), ("explain", "ACTIVE")):
        counter.type(*words)
        assert counter.err == ""


def test_label_is_looked_up_in_the_file_as_it_is_now(counter: Counter) -> None:
    counter.says(SAYS)
    (found,) = counter.data_of("get", "campaigns", "-l", "team=east")["campaigns"]
    assert found["campaign"] == "ACTIVE"
    assert len(counter.entries("--kind", "facts.declare")) == 1
    counter.says(BROKEN)
    assert len(counter.data_of("get", "campaigns", "-l", "team=east")["campaigns"]) == 1
    assert "the file of campaigns was not adopted; what was declared before counts" in counter.err


@pytest.mark.parametrize("words", [("ACTIVE",), ("-l", "team=east")])
def test_broken_file_holds_up_no_stop_but_every_resumption(counter: Counter, words: tuple[str, ...]) -> None:
    counter.says(SAYS)
    counter.type("pause", "LOCKED", code=5)
    counter.says(BROKEN)
    counter.type("pause", *words)
    assert 'campaigns.toml: [campaigns."ACTIVE"]: ' in counter.err
    assert counter.emulated.shown("ACTIVE")["status"] == "PAUSED"
    asked = counter.asked()
    counter.type("resume", *words, code=1)
    assert (counter.asked(), counter.emulated.shown("ACTIVE")["status"]) == (asked, "PAUSED")
    counter.type("stop", *words)
    assert counter.emulated.shown("ACTIVE")["status"] == "STOPPED"


def test_dry_run_tells_whether_there_is_anything_to_do(counter: Counter) -> None:
    assert "ACTIVE  dry run: would be applied" in counter.type("pause", "ACTIVE", "--dry-run")
    assert "PAUSED  dry run: it is so already, nothing to do" in counter.type("pause", "PAUSED", "--dry-run")


def test_explanation_says_what_is_assumed_of_what_nobody_declared(counter: Counter) -> None:
    told = counter.type("explain", "ACTIVE")
    assert "purpose: undeclared: every purpose is assumed\n" in told
    assert "regions: undeclared: every region of the profile's countries is assumed\n" in told
    assert "seller: undeclared\n" in told
    assert "its mode is taken for granted: a person speaks" in told
    counter.type("declare", "ACTIVE", "purpose=sales", "list=renewals.csv")
    told = counter.type("explain", "ACTIVE")
    assert "purpose: sales (entry " in told
    assert "renewals.csv (entry " in told
    assert "(kept for people, never read: only regions says where contacts are)\n" in told


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (("audit", "show", "99999"), 1, "it has 1: `paceline audit list` shows them"),
        (("audit", "prove", "99999"), 1, "it has 1: `paceline audit list` shows them"),
        (("audit", "verify", "--checkpoint", "/nope"), 1, "`paceline audit checkpoint --out FILE` wrote"),
        (("emulator", "serve", "--tenants", "/nope"), 1, "name a file of tenants with --tenants, or none"),
        (("declare", "ACTIVE", "purpose=fun"), 64, "allowed are sales, debt, research, info"),
        (("declare", "ACTIVE", "regions=UK-ENG"), 64, "did you mean GB?"),
    ],
)
def test_error_says_what_to_do_next(counter: Counter, words: tuple[str, ...], code: int, hint: str) -> None:
    counter.type("pause", "ACTIVE")
    counter.type(*words, code=code)
    assert hint in counter.err.splitlines()[1]
