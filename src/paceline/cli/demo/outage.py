"""Act 9: changes are planned for hours at which the platform is silent. The stop is made, late; a resumption is not."""

from __future__ import annotations

from datetime import timedelta

from paceline.campaign.lifecycle.changes import Resume, Stop
from paceline.cli.demo.night import IMPATIENT, Night, arrive, night_fallen
from paceline.cli.demo.scene import Scene
from paceline.cli.demo.telling import Act, check, finding_of
from paceline.primitives.ids import CampaignId

STOPS, RESUMES, PATIENT = CampaignId("CMP-40001"), CampaignId("CMP-40002"), CampaignId("CMP-40003")
FALLS = "2026-06-15T16:00:00Z"
SILENT_AFTER, SILENT_FOR = timedelta(minutes=47), timedelta(minutes=40)
STOP_AFTER, RESUME_AFTER = timedelta(minutes=60), timedelta(minutes=55)
"""When what is planned falls due: within the silence."""
STEP = timedelta(minutes=20)
"""Between two rounds of the worker."""


def outage_is_outlasted(scene: Scene) -> Act:
    """Plan a stop and two resumptions, be without the platform when they fall due, and see what becomes of each."""
    for campaign, state in ((STOPS, "ACTIVE"), (RESUMES, "PAUSED"), (PATIENT, "PAUSED")):
        arrive(scene, campaign, state)
    with night_fallen(scene, FALLS, lasts=SILENT_AFTER + SILENT_FOR, patience=IMPATIENT) as night:
        stop = night.plan(Stop(campaign=STOPS), STOP_AFTER)
        resume = night.plan(Resume(campaign=RESUMES), RESUME_AFTER)
        patient = night.plan(Resume(campaign=PATIENT), RESUME_AFTER, not_after=timedelta(hours=1))
        night.passes(SILENT_AFTER)
        check("what ended before its hour", wanted=(), found=night.round().ended)
        _let_silence_pass(night)
        ended = night.round().ended
        found = [(one.entry, one.word) for one in ended]
        wanted = [(stop.entry, "applied"), (resume.entry, "expired"), (patient.entry, "applied")]
        check("what came of the plans when the platform is back, in order", wanted=wanted, found=found)
        check("what is left to do", wanted=(), found=night.round().ended)
    _hold(scene)
    late = finding_of(ended[0], "agenda.late").partition(":")[0]
    check("how late the stop is", wanted="late by 27 min", found=late)
    silence = f"{night.at(SILENT_AFTER)} to {night.at(SILENT_AFTER + SILENT_FOR)}"
    return Act(
        title="The platform is away, a stop is due",
        word="scheduled",
        does=f"the platform is silent from {silence}, and what ada planned falls due meanwhile",
        came=f"her stop of {STOPS}, due at {night.at(STOP_AFTER)}, is made first and once, {late} "
        f"(entry {stop.entry}); of two resumptions due at {night.at(RESUME_AFTER)} one has {ended[1].word}, for it may "
        "be 15 min late at the most, and one that may be an hour late is made after the stop",
        outcomes=ended,
    )


def _let_silence_pass(night: Night) -> None:
    """Let the platform answer nobody for a while; the worker goes on, and ends nothing."""
    fault = {"kind": "silence", "path": "/api/v2/*", "seconds": SILENT_FOR.total_seconds()}
    night.scene.behind.control("POST", "/faults", fault)
    for _ in range(SILENT_FOR // STEP - 1):
        night.passes(STEP)
        done = night.round()
        found = (done.platform_away is not None, done.ended, done.waiting)
        check("whether the platform is away, what ended, what waits", wanted=(True, (), 3), found=found)
    night.passes(STEP)


def _hold(scene: Scene) -> None:
    """Hold against the platform what was changed, how often, and in which order."""
    for campaign, state in ((STOPS, "STOPPED"), (RESUMES, "PAUSED"), (PATIENT, "ACTIVE")):
        scene.state(campaign, state)
    reached = [entry["path"].rpartition("/")[2] for entry in scene.behind.changes(CampaignId("CMP-4000*"))]
    check("the changes that reached the platform, in order", wanted=[STOPS, PATIENT], found=reached)
