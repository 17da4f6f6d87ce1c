"""A service with its pages over a real emulator, and people who sit at it with a browser each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

from paceline.bootstrap import System, open_system
from paceline.campaign.catalogue import AnyChange
from paceline.control.access_rights import Role
from paceline.control.order import Order
from paceline.emulator.tenants import demo_tenants
from paceline.ledger.entry import Actor
from paceline.service.app import application
from paceline.service.options import Options
from paceline.service.server import Listening, ServiceServer
from paceline.testing import RunningEmulator, running_emulator

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
DESK, PHONE = (1440, 900), (390, 844)
"""How many pixels wide and high a screen is."""


@dataclass
class Person:
    """Somebody with a browser who is signed in."""

    name: str
    page: Page
    context: BrowserContext
    troubles: list[str] = field(default_factory=list)

    def resized(self, size: tuple[int, int]) -> None:
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

    def hear(self) -> None:
        """Keep what the browser complains about: faults of scripts, and what the content policy refuses."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(message.text)


@dataclass
class Desk:
    """A service that runs, and who is at it."""

    emulator: RunningEmulator
    system: System
    url: str
    browser: Browser
    control: httpx2.Client
    people: list[Person] = field(default_factory=list)

    def order(self, name: str = "ada") -> Order:
        return Order(actor=Actor(name=name, known_by="test"))

    def link(self, name: str = "ada", role: Role = Role.ADMINISTRATOR) -> str:
        return f"{self.url}/enter#{self.system.access.make_link(name, role, self.order())}"

    def nobody(self, **options: Any) -> Person:
        """Return somebody with a browser who is not signed in."""
        context = self.browser.new_context(
            viewport={"width": DESK[0], "height": DESK[1]}, locale="en-GB", reduced_motion="reduce", **options
        )
        context.set_default_timeout(10_000)
        person = Person("", context.new_page(), context)
        person.hear()
        self.people.append(person)
        return person

    def person(self, name: str = "ada", role: Role = Role.ADMINISTRATOR, **options: Any) -> Person:
        """Return somebody who has signed in by a link, and sees the campaigns."""
        person = self.nobody(**options)
        person.name = name
        person.page.goto(self.link(name, role))
        person.page.wait_for_selector("#rows tr")
        return person

    def outside(self, change: AnyChange) -> None:
        """Change a campaign as somebody does who knows nothing of paceline."""
        platform = self.system.platform
        platform.apply(platform.prepare(change, None), idempotency_key=f"outside-{next(_NUMBERS)}")

    def close_browsers(self) -> None:
        """Send everybody home; what a browser complained about fails the test."""
        people, self.people = self.people, []
        for person in people:
            person.context.close()
        assert [trouble for person in people for trouble in person.troubles] == []

    def arrange(self, campaign: str, **fields: Any) -> None:
        """Change a campaign behind everybody's back."""
        answer = self.control.patch(f"/campaigns/{campaign}", json=fields)
        assert answer.status_code < 300, answer.text

    def weight(self, person: Person, path: str) -> int:
        """Return how many bytes a page is, with all that it loads but its stream."""
        sizes: list[int] = []

        def came(response: Response) -> None:
            if "/live" not in response.url:
                sizes.append(len(response.body()))

        person.page.on("response", came)
        person.page.goto(f"{self.url}{path}")
        person.page.wait_for_load_state("load")
        person.page.remove_listener("response", came)
        return sum(sizes)


@contextmanager
def open_desk(browser: Browser, folder: Path, *, look_s: float = 0.5, **further: str) -> Iterator[Desk]:
    """Run an emulator on a dialing day, a system and a service; what a browser complained about fails the test."""
    tenants = demo_tenants() + MORE
    with running_emulator(
        tenants, now="2026-06-15T15:00:00Z", speed=0.0, seed=7, requests_per_minute=10**6
    ) as emulator:
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
            httpx2.Client(base_url=f"{emulator.url}/_emulator", trust_env=False, timeout=30.0) as control,
            open_system(settings, folder=folder) as system,
        ):
            control.put("/clock", json={"now": NOON, "speed": 1.0})
            app = application(system, Options(look_s=look_s, requests_per_minute=10**6))
            server = ServiceServer(app, Listening(grace_s=1.0))
            server.start()
            desk = Desk(emulator, system, server.url, browser, control)
            try:
                yield desk
                desk.close_browsers()
            finally:
                server.stop()
