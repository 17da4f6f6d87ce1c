"""Where the hosts of messages are listed, nobody else is subscribed, nor told anything any more."""

from __future__ import annotations

import pytest

from paceline.control.order import Order
from paceline.outbox.addresses import Reach
from paceline.outbox.failures import AddressRefusedError
from tests.contract.receivers import Reply, receiving
from tests.contract.systems import PAUSE, Office

LISTED = frozenset({"hooks.example.com"})


@pytest.mark.parametrize(
    "host", ["example.com", "x.hooks.example.com", "hooks.example.com.evil.example", "8.8.8.8", "hooks-example.com"]
)
def test_host_that_is_not_listed_letter_by_letter_is_refused(desk: Office, host: str) -> None:
    ada = desk.system("ada", webhook_hosts=LISTED)
    with pytest.raises(AddressRefusedError, match="not among the hosts that the setting webhook_hosts lists"):
        ada.webhooks.add(f"https://{host}/s3cret", [], Order(actor=ada.actor))


def test_listed_host_is_taken_however_it_is_spelled(desk: Office) -> None:
    ada = desk.system("ada", webhook_hosts=LISTED)
    added = ada.webhooks.add("https://HOOKS.example.com:8443/x", [], Order(actor=ada.actor))
    assert added.host == "hooks.example.com"


def test_subscriber_whose_host_is_listed_no_more_is_told_nothing(office: Office) -> None:
    with receiving() as receiver:
        ada = office.system("ada", webhook_reach=Reach.LOOPBACK)
        ada.webhooks.add(receiver.url, [], Order(actor=ada.actor))
        ada.run(PAUSE)
        narrow = office.system("bob", webhook_reach=Reach.LOOPBACK, webhook_hosts=LISTED)
        assert narrow.worker.once().carried.put_off == 1
        assert receiver.got == []


def test_redirect_to_anywhere_is_not_followed(desk: Office) -> None:
    with receiving() as receiver, receiving() as elsewhere:
        receiver.answers = lambda _path, _headers, _body: Reply(307, {"Location": elsewhere.url})
        hosts = frozenset({"127.0.0.1"})
        ada = desk.system("ada", webhook_reach=Reach.LOOPBACK, webhook_hosts=hosts)
        ada.webhooks.add(receiver.url, [], Order(actor=ada.actor))
        ada.run(PAUSE)
        assert ada.worker.once().carried.put_off == 1
        assert (len(receiver.got), elsewhere.got) == (1, [])
