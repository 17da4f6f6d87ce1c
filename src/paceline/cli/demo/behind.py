"""The platform from behind, and from outside: what no change of ours does to it, and what it says it was asked."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from paceline.cli.demo.telling import StoryError
from paceline.cxone.auth import Credentials
from paceline.primitives.ids import CampaignId

CONSOLE = "admin-console"
"""The client of somebody who knows nothing of paceline."""


class Behind:
    """The platform from behind, by the emulator's control surface; and from outside, by a client that is not ours."""

    def __init__(self, url: str, credentials: Credentials) -> None:
        """Reach the emulator at this address; the credentials are those of the other client."""
        self._address = urlsplit(url).netloc
        self._credentials = credentials

    def control(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Do something to the platform that no client could.

        Raises:
            StoryError: the control surface refused it.
        """
        return self._accepted(method, f"/_emulator{path}", body, {"Content-Type": "application/json"})

    def shown(self, campaign: CampaignId) -> dict[str, Any]:
        """Return a campaign as the platform itself holds it."""
        return self.control("GET", f"/campaigns/{campaign}")

    def journal(self, newest: int = 0) -> dict[str, Any]:
        """Return how many requests reached the platform, by status too, and the newest of them."""
        return self.control("GET", f"/journal?limit={newest}")

    def changes(self, campaign: CampaignId) -> list[dict[str, Any]]:
        """Return the requests that were to change a campaign, oldest first."""
        found: list[dict[str, Any]] = self.control(
            "GET", f"/journal?method=PATCH&path=/api/v2/outbound/campaigns/{campaign}"
        )["entries"]
        return found

    def edit(self, campaign: CampaignId, fields: Mapping[str, object]) -> dict[str, Any]:
        """Change a campaign from outside paceline, by plain HTTP.

        Raises:
            StoryError: the platform refused it.
        """
        form = urlencode(
            {
                "grant_type": "client_credentials",
                "client_id": self._credentials.client_id,
                "client_secret": self._credentials.client_secret,
            }
        )
        token = self._accepted("POST", "/oauth/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
        headers = {"Authorization": f"Bearer {token['access_token']}", "Content-Type": "application/json"}
        return self._accepted("PATCH", f"/api/v2/outbound/campaigns/{campaign}", fields, headers)

    def _accepted(self, method: str, path: str, body: object, headers: Mapping[str, str]) -> dict[str, Any]:
        connection = http.client.HTTPConnection(self._address, timeout=30)
        try:
            content = body if body is None or isinstance(body, str) else json.dumps(body)
            connection.request(method, path, content, dict(headers))
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status >= 400:
            raise StoryError(f"the emulator refused {method} {path}: {answer.status} {text.decode()[:300]}")
        found: dict[str, Any] = json.loads(text) if text else {}
        return found
