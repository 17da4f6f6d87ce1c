"""What is asked before something is done to campaigns: the words of each verb, and what will come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Lane
from paceline.campaign.observed import Drain, LiveCalls
from paceline.campaign.statistics import LivePicture
from paceline.control.foresight import Foreseen
from paceline.primitives.findings import Findings, Severity
from paceline.primitives.ids import CampaignId
from paceline.service.decode import verb_change
from paceline.service.problems import named_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """Something that can be done to campaigns.

    Attributes:
        word: its name in addresses.
        label: what its button says.
        what: what it does, in a sentence.
        lane: in which lane its reads travel.
        drains: whether calls in flight have to end.
        latches: whether it freezes or unfreezes: it is no change of the catalogue then.
    """

    word: str
    label: str
    what: str
    lane: Lane = Lane.STOPPING
    drains: bool = False
    latches: bool = False

    def change(self, campaign: CampaignId, drain: Drain = Drain.FINISH, at: datetime | None = None) -> AnyChange:
        """Return the change by which it is judged and carried out; a freeze stops. `at` is the platform's own hour."""
        word = "stop" if self.latches else self.word
        return verb_change(word, campaign, drain, at)


VERBS = {
    verb.word: verb
    for verb in (
        Verb(
            word="pause",
            label="Pause",
            what="No new calls are placed. It can be resumed at any time.",
            drains=True,
        ),
        Verb(
            word="stop",
            label="Stop",
            what="Dialing ends. Only a resumption leads out of it again.",
            drains=True,
        ),
        Verb(
            word="resume",
            label="Resume",
            what="It dials again, while its schedule lets it and the law allows.",
            lane=Lane.CHANGING,
        ),
        Verb(
            word="freeze",
            label="Freeze",
            what="It is stopped before all other work, calls in flight end by themselves, what waits to resume it is "
            "withdrawn, and nobody resumes it here until a person unfreezes it.",
            latches=True,
        ),
        Verb(
            word="unfreeze",
            label="Unfreeze",
            what="It may be resumed again. Nothing is resumed by this.",
            latches=True,
        ),
    )
}
"""Every verb by its word."""


def verb_of(word: str) -> Verb:
    """Return a verb.

    Raises:
        ProblemError: there is none of that name.
    """
    return named_one(word, VERBS)


def drain_of(said: str) -> Drain:
    """Return the way to drain that a form names; what is not said, or is none, lets calls finish."""
    return Drain.DROP if said == Drain.DROP.value else Drain.FINISH


def calls_of(live: LivePicture | None) -> LiveCalls | None:
    """Return the calls of a picture."""
    if live is None:
        return None
    return LiveCalls(ringing=live.calls_ringing, waiting=live.calls_waiting, connected=live.calls_connected)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What will become of a verb for many campaigns: those it is sent to, those that are so already, the refused."""

    made: tuple[Foreseen, ...]
    already: tuple[Foreseen, ...]
    refused: tuple[Foreseen, ...]

    @property
    def in_flight(self) -> int:
        """How many calls are in flight in those it is sent to."""
        lives = [one.situation.live for one in self.made]
        return sum(live.ringing + live.waiting + live.connected for live in lives if live is not None)

    @property
    def waiting(self) -> int:
        """How many changes wait for those it is sent to."""
        return sum(len(one.situation.unfinished) for one in self.made)


def expected_of(foreseen: Sequence[Foreseen]) -> Expected:
    """Return what will become of each, sorted by that."""
    return Expected(
        made=tuple(one for one in foreseen if one.may),
        already=tuple(one for one in foreseen if one.already_so),
        refused=tuple(one for one in foreseen if not one.may and not one.already_so),
    )


def why_not(findings: Findings) -> str:
    """Return what stands against a change, in one line."""
    return "; ".join(one.message for one in findings if one.severity is not Severity.INFO)
