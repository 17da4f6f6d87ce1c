"""Browsers that are handed on from desk to desk: a fresh one costs a second, and so does an address it never saw."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from paceline.service.server import Listening, ServiceServer, ServiceStartError

DESK, PHONE = (1440, 900), (390, 844)
"""How many pixels wide and high a screen is."""
BLANK = "about:blank"


@dataclass
class Person:
    """Somebody with a browser."""

    name: str
    page: Page
    context: BrowserContext
    is_kept: bool = False
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


class Screens:
    """The browsers of one run that nobody sits at, without cookies, and the ports that nobody listens on."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._free: list[Person] = []
        self._ports: list[int] = []

    def fresh(self, **options: Any) -> Person:
        """Return a browser that has seen nothing, for those whose past or set-up counts."""
        size = {"width": DESK[0], "height": DESK[1]}
        context = self.browser.new_context(viewport=size, locale="en-GB", reduced_motion="reduce", **options)  # type: ignore[arg-type]  # the dict has its two keys
        context.set_default_timeout(20_000)
        person = Person("", context.new_page(), context)
        person.hear()
        return person

    def take(self) -> Person:
        """Return a browser that knows nobody, one that was given back where there is one."""
        person = self._free.pop() if self._free else self.fresh()
        person.is_kept = True
        return person

    def give(self, person: Person) -> list[str]:
        """Take a browser back, and return what it complained about."""
        troubles, person.troubles = person.troubles, []
        if not person.is_kept:
            person.context.close()
            return troubles
        # The page goes first: its stream would keep the service from ending.
        person.page.goto(BLANK)
        person.context.clear_cookies()
        person.page.emulate_media(color_scheme="light")
        person.resized(DESK)
        person.name, person.troubles = "", []
        self._free.append(person)
        return troubles

    @contextmanager
    def served(self, app: FastAPI) -> Iterator[str]:
        """Serve an application where browsers know the scripts already, and yield its address."""
        try:
            server = ServiceServer(app, Listening(grace_s=1.0, port=self._ports.pop() if self._ports else 0))
        except ServiceStartError:
            server = ServiceServer(app, Listening(grace_s=1.0))  # somebody else took the port meanwhile
        server.start()
        try:
            yield server.url
        finally:
            server.stop()
            self._ports.append(int(server.url.rpartition(":")[2]))
