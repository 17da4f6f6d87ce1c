"""The tuner on its page: looked for beside it, told with what held-out days say, and put into the form by hand."""

from __future__ import annotations

import re
from decimal import Decimal

import httpx2

from paceline.campaign.observed import Part
from paceline.control.access.rights import Role
from paceline.optimizer.tuner.told import Fit, Tuned
from paceline.primitives.canonical import Json
from tests.contract.set_up import HELD
from tests.contract.systems import Office
from tests.contract.weighed import weighted
from tests.service.served import Served, serving
from tests.unit.campaign.weights.evidences import GOOD

PAGE = f"/campaigns/{HELD}/tune"


def words(answer: httpx2.Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def found(served: Served) -> dict[str, Json]:
    """What the search tells that found a better weight, as it tells it."""
    live = served.system.platform.read(HELD, part=Part.CAMPAIGN).weights
    assert live is not None
    fit = Fit(utilisation=0.8, abandonment=0.01, bound=0.02)
    tuned = Tuned(
        campaign=HELD, weights=live, live=live, changed={"call_rate": Decimal("0.250")}, searched=("call_rate",),
        live_fit=fit, fit=fit, evidence=GOOD, converged=True, convergence="it converged", path=(), evaluated=40,
        days=12, seed=7, cpu_s=3.2, why="",
    )  # fmt: skip
    return {**tuned.document(), "steps": 1, "first": {"call_rate": "0.250"}}


def test_tuner_says_why_it_proposes_nothing_and_what_it_found_leads_into_the_form(lasting: Office) -> None:
    with serving(weighted(lasting)) as served:
        client = served.client(Role.OPERATOR, Accept="text/html")
        client.follow_redirects = True
        assert "Nothing is sent" in words(client.get(PAGE))
        begun = client.post(PAGE)
        served.app.state.parts.operations.of(str(begun.url.params["operation"])).future.exception()
        told = words(client.get(f"{PAGE}?{begun.url.query.decode()}"))
        assert "No weights can be proposed: campaign HELD has no twin" in told
        assert served.client(Role.VIEWER, Accept="text/html").post(PAGE).status_code == 403
        assert "begin it again" in words(client.get(PAGE, params={"operation": "op_gone"}))
        document = found(served)
        operations = served.app.state.parts.operations
        for kind, shared in (("tuning", "page OTHER"), ("law-look", f"page {HELD}")):
            other = operations.begin(kind, lambda: document, shared=shared)
            shown = client.get(PAGE, params={"operation": other.id})
            assert (shown.status_code, "not looked for here" in words(shown)) == (200, True), "found for another one"
            assert "Put it into the form" not in shown.text
        running = operations.begin("tuning", lambda: document, shared=f"page {HELD}")
        shown = client.get(PAGE, params={"operation": running.id})
        for part in ("the days held out agree", "Call rate 0.1 0.250", "A gain worth having", "40 weights on 12 days"):
            assert part in words(shown), (part, words(shown))
        [form] = re.findall(r'href="(/campaigns/[^"]+#weights)">Put it into the form', shown.text)
        assert form == f"/campaigns/{HELD}?weight_call_rate=0.250#weights"
        page = client.get(form).text
        assert 'name="weight_call_rate" value="0.250"' in page
        assert 'name="weight_answer_rate" value="0.1"' in page
