"""The platform itself tells an address of weights: registered once, before the first of them, its secret kept."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from paceline.bootstrap.told_elsewhere import TuningReceiver
from paceline.campaign.evidence import Lack
from paceline.campaign.weights.changes import SetWeights
from paceline.control.tuning_news import REGISTERED
from paceline.ledger.entry import Query
from tests.contract.receivers import receiving
from tests.contract.set_up import HELD
from tests.contract.systems import Office
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
