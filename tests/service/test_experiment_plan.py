"""An experiment is planned on its page: shown with its blocks and what it could see, then kept, as by the command."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx2
import pytest

from paceline.control.access.rights import Role
from tests.contract.switched import TRIED, Bench, noted, status
from tests.contract.systems import Office
from tests.service.served import Served, serving
from tests.service.test_stale_pages import fields_of

PLAN = f"/experiments/{TRIED}/plan"
TERMS = {"days": "6", "block_min": "60", "guard_handles": "4", "from": "14:00", "to": "17:00", "early": "yes"}
BOLDER = {**TERMS, "weight_predictive_factor": "0.25"}


@pytest.fixture(scope="module")
def tried(lasting: Office) -> Iterator[Served]:
    """A service with a campaign whose weights can be compared."""
    with serving(Bench(lasting).system()) as running:
        yield running


def operator(served: Served) -> httpx2.Client:
    client = served.client(Role.OPERATOR, Accept="text/html")
    client.follow_redirects = True
    return client


def words(answer: httpx2.Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_what_cannot_be_planned_is_told_in_the_form_which_keeps_what_was_typed(tried: Served) -> None:
    client = operator(tried)
    form = client.get("/experiment", params={"campaign": TRIED})
    assert form.url.path == PLAN
    assert "Predictive factor live 0.1; -1 to 1" in words(form)
    assert "5 to 100" in words(form)
    hidden = fields_of(form.text)
    for typed, told in (
        (TERMS, "nothing differs from what is live"),
        ({**BOLDER, "days": "4"}, "5 to 100 days"),
        ({**BOLDER, "from": "", "since": "2026-06-32"}, "name both ends of the hours, or neither"),
        ({**BOLDER, "since": "0001-01-01T00:00+14:00"}, "it is beyond every calendar"),
        ({**BOLDER, "since": "9999-12-31T23:59-14:00"}, "it is beyond every calendar"),
        ({**BOLDER, "from": "17:00", "to": "14:00"}, "from an earlier to a later time of the local day"),
        ({**BOLDER, "weight_predictive_factor": "bold"}, "a number, such as 0.25 or -0.1"),
    ):
        answer = client.post(PLAN, data={**hidden, **typed, "step": "keep"})
        assert told in words(answer), (typed, words(answer))
        assert f'name="days" value="{typed["days"]}"' in answer.text
    assert noted(tried.system) == []
    assert "compare weights instead" in words(client.get(PLAN, params={"of": "pacing"}))
    assert tried.client(Role.VIEWER, Accept="text/html").get(PLAN).status_code == 403
    assert client.get("/experiments/NOWHERE/plan").status_code == 404


def test_plan_is_shown_with_coins_and_power_and_kept_as_the_command_keeps_it(tried: Served) -> None:
    client = operator(tried)
    hidden = {**fields_of(client.get(PLAN).text), "reason": "which is better"}
    shown = client.post(PLAN, data={**hidden, **BOLDER, "step": "preview"})
    for told in (
        "How it would go", "18 of 60 minutes in 9 pairs, from 2026-06-15 14:00 UTC to 2026-06-20 17:00 UTC",
        "18 blocks of 60 minutes on 6 days, 1 looks", "coins might fall", "1, after block 17", "Plan it",
    ):  # fmt: skip
        assert told in words(shown), (told, words(shown))
    assert "".join(re.findall(r'class="letters"[^>]*>([on]+)<', shown.text)).count("n") == 9
    assert noted(tried.system) == [], "a preview keeps nothing"
    kept = client.post(PLAN, data={**hidden, **BOLDER, "step": "keep"})
    assert kept.url.path == f"/experiments/{TRIED}"
    assert "Planned" in words(kept)
    made = status(tried.system)
    assert (made.phase.value, made.reason, len(made.plan.blocks)) == ("planned", "which is better", 18)
    assert noted(tried.system) == ["plan"]


def test_plan_on_a_campaign_that_moved_on_is_refused(tried: Served) -> None:
    client = operator(tried)
    hidden = {**fields_of(client.get(PLAN).text), "version": "1"}
    answer = words(client.post(PLAN, data={**hidden, **BOLDER, "step": "keep"}))
    assert "Refused: it would not be kept" in answer
    assert len(noted(tried.system)) == 1
