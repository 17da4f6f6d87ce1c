"""A service with its pages over a real emulator, and people who sit at it with a browser each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx2

from paceline.bootstrap import System, open_system
from paceline.campaign.catalogue import AnyChange
from paceline.control.access.rights import Role
from paceline.control.order import Order
from paceline.emulator.tenants import demo_tenants
from paceline.ledger.entry import Actor
from paceline.primitives.clock import utc_text
from paceline.service.app import application
from paceline.service.identity import COOKIE
from paceline.service.options import Options
from paceline.testing import RunningEmulator, running_emulator
from tests.browser.screens import Person, Screens
from tests.trust import http_client

_NUMBERS = count(1)
HOSTILE = "<script>document.title='stolen'</script>\"'><img src=x onerror=\"document.title='stolen'\"> {{7*7}} <b>"
"""A campaign's name that would like to be more than a name."""
_HOSTILE_TOML = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
MORE = f"""
[[tenants.campaigns]]
id = "CMP-30001"
name = "{_HOSTILE_TOML}"
status = "PAUSED"
revision = 1
agents = 3
"""
NOON = "2026-06-15T16:00:00Z"
"""A Monday, noon in New York: the demo tenant dials."""
DIALING, PAUSED, STOPPED, LOCKED, ODD = "CMP-12345", "CMP-20001", "CMP-20002", "CMP-20003", "CMP-30001"


@dataclass
class Desk:
    """A service that runs, and who is at it."""

    emulator: RunningEmulator
    system: System
    url: str
    screens: Screens
    control: httpx2.Client
    people: list[Person] = field(default_factory=list)

    def order(self, name: str = "ada") -> Order:
        return Order(actor=Actor(name=name, known_by="test"))

    def link(self, name: str = "ada", role: Role = Role.ADMINISTRATOR) -> str:
        return f"{self.url}/enter#{self.system.access.make_link(name, role, self.order())}"

    def nobody(self, **options: Any) -> Person:
        """Return somebody with a browser of their own who is not signed in."""
        person = self.screens.fresh(**options)
        self.people.append(person)
        return person

    def person(self, name: str = "ada", role: Role = Role.ADMINISTRATOR, path: str = "/") -> Person:
        """Return somebody who is signed in, and sees a page."""
        entered = self.system.access.enter(self.link(name, role).partition("#")[2])
        assert entered is not None
        person = self.screens.take()
        person.name = name
        self.people.append(person)
        person.context.add_cookies(
            [{"name": COOKIE, "value": entered[1], "url": self.url, "httpOnly": True, "sameSite": "Lax"}]
        )
        person.page.goto(f"{self.url}{path}")
        return person

    def outside(self, change: AnyChange) -> None:
        """Change a campaign as somebody does who knows nothing of paceline."""
        platform = self.system.platform
        platform.apply(platform.prepare(change, None), idempotency_key=f"outside-{next(_NUMBERS)}")

    def close_browsers(self) -> None:
        """Send everybody home; what a browser complained about fails the test."""
        people, self.people = self.people, []
        troubles = [trouble for person in people for trouble in self.screens.give(person)]
        assert troubles == []

    def arrange(self, campaign: str, **fields: Any) -> None:
        """Change a campaign behind everybody's back."""
        answer = self.control.patch(f"/campaigns/{campaign}", json=fields)
        assert answer.status_code < 300, answer.text


@contextmanager
def open_desk(
    screens: Screens, folder: Path, *, look_s: float = 0.5, noon: str = NOON, **further: str
) -> Iterator[Desk]:
    """Run an emulator on a dialing day, a system and a service; what a browser complained about fails the test."""
    tenants, dawn = demo_tenants() + MORE, utc_text(datetime.fromisoformat(noon) - timedelta(hours=1))
    with running_emulator(tenants, now=dawn, speed=0.0, seed=7, requests_per_minute=10**6) as emulator:
        settings = {
            "CXONE_CLIENT_ID": "demo-client",
            "CXONE_CLIENT_SECRET": "demo-secret",
            "CXONE_AUTH_URL": f"{emulator.url}/oauth/token",
            "CXONE_API_URL": emulator.url,
            "PACELINE_DATA_FOLDER": str(folder),
            "PACELINE_REQUESTS_PER_MINUTE": "0",
            **further,
        }
        with (
            http_client(base_url=f"{emulator.url}/_emulator", timeout=30.0) as control,
            open_system(settings, folder=folder) as system,
        ):
            control.put("/clock", json={"now": noon, "speed": 1.0})
            app = application(system, Options(look_s=look_s, requests_per_minute=10**6))
            with screens.served(app) as url:
                desk = Desk(emulator, system, url, screens, control)
                try:
                    yield desk
                except BaseException:
                    with suppress(AssertionError):
                        desk.close_browsers()
                    raise
                desk.close_browsers()
