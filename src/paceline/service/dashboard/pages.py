"""Makes a page from a template: escaped always, complete always (what a template names must be there).

`layout` is what a template extends: the whole page, or, where htmx asks for a part, only the part.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from urllib.parse import quote

from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request

from paceline.service.dashboard.assets import address_of
from paceline.service.dashboard.bars import bar, form_of
from paceline.service.dashboard.citing import cited
from paceline.service.dashboard.navigation import PLACES, menu_of
from paceline.service.dashboard.shown import FILTERS
from paceline.service.dashboard.sparklines import sparkline
from paceline.service.dashboard.visitors import Visitor
from paceline.service.dashboard.words import WORDS
from paceline.service.identity import TOKEN_FIELD
from paceline.service.parts import parts_of

WHOLE, PART = "base.html", "part.html"
"""What templates extend."""


@cache
def templates() -> Environment:
    """Return the templates of this folder."""
    environment = Environment(
        loader=PackageLoader("paceline.service.dashboard", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS, cited=cited)
    environment.globals.update(
        address_of=address_of, bar=bar, form_of=form_of, sparkline=sparkline, words=WORDS, token_name=TOKEN_FIELD
    )
    return environment


def is_part(request: Request) -> bool:
    """Return whether htmx asks for a part of a page, not for all of it."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type") != "full"


def render(
    request: Request,
    template: str,
    who: Visitor | None,
    /,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> HTMLResponse:
    """Return a page.

    Args:
        request: what is answered.
        template: the name of its file.
        who: who looks at it; None before somebody has signed in.
        status: the answer's.
        headers: further headers of the answer.
        context: what the template names.
    """
    text = rendered(request, template, who, **context)
    return HTMLResponse(text, status, headers={**(headers or {}), "Vary": "HX-Request, Cookie"})


def rendered(request: Request, template: str, who: Visitor | None, /, **context: object) -> str:
    """Return the text of a page, or of a part of one."""
    path = request.url.path
    places = [] if who is None else [place for place in PLACES if who.principal.may(place.right)]
    around = {
        "layout": PART if is_part(request) else WHOLE,
        "who": who,
        "token": "" if who is None else who.token,
        "menu": menu_of(places, path),
        "path": path,
        "law": parts_of(request).system.law,
        "is_part": is_part(request),
    }
    return templates().get_template(template).render({**around, **context})


def local(address: str, otherwise: str = "/") -> str:
    """Return an address where it is one of this service, otherwise another: nobody is led elsewhere.

    >>> local("/changes/17?x=1"), local("//elsewhere.example"), local("https://elsewhere.example/")
    ('/changes/17?x=1', '/', '/')
    >>> local("///elsewhere.example")  # browsers take any number of slashes for two
    '/'
    """
    is_plain = address.isascii() and address.isprintable() and "\\" not in address
    return address if is_plain and address.startswith("/") and not address.startswith("//") else otherwise


def sent_to(request: Request, address: str) -> Response:
    """Send the browser to another page of this service, as htmx or the browser itself understands it."""
    if is_part(request):
        return Response(status_code=200, headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)


def segment(text: str) -> str:
    """Return an id as a part of an address.

    >>> segment("a/b c")
    'a%2Fb%20c'
    """
    return quote(text, safe="")
