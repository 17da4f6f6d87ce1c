"""How a system behaves: the values that whoever opens one may name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from paceline.bootstrap.forecasting import the_forecaster
from paceline.bootstrap.told_elsewhere import TuningReceiver
from paceline.bootstrap.watching import Watching
from paceline.campaign.forecaster import Forecaster
from paceline.campaign.weigher import Weigher
from paceline.compliance.rulebook import Rulebook
from paceline.compliance.shelf import the_rulebook
from paceline.control.approving.policy import Policy
from paceline.control.owners import LEASE_S
from paceline.outbox.addresses import Reach
from paceline.primitives.ids import CampaignId
from paceline.tracking.run import Tracker


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a system behaves.

    Attributes:
        lease_s: how long an owner of a change is taken for alive after a sign of life, seconds.
        concurrency: how many changes of a fleet go at once.
        active_limit: how many campaigns may be active at once; None asks what was declared.
        campaign: the campaign that is meant where none is named.
        webhook_reach: how far messages may go.
        countries: where a campaign may call that nobody declared regions of, ISO 3166-1.
        rulebook: reads the law, when it is first asked.
        webhook_hosts: the exact hosts that messages may go to; none allows every host within reach.
        approvals: which changes want approval by a second person; none by default.
        forecaster: makes who tells what a change of pacing is expected to do, when that is first asked.
        watching: how measured abandonment is watched.
        weigher: makes who tells what data say of new weights, when that is first asked; None joins the usual ones.
        tracker: makes the tracking server that runs are sent to, when the first one is due; None sends none.
        receiver: whom the platform itself is to tell of weights; None is nobody.
        data_folder: where the key lies that signs checkpoints; None is nowhere, and nothing is signed.
        records: where imported call records are kept; None is nowhere.
    """

    lease_s: float = LEASE_S
    concurrency: int = 8
    campaign: CampaignId | None = None
    active_limit: Callable[[], int | None] | None = None
    webhook_reach: Reach = Reach.PUBLIC
    countries: tuple[str, ...] = ("US",)
    rulebook: Callable[[], Rulebook] = the_rulebook
    webhook_hosts: frozenset[str] = frozenset()
    approvals: Policy = field(default_factory=Policy)
    forecaster: Callable[[], Forecaster] = the_forecaster
    watching: Watching = field(default_factory=Watching)
    weigher: Callable[[], Weigher] | None = None
    tracker: Callable[[], Tracker] | None = None
    receiver: TuningReceiver | None = None
    data_folder: Path | None = None
    records: Path | None = None
