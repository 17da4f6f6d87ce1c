"""Easing off: the change that leads a campaign to gentler dialing, and never to bolder.

Rules:
* To progressive: where the campaign has dialing rules, their mode becomes PROGRESSIVE when it is a bolder one; where it
  has none, its pacing is set so that one line rings for each idle agent. What dials so already is left as it is.
* To the last good pacing: the newest one before the present pacing that was live long enough to be judged, whose
  measured abandonment kept every ceiling while it was, and that is bolder in nothing. What was live when is known from
  our own changes of pacing and from the revisions that were seen; what was measured, from the abandonment book.
* No step is too large to the gentle side: whoever eases off answers for the step limit, and waits for no approval. The
  belief at which one line rings for each idle agent may be lower than what was declared as the least: that is no bolder
  dialing, and is answered for too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from paceline.campaign.blocks import DialingMode, Pacing
from paceline.campaign.catalogue import AnyChange
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.observed import Observed
from paceline.campaign.pacing.boldness import GENTLEST, loosening, may_abandon
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.ports import Platform, PlatformError
from paceline.compliance.abandonment import Measured, within
from paceline.compliance.rule import AbandonmentCeiling
from paceline.control.allowance import ceilings_of
from paceline.control.ease_to import EaseTo
from paceline.control.facts.law import Law
from paceline.control.fleet.fleet import FleetOutcome, Found, summary_of
from paceline.control.order import Order, Override
from paceline.control.outcome import Failed, Failure, Outcome
from paceline.control.pipeline import Corridor
from paceline.ledger.book import Book
from paceline.ledger.entry import Query
from paceline.ledger.history import Sighting
from paceline.ledger.readings import Readings
from paceline.ledger.shown import part
from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId

STEP_LIMIT = "pacing.step-limit"
"""The rule of the size of a step: to the gentle side it may be however large."""
ANSWERED = (STEP_LIMIT, "pacing.declared")
"""The rules that an easing answers for."""
ANSWERED_FOR = timedelta(hours=1)
"""How long that word counts: long enough for one change."""
LOOKED_THROUGH = 200
"""How many of a campaign's last changes of pacing are looked through."""
ENOUGH = 200
"""So many answered calls have to be measured under a pacing before it counts as good."""
_BOLDER = frozenset({DialingMode.PREDICTIVE, DialingMode.POWER})


class NothingGoodError(PacelineError):
    """no earlier pacing is known to be good"""

    code = "nothing-good"


class Spans(Protocol):
    """Who knows what was measured within a span."""

    def measured(self, campaign: CampaignId, *, since: datetime, until: datetime) -> Measured:
        """Return what was measured in the whole hours within a span."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spell:
    """A pacing, and from when to when it was live by the platform's clock; None where nobody saw it begin."""

    pacing: Pacing
    since: datetime | None
    until: datetime


class Easing:
    """Eases campaigns off; serves all threads."""

    def __init__(
        self, *, platform: Platform, corridor: Corridor, book: Book, readings: Readings, law: Law, spans: Spans
    ) -> None:
        """Join what is read of a campaign's past, and the way by which every change goes."""
        self._platform = platform
        self._corridor = corridor
        self._book = book
        self._readings = readings
        self._law = law
        self._spans = spans

    def ease(self, campaign: CampaignId, to: EaseTo, order: Order, *, seen: Observed | None = None) -> Outcome:
        """Ease one campaign off, through the corridor; `seen` is how it was read a moment ago.

        Raises:
            NothingGoodError: no earlier pacing is known to be good.
            PlatformError: the campaign cannot be looked at.
            LedgerUnavailableError: nobody can tell what was live before.
        """
        observed = seen or self._platform.read(campaign)
        change = self.change(observed, to)
        return self._corridor.run(change, self.answered_for(order, observed))

    def ease_all(self, found: Found, to: EaseTo, order: Order) -> FleetOutcome:
        """Ease many campaigns off, one after the other: what keeps one from it is its failure, and the others go on.

        Raises:
            LedgerUnavailableError: nobody can tell what was live before.
        """
        order = replace(order, campaigns=max(order.campaigns, len(found)))
        items = tuple(self._one(campaign, to, order, seen) for campaign, seen in found.campaigns.items())
        return FleetOutcome(
            items=items,
            unreadable=found.unreadable,
            requests=found.requests + sum(item.requests for item in items),
            summary=summary_of(items, unreadable=len(found.unreadable)),
        )

    def _one(self, campaign: CampaignId, to: EaseTo, order: Order, seen: Observed | None) -> Outcome:
        try:
            return self.ease(campaign, to, order, seen=seen)
        except (NothingGoodError, PlatformError) as problem:
            return Outcome(change=SetPacing(campaign=campaign), ending=Failed(Failure.of(problem)))

    def change(self, observed: Observed, to: EaseTo) -> AnyChange:
        """Return the change that eases off; it may find the campaign so already.

        Raises:
            NothingGoodError: no earlier pacing is known to be good.
            LedgerUnavailableError: nobody can tell what was live before.
        """
        return to_progressive(observed) if to is EaseTo.PROGRESSIVE else self._to_last_good(observed)

    @staticmethod
    def answered_for(order: Order, observed: Observed) -> Order:
        """Return the order with the word of its actor that the step is wanted, however large; no approval is wanted."""
        until = observed.at + ANSWERED_FOR
        overrides = (*order.overrides, *(Override(rule=rule, until=until) for rule in ANSWERED))
        return replace(order, overrides=overrides, takes_back=True)

    def _to_last_good(self, observed: Observed) -> SetPacing:
        campaign, live = observed.campaign, observed.pacing
        if live is None:
            raise NothingGoodError(f"{campaign} has no pacing, so it had no better one", hint=_INSTEAD)
        facts = self._law.circumstances(campaign)
        ceilings = [terms for _, terms in ceilings_of(facts, self._law.rulebook, observed.at)]
        spells = self._spells(observed)
        if not spells:
            raise NothingGoodError(f"no earlier pacing of {campaign} was seen", hint=_INSTEAD)
        why = []
        for spell in reversed(spells):
            told = self._against(spell, live, campaign, ceilings)
            if told is None:
                return SetPacing.to(campaign, replace(spell.pacing, beside=live.beside))
            why.append(f"{_words(spell.pacing)} {told}")
        raise NothingGoodError(f"no earlier pacing of {campaign} is known to be good: {'; '.join(why)}", hint=_INSTEAD)

    def _against(
        self, spell: _Spell, live: Pacing, campaign: CampaignId, ceilings: Sequence[AbandonmentCeiling]
    ) -> str | None:
        """Return in words what keeps a pacing from being a good one to go back to; None where nothing does."""
        bolder = loosening(live, spell.pacing)
        if bolder:
            return f"is bolder than the present one in {', '.join(bolder)}"
        if spell.since is None:
            return "was live since nobody knows when"
        measured = self._spans.measured(campaign, since=spell.since, until=spell.until)
        if measured.answered_live < ENOUGH:
            return f"was measured over {measured.answered_live} answers, fewer than {ENOUGH}"
        if not all(within(ceiling, measured) for ceiling in ceilings):
            return f"abandoned {measured.abandoned} of {measured.answered_live} answers, above a ceiling"
        return None

    def _spells(self, observed: Observed) -> list[_Spell]:
        """Return the pacings that were live before the present one, the oldest first, as far as our own changes tell.

        Where somebody outside changed it between two of ours, the older one counts until it was last seen.
        """
        query = Query(campaign=observed.campaign, kind=SetPacing.kind, outcome="applied", limit=LOOKED_THROUGH)
        seen = {one.revision: one for one in self._readings.sightings(observed.campaign)}
        held: tuple[Pacing, str] | None = None
        began: datetime | None = None
        spells: list[_Spell] = []
        for entry in self._book.entries(query):
            details = part(entry.closed.document, "details") if entry.closed is not None else {}
            before, after = _seen_in(details, "before"), _seen_in(details, "after")
            if before is None or after is None or after[1] not in seen:
                continue
            if held is None or not _same(held[0], before[0]):
                spells += _until_last_seen(held, began, seen)
                held, began = before, seen[before[1]].first_seen if before[1] in seen else None
            taken = seen[after[1]].first_seen
            spells.append(_Spell(pacing=held[0], since=began, until=taken))
            held, began = after, taken
        spells += _until_last_seen(held, began, seen)
        return [spell for spell in spells if not _same(spell.pacing, observed.pacing)]


_INSTEAD = "ease off to progressive instead: --to progressive"


def to_progressive(observed: Observed) -> AnyChange:
    """Return the change after which one line rings for each idle agent: by rules where there are any, else pacing."""
    campaign, rules, pacing = observed.campaign, observed.rules, observed.pacing
    if rules is not None:
        mode = DialingMode.PROGRESSIVE if rules.mode in _BOLDER else rules.mode
        return SetDialingRules(campaign=campaign, mode=mode)
    if pacing is not None and not may_abandon(pacing):
        return SetPacing(campaign=campaign, abandonment_aim=pacing.abandonment_aim)
    # A belief above this would leave the last idle agent without a line.
    belief, aim = GENTLEST
    return SetPacing(campaign=campaign, answer_rate=belief, abandonment_aim=aim)


def dials_gently(observed: Observed) -> bool:
    """Return whether one line at most rings for each idle agent already, as far as the live settings tell."""
    if observed.rules is not None:
        return observed.rules.mode not in _BOLDER
    return observed.pacing is None or not may_abandon(observed.pacing)


def _seen_in(details: Mapping[str, Json], name: str) -> tuple[Pacing, str] | None:
    """Return the pacing that an entry shows before or after it, and the version that it was seen at."""
    shown = part(details, name)
    said = part(shown, "pacing")
    try:
        pacing = Pacing(
            answer_rate=Decimal(str(said["answer_rate"])),
            abandonment_aim=Decimal(str(said["abandonment_aim"])),
            max_calls=int(str(said["max_calls"])),
            call_interval_ms=int(str(said["call_interval_ms"])),
            warm_up_s=int(str(said["warm_up_s"])),
            strategy=str(said["strategy"]),
        )
        return pacing, str(shown["version"])
    except (KeyError, ArithmeticError, ValueError):
        # An older form, or none at all: nothing is known of it.
        return None


def _until_last_seen(
    held: tuple[Pacing, str] | None, began: datetime | None, seen: Mapping[str, Sighting]
) -> list[_Spell]:
    if held is None or held[1] not in seen:
        return []
    return [_Spell(pacing=held[0], since=began, until=seen[held[1]].last_seen)]


def _same(one: Pacing, other: Pacing | None) -> bool:
    return other is not None and replace(one, beside={}) == replace(other, beside={})


def _words(pacing: Pacing) -> str:
    return f"belief {pacing.answer_rate} with aim {pacing.abandonment_aim}"
