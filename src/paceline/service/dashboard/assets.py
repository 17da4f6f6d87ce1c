"""What pages are made up with: one stylesheet, few scripts. Each is known by its digest, so that it is fetched once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from fastapi import APIRouter
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.service.problems import ProblemError

router = APIRouter(include_in_schema=False)
"""The route of what pages are made up with; it needs no key, for there is nothing of anybody in it."""
MEDIA = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "md": "text/markdown; charset=utf-8",
    "LICENSE": "text/plain; charset=utf-8",
}
"""What is sent, by the end of its name; nothing else is."""
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes, what they are, and the digest that names them."""

    content: bytes
    media: str
    digest: str


@cache
def assets() -> dict[str, Asset]:
    """Return every file by its name, such as `pages.css` or `vendor/htmx.min.js`."""
    folder = files("paceline.service.dashboard") / "static"
    found = {}
    for prefix, part in (("", folder), ("vendor/", folder / "vendor")):
        for file in part.iterdir():
            media = MEDIA.get(file.name.rpartition(".")[2])
            if file.is_file() and media is not None:
                content = file.read_bytes()
                found[f"{prefix}{file.name}"] = Asset(content, media, hashlib.sha256(content).hexdigest()[:16])
    return found


def address_of(name: str) -> str:
    """Return where a file is fetched, its digest within.

    Raises:
        KeyError: there is none of that name.
    """
    return f"/static/{assets()[name].digest}/{name}"


@router.get("/static/{digest}/{name:path}")
def send_asset(digest: str, name: str, request: Request) -> Response:
    """Send a file; one that is asked for by another digest is sent as it is now, and not kept."""
    found = assets().get(name)
    if found is None:
        raise ProblemError(404, "there is no such file", code="no-such-address")
    headers = {"ETag": f'"{found.digest}"', "Cache-Control": FOREVER if digest == found.digest else "no-cache"}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(found.content, media_type=found.media, headers=headers)
