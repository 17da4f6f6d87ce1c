"""Act 10: a receiver of webhooks is down for an hour, and hears then of everything, each campaign's in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.cli.demo.night import Night, arrive, night_fallen
from paceline.cli.demo.receiver import Receiver, receiver_bound
from paceline.cli.demo.scene import Scene
from paceline.cli.demo.telling import Act, check, only
from paceline.control.order import Order
from paceline.control.outcome import Outcome
from paceline.outbox.message import RECOVERED
from paceline.outbox.ports import Round
from paceline.primitives.ids import CampaignId

TOLD = (CampaignId("CMP-50001"), CampaignId("CMP-50002"))
"""The campaigns whose changes are told."""
FALLS = "2026-06-15T18:00:00Z"
TRIES_AFTER = (timedelta(), timedelta(minutes=1), timedelta(minutes=10))
"""When messages are tried in vain: at once, and as the schedule says; the next time is before the hour is over."""
DOWN_FOR = timedelta(hours=1)


def receiver_comes_back(scene: Scene) -> Act:
    """Change two campaigns while the receiver is down, and hold what it hears an hour later against what was done."""
    for campaign in TOLD:
        arrive(scene, campaign, "ACTIVE")
    with receiver_bound() as receiver, night_fallen(scene, FALLS, lasts=DOWN_FOR) as night:
        order = Order(actor=night.ada.actor)
        added = night.ada.webhooks.add(receiver.url, (), order)
        receiver.secret = added.secrets.current
        done = [night.ada.run(change(campaign=campaign)) for change in (Pause, Resume, Stop) for campaign in TOLD]
        check("how the changes ended", wanted=["applied"] * 6, found=[one.word for one in done])
        failed = _tried_in_vain(night, len(done))
        receiver.come_up()
        carried = night.round().carried
        check("messages that arrived, and a last one", wanted=len(done) + 1, found=carried.delivered)
        check("messages that wait still", wanted=0, found=only("receivers", night.ada.webhooks.all()).waiting)
        night.ada.webhooks.remove(added.id, order)
    _hold(receiver, done)
    orders = "; ".join(f"{campaign} {', '.join(_sequences(receiver, campaign))}" for campaign in TOLD)
    return Act(
        title="Nobody listened, and all is heard",
        word="delivered",
        does=f"a receiver of webhooks is down for an hour, and ada makes {len(done)} changes to {len(TOLD)} campaigns",
        came=f"{failed} rounds reach nobody; then it hears all {len(done)} messages, each campaign's in order "
        f"({orders}), and that it was away; every signature is verified by the standardwebhooks package",
        outcomes=done,
        notes=[
            f"heard: {one['type']} {one['campaign'] or ''} {one['sequence'] or ''}".rstrip() for one in receiver.heard
        ],
    )


def _tried_in_vain(night: Night, messages: int) -> int:
    """Return how many rounds tried to carry messages, and could not; an hour has passed then."""
    passed = timedelta()
    for after in TRIES_AFTER:
        night.passes(after - passed)
        passed = after
        carried: Round = night.round().carried
        tried = (carried.delivered, carried.put_off > 0)
        check("whether messages were tried, and put off", wanted=(0, True), found=tried)
        (listed,) = night.ada.webhooks.all()
        check("messages that wait", wanted=messages, found=listed.waiting)
    night.passes(DOWN_FOR - passed)
    return len(TRIES_AFTER)


def _hold(receiver: Receiver, done: Sequence[Outcome]) -> None:
    """Hold what was heard against what was done."""
    check("messages whose signature was wrong", wanted=0, found=receiver.refused)
    for campaign in TOLD:
        wanted = [(place, one.entry) for place, one in enumerate(_of(done, campaign), start=1)]
        heard = [(one["sequence"], one["entry"]) for one in _about(receiver, campaign)]
        check(f"what was heard of {campaign}, in order", wanted=wanted, found=heard)
    last = only("messages that say so", (one for one in receiver.heard if one["type"] == RECOVERED))
    check("messages of no campaign", wanted=[last], found=_about(receiver, None))


def _of(done: Sequence[Outcome], campaign: CampaignId) -> list[Outcome]:
    return [one for one in done if one.change.campaign == campaign]


def _about(receiver: Receiver, campaign: CampaignId | None) -> list[dict[str, Any]]:
    return [one for one in receiver.heard if one["campaign"] == campaign]


def _sequences(receiver: Receiver, campaign: CampaignId) -> list[str]:
    return [str(one["sequence"]) for one in _about(receiver, campaign)]
