"""The words of the pages and what they mean: the vendor's words first, what other dialers call the same beside them.

`docs/glossary.md` says the same; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word: what it means, in one or two sentences, and what others call it; empty where nobody does."""

    word: str
    meaning: str
    elsewhere: str = ""


WORDS: Mapping[str, Word] = MappingProxyType(
    {
        "campaign": Word(
            word="Campaign",
            meaning="A list of contacts that is being dialed, with its rules, its schedule and its agents.",
            elsewhere="skill (the vendor's older API), outbound queue, dialing session",
        ),
        "available": Word(
            word="Available",
            meaning="Agents who are logged in and wait for a call.",
            elsewhere="idle, ready, waiting",
        ),
        "working": Word(
            word="Working",
            meaning="Agents who are talking to somebody.",
            elsewhere="on call, in call, talking, busy",
        ),
        "acw": Word(
            word="ACW",
            meaning="After-call work: agents who finish what a call left to do, before they are available again.",
            elsewhere="wrap-up, disposition, clerical",
        ),
        "unavailable": Word(
            word="Unavailable",
            meaning="Agents who are logged in and take no call, such as on a break.",
            elsewhere="not ready, paused, AUX",
        ),
        "ringing": Word(
            word="Ringing",
            meaning="Calls that were placed and not answered yet.",
            elsewhere="dialing, placing",
        ),
        "waiting": Word(
            word="Waiting",
            meaning="Calls that a person answered and that no agent has yet: each second counts towards abandonment.",
            elsewhere="queued, in queue, drop queue",
        ),
        "connected": Word(
            word="Connected",
            meaning="Calls in which a person talks to an agent.",
            elsewhere="live, active contacts, bridged",
        ),
        "occupancy": Word(
            word="Occupancy",
            meaning="Talk and wrap-up over all time that agents were logged in, a share of the last 15 minutes.",
            elsewhere="utilisation, talk-time share",
        ),
        "abandon-rate": Word(
            word="Abandon rate",
            meaning="Abandoned calls over calls that a person answered (the abandoned ones included), over the last "
            "15 minutes. What the law limits is measured over longer periods: 30 days in the US for sales.",
            elsewhere="drop rate, nuisance rate, silent-call rate",
        ),
        "dials": Word(
            word="Dials",
            meaning="Calls that were placed.",
            elsewhere="attempts placed, outbound calls, calls made",
        ),
        "connects": Word(
            word="Connects",
            meaning="Calls that a person answered, the abandoned ones included.",
            elsewhere="live answers, human answers, contacts",
        ),
        "abandons": Word(
            word="Abandons",
            meaning="Connects for which no agent was there within two seconds after the person had said hello.",
            elsewhere="drops, nuisance calls",
        ),
        "rpc": Word(
            word="RPC",
            meaning="Right-party connects: connects that reached the person who was meant.",
            elsewhere="right-party contacts, decision-maker contacts",
        ),
        "attempts": Word(
            word="Attempts",
            meaning="How often one contact is dialed; the attempt limit counts the first call too.",
            elsewhere="tries, redials, passes",
        ),
        "records": Word(
            word="Records",
            meaning="The contacts of a campaign's list: all of them, those that may be dialed again, and those that "
            "are through.",
            elsewhere="leads, contacts, list entries",
        ),
        "frozen": Word(
            word="Frozen",
            meaning="Stopped before all other work; nobody resumes it here until a person unfreezes it.",
            elsewhere="emergency stop, kill switch",
        ),
        "locked": Word(
            word="Locked",
            meaning="Held on the platform by somebody else: it takes no change until it is let go.",
        ),
        "in-doubt": Word(
            word="In doubt",
            meaning="A change was sent and no answer came: it may have happened. paceline looks until it knows.",
        ),
        "changed-outside": Word(
            word="Changed outside",
            meaning="The platform shows something that nobody ordered here: somebody changed it by another way.",
            elsewhere="drift",
        ),
        "late": Word(
            word="Late",
            meaning="A change whose hour has come was not made, or was put aside for a person.",
        ),
        "drain": Word(
            word="Drain",
            meaning="What becomes of calls in flight when a campaign pauses or stops. Finish: they find an agent. "
            "Drop: those that ring or wait are cut, and the answered ones count as abandoned.",
            elsewhere="graceful and hard stop",
        ),
        "calls-per-agent": Word(
            word="Calls per agent",
            meaning="Calls that may be in flight for each free agent.",
            elsewhere="ratio, dial level, lines per agent, overdial",
        ),
        "cool-down": Word(
            word="Cool-down",
            meaning="How long the platform dials no more after the abandon rate has reached its threshold.",
            elsewhere="dampening, throttling back",
        ),
        "belief": Word(
            word="Answer rate",
            meaning="The share of dials that the dialer is told a person will answer: a belief, not a measurement. "
            "Half of the truth calls up twice the answers.",
            elsewhere="hit rate, connect rate, ASR",
        ),
        "aim": Word(
            word="Abandon rate to aim at",
            meaning="What the dialer is told to come to. It calls up more answers for each available agent the higher "
            "it is, and compares nothing with it.",
            elsewhere="target abandon rate, drop-rate target",
        ),
        "lines": Word(
            word="Calls at once",
            meaning="Calls that may ring, wait or be connected at the same time.",
            elsewhere="lines, ports, trunks, max concurrent calls",
        ),
        "call-interval": Word(
            word="Call interval",
            meaning="Milliseconds from one look of the dialer to the next; each look places one call at most.",
            elsewhere="pacing tick, dial interval",
        ),
        "warm-up": Word(
            word="Warm-up",
            meaning="Seconds after dialing begins in which one line rings for each available agent.",
        ),
        "projection": Word(
            word="Projection",
            meaning="What another pacing would do: days made of what was measured of this campaign, played with the "
            "live pacing and with the other on the same calls. Numbers in brackets hold the truth 95 times in 100.",
            elsewhere="forecast, simulation, what-if",
        ),
        "breach-probability": Word(
            word="Breach probability",
            meaning="How likely the legal period that is running ends above its ceiling, with what was measured in it "
            "so far and with what is projected for the rest.",
        ),
        "allowance": Word(
            word="Allowance",
            meaning="How many more calls may be abandoned before the legal period is above its ceiling; below 0 it is.",
            elsewhere="abandonment budget, drops left",
        ),
        "gap-closed": Word(
            word="Gap closed",
            meaning="How much of the way from today's occupancy to the best that any dialer could have at the ceiling.",
        ),
        "rollout": Word(
            word="Rollout",
            meaning="A change of pacing in steps under watch: each is promoted on evidence, held while there is too "
            "little, and undone when it harms.",
            elsewhere="canary release, guarded release, staged change",
        ),
        "step": Word(
            word="Step",
            meaning="One of the pacings that a rollout passes through; it stays until the evidence says what next.",
        ),
        "evidence": Word(
            word="Evidence",
            meaning="What was measured since a step began, in blocks of some minutes: calls next to each other share "
            "their fate, so a block counts as one.",
        ),
        "weights": Word(
            word="Weights",
            meaning="How much the predictive algorithm trusts what it knows: answer rate, call rate, its own factor, "
            "lines and agents, each from -1 to 1. Data have to speak for new ones before they are set.",
            elsewhere="model parameters, tuning, algorithm settings",
        ),
        "twin": Word(
            word="Twin",
            meaning="A campaign in numbers, fitted to what was measured of it. It has a say only after its predictions "
            "held in half-hours that it had not seen.",
            elsewhere="digital twin, simulation model",
        ),
        "coverage": Word(
            word="Coverage",
            meaning="How often an interval held what was measured afterwards. Intervals of 90 % are to hold about 90 "
            "%: more means that they are too wide.",
            elsewhere="calibration, hit rate",
        ),
        "pit": Word(
            word="PIT",
            meaning="Probability integral transform: in which tenth of what was predicted the measured value lay. "
            "Columns of one height mean that predictions tell their uncertainty rightly.",
            elsewhere="calibration histogram, rank histogram",
        ),
        "skill": Word(
            word="Skill",
            meaning="How much nearer predictions come than the same half-hour a week before: 0 is no nearer, 1 is "
            "exact.",
            elsewhere="CRPS skill score",
        ),
        "drift": Word(
            word="Drift",
            meaning="The world is no longer that of the data: people answer otherwise, calls last longer. New weights "
            "are refused until the twin is fitted again.",
            elsewhere="concept drift, model decay",
        ),
        "experiment": Word(
            word="Experiment",
            meaning="Two settings of one campaign, changed over from block to block by coins that were thrown "
            "beforehand, and compared at looks that were planned.",
            elsewhere="A/B test, switchback, champion and challenger",
        ),
        "adjusted-p": Word(
            word="Adjusted p",
            meaning="How often chance alone shows as much, with all measures and all looks counted in. Small speaks "
            "against chance.",
            elsewhere="p value, Holm",
        ),
        "undo": Word(
            word="Undo",
            meaning="A new change that leads back to what was live before. Where somebody else has changed it since, "
            "nothing is done and that is told.",
            elsewhere="roll back, revert",
        ),
        "latched": Word(
            word="Latched",
            meaning="After an abort no new rollout begins until a person clears it.",
        ),
        "ease-off": Word(
            word="Ease off",
            meaning="Back to one line for each available agent, or to the last pacing that kept the ceiling: from one "
            "change to the next fewer calls are abandoned.",
            elsewhere="back to progressive, throttle down",
        ),
        "supervision": Word(
            word="Supervision",
            meaning="paceline looks once a minute and moves the pacing within bounds that were certified once, so that "
            "the campaign stays at its limit whatever the day brings.",
            elsewhere="adaptive pacing, autopilot",
        ),
        "window": Word(
            word="Window",
            meaning="A span of one weekday in which a campaign may dial, by the schedule's own clock.",
            elsewhere="shift, calling hours, time slot",
        ),
        "calling-time": Word(
            word="Calling time",
            meaning="When the law lets a person be called, by the clock of the place where that person may be.",
            elsewhere="curfew, TCPA hours, legal hours",
        ),
        "finding": Word(
            word="Finding",
            meaning="One thing that was found when a change was judged: it refuses, wants a person's word, or is told.",
        ),
        "revision": Word(
            word="Revision",
            meaning="The number that the platform counts up with every change of a campaign. What you see has one; a "
            "change that was made on an older one is not made.",
            elsewhere="version, ETag",
        ),
    }
)
"""Every word by its id, in the order in which they are explained."""
