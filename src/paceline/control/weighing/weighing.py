"""What data say of new weights, asked for the corridor: first whether they say anything, at the end what.

Rules:
* Whether data say anything of a campaign is asked before anything of the platform: a refusal for want of them costs no
  request.
* Once the campaign was read, and is not as wanted already, the platform's own simulation of it as it is is asked for,
  once for each entry, under a key of its own: whoever walks the same entry again is told of the same simulation. It is
  compared with what is measured afterwards.
* Before weights are sent, on whatever ground, the platform is to tell of them whoever wants to hear it. What nobody
  judges does not wait for that: it is made all the same.
* What is brought back, and what an experiment changes over to, waits for neither: the one was live, the other was
  judged when it began.
* Whatever fails in computing is the reason why nobody can say, and nothing worse.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.ceilings import tightest
from paceline.campaign.evidence import Evidence, Lack, NoEvidence
from paceline.campaign.observed import Ability, Observed, Situation
from paceline.campaign.ports import Platform, PlatformError
from paceline.campaign.simulations import LONGEST_S, SimulationStarted
from paceline.campaign.weigher import WeighAsked, Weigher
from paceline.campaign.weights.changes import SetWeights
from paceline.campaign.weights.checks import sound
from paceline.campaign.weights.significance import without
from paceline.control.kept import Opened
from paceline.control.order import Order
from paceline.control.telling.tuning_news import TuningNews
from paceline.ledger.failures import LedgerError
from paceline.primitives.canonical import NotCanonicalError, canonical_json
from paceline.primitives.errors import PacelineError
from paceline.primitives.findings import Findings

_Told = TypeVar("_Told", NoEvidence | None, Evidence | NoEvidence)
_TOLD = 200
"""So many characters of a failure are told."""


class Weighing:
    """Asks for what is known of new weights; serves all threads."""

    def __init__(
        self,
        platform: Platform,
        *,
        weigher: Callable[[], Weigher],
        news: TuningNews | None = None,
        simulated_s: int = LONGEST_S,
    ) -> None:
        """Ask these.

        Args:
            platform: which simulates.
            weigher: makes who tells what data say, when that is first asked; it may be heavy to load.
            news: has the platform tell somebody of weights, before the first of them; None tells nobody.
            simulated_s: how much dialing the platform is asked to simulate, seconds, 1 to 3600.
        """
        self._platform = platform
        self._weigher = weigher
        self._news = news
        self._simulated_s = simulated_s

    def at_hand(self, change: AnyChange) -> Findings:
        """Return why data say nothing of what a change wants; nothing where they do, or where none are needed.

        Raises:
            LedgerError: nobody can tell what is kept.
        """
        if not isinstance(change, SetWeights) or not change.asks_data or sound(change.wanted).refused:
            return Findings()
        named, split = change.wanted.weights_named, change.validation_split
        lacking = _computed(lambda: self._weigher().at_hand(change.campaign, split=split, named=named))
        return Findings() if lacking is None else Findings(without(lacking))

    def simulates(self, change: AnyChange, order: Order, observed: Observed) -> bool:
        """Return whether the platform is to simulate before a change is judged.

        For a dry run it is not, nor where the campaign is as it is wanted already: nothing of it would be compared.
        """
        if not isinstance(change, SetWeights) or not change.asks_data or order.dry_run:
            return False
        return Ability.SIMULATION in self._platform.abilities and not change.already_so(observed)

    def simulated(self, change: AnyChange, opened: Opened) -> SimulationStarted:
        """Return the one simulation of an entry.

        Raises:
            PlatformError: the platform does not simulate; nothing of the campaign has changed.
        """
        key = f"{opened.mark[:40]}-simulation"
        return self._platform.simulate(
            change.campaign, duration_s=self._simulated_s, idempotency_key=key, lane=change.lane
        )

    def announced(self, change: AnyChange) -> None:
        """Have the platform tell of weights that are about to be sent, where it does not yet.

        Raises:
            PlatformError: it does not take the address, and the change is one that is judged; nothing of the campaign
                has changed.
            LedgerError: nobody can tell whether it tells already.
        """
        if self._news is None or not isinstance(change, SetWeights) or self._news.known():
            return
        try:
            self._news.register()
        except PlatformError:
            if change.basis.wants_evidence:
                raise

    def evidence(self, change: SetWeights, situation: Situation) -> Evidence | NoEvidence | None:
        """Return what data say of a change in a situation that holds the law; None where it dials nothing otherwise.

        Raises:
            LedgerError: nobody can tell what is kept.
        """
        observed, wanted = situation.observed, change.wanted
        whole, tuning = wanted.on(observed.weights), wanted.tuning_on(observed.tuning)
        if not change.basis.wants_evidence or sound(wanted).refused or not change.redials(observed):
            return None
        if whole is None or tuning is None:
            return None
        asked = WeighAsked(observed=observed, wanted=whole, tuning=tuning, ceiling=float(tightest(situation)))
        return _computed(lambda: _tellable(self._weigher().weigh(asked)))


def _tellable(found: Evidence | NoEvidence) -> Evidence | NoEvidence:
    """Return what was found; where the ledger cannot hold it, for there are no numbers in it, that nobody can say."""
    try:
        canonical_json(found.document())
    except NotCanonicalError:
        why = "in what was computed from the data are what are no numbers"
        return NoEvidence(lack=Lack.NO_DATA, why=why, advice="check and fit the data anew")
    return found


def _computed(compute: Callable[[], _Told]) -> _Told | NoEvidence:
    """Return what was computed, or that it could not be."""
    try:
        return compute()
    except LedgerError:
        raise
    except Exception as error:  # noqa: BLE001  # whoever judges takes it for the worst, and the entry tells what it was
        # What another error than ours says may hold what a ledger must not: a row of the data, an address.
        told = type(error).__name__
        told = f"{told}: {error.message}"[:_TOLD] if isinstance(error, PacelineError) else told
        return NoEvidence(
            lack=Lack.NO_DATA, why=f"it could not be computed from the data ({told})", advice="fit the twin anew"
        )
