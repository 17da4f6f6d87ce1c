"""The platform itself tells an address of weights: registered once, before the first of them, its secret kept."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from paceline.bootstrap.told_elsewhere import TuningReceiver
from paceline.campaign.evidence import Lack
from paceline.campaign.ports import RejectedError, Violation
from paceline.campaign.weights.changes import SetWeights
from paceline.control.order import Order
from paceline.control.telling.tuning_news import REGISTERED
from paceline.ledger.entry import Query
from tests.contract.receivers import receiving
from tests.contract.set_up import HELD
from tests.contract.systems import Office, Through
from tests.contract.weighed import Scripted, again, asked_of, weighted
from tests.unit.campaign.weights.evidences import LACKING

WEBHOOKS = ("POST", "webhooks")


def bolder(rate: str) -> SetWeights:
    return SetWeights(campaign=HELD, adjusted={"call_rate": Decimal(rate)})


def kept_in(secrets: dict[str, str]) -> Any:
    def keep(webhook: str, secret: str) -> str:
        secrets[webhook] = secret
        return "a drawer"

    return keep


def test_address_is_registered_once_before_the_first_event_and_hears_of_it(desk: Office) -> None:
    secrets: dict[str, str] = {}
    weighted(desk)
    with receiving() as receiver:
        told = TuningReceiver(url=f"{receiver.url}/tuned?key=invented", keep_secret=kept_in(secrets))
        system = again(desk, receiver=told)
        assert system.run(bolder("0.2")).word == "applied"
        assert system.run(bolder("0.25")).word == "applied"
        assert again(desk, receiver=told, name="cy").run(bolder("0.3")).word == "applied"
        desk.emulated.advance(60)
    asked = asked_of(desk)
    assert asked.count(WEBHOOKS) == 1
    assert asked.index(WEBHOOKS) < asked.index(("PUT", HELD))
    (noted,) = system.book.entries(Query(kind=REGISTERED))
    details: Any = noted.rows[0].document["details"]
    assert (details["secret_in"], list(secrets)) == ("a drawer", [details["webhook"]])
    body = "".join(row.body for row in system.book.rows())
    assert "invented" not in body
    assert all(secret not in body for secret in secrets.values())


def test_refusal_for_want_of_data_registers_nothing(desk: Office) -> None:
    weighted(desk)
    told = TuningReceiver(url="https://ml.example.com/tuned", keep_secret=kept_in({}))
    outcome = again(desk, Scripted(lack=LACKING[Lack.NO_DATA]), receiver=told).run(bolder("0.2"))
    assert outcome.word == "refused"
    assert asked_of(desk) == []


def test_platform_that_knows_the_address_tells_no_secret_again(desk: Office) -> None:
    secrets: dict[str, str] = {}
    weighted(desk)
    told = TuningReceiver(url="https://ml.example.com/tuned", keep_secret=kept_in(secrets))
    first, second = again(desk, receiver=told), desk.emulated.platform("weigher")
    assert second.tell_tuned(told.url, name="by hand").secret is not None
    assert first.run(bolder("0.2")).word == "applied"
    assert secrets == {}
    (noted,) = first.book.entries(Query(kind=REGISTERED))
    details: Any = noted.rows[0].document["details"]
    assert details["secret_in"] is None


class Echoing(Through):
    """A platform that refuses an address, and repeats it."""

    def tell_tuned(self, url: str, *, name: str, lane: Any = None) -> Any:
        del name, lane
        refused = RejectedError(operation="register", status=400)
        refused.violations = (Violation(field="url", message=f"{url} is not allowed"),)
        raise refused


def test_what_a_platform_says_of_an_address_is_not_repeated(desk: Office) -> None:
    weighted(desk)
    told = TuningReceiver(url="https://ml.example.com/tuned/invented?key=invented", keep_secret=kept_in({}))
    system = again(desk, platform=Echoing(desk.emulated.platform("weigher")), receiver=told)
    outcome = system.run(bolder("0.2"))
    assert (outcome.word, outcome.failure is not None and outcome.failure.hint is not None) == ("failed", True)
    assert "invented" not in str(outcome.document())
    assert all("invented" not in row.body for row in system.book.rows())
    assert ("PUT", HELD) not in asked_of(desk)


def test_weights_that_nobody_judges_are_announced_too_and_wait_for_nobody(desk: Office) -> None:
    made = weighted(desk).run(bolder("0.2"))
    assert made.entry is not None
    told = TuningReceiver(url="https://ml.example.com/tuned", keep_secret=kept_in({}))
    deaf = again(desk, platform=Echoing(desk.emulated.platform("weigher")), receiver=told)
    undone, _ = deaf.undoing.undo(made.entry, Order(actor=deaf.actor))
    assert undone.word == "applied"
    plain = again(desk, receiver=told).run(SetWeights(campaign=HELD, drift_protection=False))
    assert plain.word == "applied"
    asked = asked_of(desk)
    assert asked.index(WEBHOOKS) == len(asked) - 2
    assert asked[-1] == ("PUT", HELD)


def test_secret_that_cannot_be_kept_is_told_and_holds_up_nothing(desk: Office) -> None:
    def full(webhook: str, secret: str) -> str:
        del webhook, secret
        raise OSError(28, "No space left on device")

    weighted(desk)
    system = again(desk, receiver=TuningReceiver(url="https://ml.example.com/tuned", keep_secret=full))
    assert system.run(bolder("0.2")).word == "applied"
    (noted,) = system.book.entries(Query(kind=REGISTERED))
    details: Any = noted.rows[0].document["details"]
    assert (details["secret_in"], details["secret_lost"]) == (None, True)
