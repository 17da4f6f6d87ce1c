"""*Webhooks*: who is told of what happens, and how they are doing; administrators add, try, replay, rotate and remove.

A secret is shown once, in the answer that makes it; nothing keeps it there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.outbox.box import Range
from paceline.outbox.failures import SubscriberNotFoundError
from paceline.outbox.subscribers import SubscriberId
from paceline.primitives.canonical import Json
from paceline.primitives.clock import ns_of
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import campaign_id
from paceline.service.dashboard.deciding_page import not_done
from paceline.service.dashboard.pages import render
from paceline.service.dashboard.verbs_page import order_of
from paceline.service.dashboard.visitors import Administering, Viewing, Visitor
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError, named_one

router = APIRouter(include_in_schema=False)
"""The routes of the page of webhooks."""
Id = Annotated[str, Path(max_length=64)]
"""A webhook, or a verb, in an address."""
BACK = "/webhooks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something that is done to a webhook: its word, its label, what it does, and how.

    Attributes:
        do: does it, and returns what to tell, and the new secret where there is one.
        of_range: whether it asks which messages.
    """

    word: str
    label: str
    what: str
    do: Callable[[Parts, SubscriberId, Visitor], tuple[str, str | None]]
    of_range: bool = False


def _test(parts: Parts, one: SubscriberId, who: Visitor) -> tuple[str, str | None]:
    message = parts.system.webhooks.test(one, order_of(who))
    return f"Message {message.id} waits for it; a worker carries it", None


def _rotate(parts: Parts, one: SubscriberId, who: Visitor) -> tuple[str, str | None]:
    made = parts.system.webhooks.rotate(one, order_of(who))
    return "It has a new secret", made.secrets.current


def _replay(parts: Parts, one: SubscriberId, who: Visitor) -> tuple[str, str | None]:
    count = parts.system.webhooks.replay(one, _range(who), order_of(who))
    return f"It is told {count} messages again", None


def _enable(parts: Parts, one: SubscriberId, who: Visitor) -> tuple[str, str | None]:
    enabled = parts.system.webhooks.enable(one, order_of(who))
    return f"It is {enabled.standing.value}; what waits for it is sent first", None


def _remove(parts: Parts, one: SubscriberId, who: Visitor) -> tuple[str, str | None]:
    parts.system.webhooks.remove(one, order_of(who))
    return "It is removed, with all that waited for it", None


DEEDS: Mapping[str, Deed] = {
    deed.word: deed
    for deed in (
        Deed(word="test", label="Test", what="A message is put that only shows that messages arrive.", do=_test),
        Deed(
            word="replay",
            label="Replay",
            what="What there was is told again, with the same ids and bodies, behind what waits already.",
            do=_replay,
            of_range=True,
        ),
        Deed(
            word="rotate",
            label="Rotate secret",
            what="It gets a new secret. Messages are signed with the one before as well for a day.",
            do=_rotate,
        ),
        Deed(word="enable", label="Enable", what="It is sent to again, what waits for it first.", do=_enable),
        Deed(
            word="remove",
            label="Remove",
            what="Nothing is sent to it any more, and what waits for it is forgotten.",
            do=_remove,
        ),
    )
}
"""What can be done to a webhook, by its word."""


@router.get("/webhooks")
def show_webhooks(request: Request, parts: Here, who: Viewing) -> Response:
    """Show who is told, and how they are doing."""
    return render(request, "webhooks.html", who, hooks=_hooks(parts), deeds=DEEDS)


@router.get("/live/webhooks/list")
def show_list(request: Request, parts: Here, who: Viewing) -> Response:
    """Show the list alone, for whoever has the page and did something to it."""
    return render(request, "webhooks_list.html", who, hooks=_hooks(parts), deeds=DEEDS)


@router.get("/webhooks/add")
def ask_to_add(request: Request, who: Administering) -> Response:
    """Ask who is to be told."""
    return render(request, "webhook_add.html", who, back=BACK)


@router.post("/webhooks/add")
def add_webhook(request: Request, parts: Here, who: Administering) -> Response:
    """Have messages sent to an address, and show the secret that they are signed with, once."""
    kinds = [one.strip() for one in who.said("kinds").split(",") if one.strip()]
    try:
        made = parts.system.webhooks.add(who.said("url"), kinds, order_of(who), name=who.said("name") or None)
    except PacelineError as error:
        return not_done(request, who, error, back=BACK)
    told = f"{made.name or made.host} is told from now on"
    secret = made.secrets.current
    return render(
        request, "shown_once.html", who, told=told, what="The secret that its messages are signed with", secret=secret,
        note=None if parts.system.worker.has_company() else "No worker lives on this database: it carries messages.",
        back=BACK,
    )  # fmt: skip


@router.get("/webhooks/{one}/{verb}")
def ask_for_webhook(one: Id, verb: Id, request: Request, parts: Here, who: Administering) -> Response:
    """Show what is done to a webhook, and ask."""
    deed = _deed(verb)
    hook = next((hook for hook in _hooks(parts) if hook["id"] == one), None)
    if hook is None:
        return not_done(request, who, SubscriberNotFoundError(f"there is no webhook {one[:64]!r}"), back=BACK)
    return render(request, "webhook_ask.html", who, deed=deed, hook=hook, back=BACK)


@router.post("/webhooks/{one}/{verb}")
def do_to_webhook(one: Id, verb: Id, request: Request, parts: Here, who: Administering) -> Response:
    """Do it, and show what it came to."""
    deed = _deed(verb)
    try:
        told, secret = deed.do(parts, SubscriberId(one), who)
    except PacelineError as error:
        return not_done(request, who, error, back=BACK)
    what = "The secret that its messages are signed with"
    return render(request, "shown_once.html", who, told=told, what=what, secret=secret, note=None, back=BACK)


def _hooks(parts: Parts) -> list[dict[str, Json]]:
    return [one.document() for one in parts.system.webhooks.all()]


def _deed(word: str) -> Deed:
    """Return what a word stands for.

    Raises:
        ProblemError: it stands for nothing.
    """
    return named_one(word, DEEDS)


def _range(who: Visitor) -> Range:
    """Return which messages a form names.

    Raises:
        ProblemError: a time is none.
        MalformedIdError: the campaign can be none.
    """
    named = who.said("campaign")
    return Range(
        campaign=campaign_id(named) if named else None,
        since_ns=_instant_ns(who.said("from")),
        until_ns=_instant_ns(who.said("to")),
    )


def _instant_ns(text: str) -> int | None:
    """Return an instant, which is UTC where it has no offset, as the form's field says."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return ns_of(found.replace(tzinfo=UTC) if found.tzinfo is None else found)
    except (ValueError, OverflowError):
        raise ProblemError(422, "a time reads such as 2026-06-15T12:00", code="parameter") from None
