"""The form of weights on a campaign's page: what data say before anything is sent, and the way through the corridor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import httpx2
import pytest

from paceline.campaign.evidence import Lack
from paceline.campaign.weights.changes import SetWeights
from paceline.control.access.rights import Role
from paceline.control.approving.policy import Policy, Rule
from tests.contract.set_up import HELD
from tests.contract.systems import Office
from tests.contract.weighed import Scripted, again, asked_of, live, weighted
from tests.service.served import Served, serving
from tests.unit.campaign.weights.evidences import CHANCE, GOOD, LACKING

PAGE = f"/campaigns/{HELD}"
BOLDER = {"weight_call_rate": "0.25"}


@pytest.fixture(scope="module")
def scripted() -> Scripted:
    return Scripted()


@pytest.fixture(scope="module")
def told(lasting: Office, scripted: Scripted) -> Iterator[Served]:
    """A service whose campaign HELD has weights, and whose data say what a test wrote down."""
    system = weighted(lasting, scripted)
    system.recorder.saw([system.platform.read(HELD)])
    with serving(system) as running:
        yield running


@pytest.fixture
def weigher(scripted: Scripted) -> Scripted:
    """Who weighs, asked nothing yet and with good evidence."""
    scripted.evidence, scripted.lack = GOOD, None
    scripted.asked.clear()
    return scripted


def shown_version(served: Served) -> str:
    return str(served.system.platform.read(HELD).version)


def operator(served: Served, role: Role = Role.OPERATOR) -> httpx2.Client:
    return served.client(role, Accept="text/html", **{"HX-Request": "true"})


def words(answer: httpx2.Response) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_form_shows_live_weights_limits_and_switches_and_no_trigger(told: Served) -> None:
    page = told.client(Role.VIEWER, Accept="text/html").get(PAGE).text
    form = page[page.index('id="weights-form"') : page.index('id="rules"')]
    for name, value in (
        ("weight_answer_rate", "0.1"), ("weight_predictive_factor", "-0.2"), ("weight_agent_efficiency", "0"),
        ("deviation_limit", "0.2"), ("validation_split", "0.8"), ("convergence", "0.05"), ("algorithm", "adaptive-v2"),
    ):  # fmt: skip
        assert f'name="{name}" value="{value}"' in form, name
    assert form.count("<option selected>on</option>") == 2
    assert "rigger" not in form
    assert "Set weights" not in form, "a viewer has no button"


def test_what_data_say_stands_beside_the_form_before_anything_is_sent(
    told: Served, weigher: Scripted, lasting: Office
) -> None:
    asked, head = len(asked_of(lasting)), told.system.book.head().size
    answer = operator(told).post(f"{PAGE}/weights/findings", data=BOLDER)
    shown = words(answer)
    for said in (
        "96 blocks of 6 days", "Occupancy 80.00 % 83.00 % +3.00 points (+2.00 to +4.00) 0.003 worth having",
        "Abandon rate 1.00 % 1.20 % +0.20 points (-0.10 to +0.50) 0.800 chance explains it",
        "Connects an agent hour 15.00 16.00 +1.00 (+0.70 to +1.30)", "A gain worth having",
        "at most 1.60 % (95 %), the ceiling is 3.00 %", "call_rate: 0.1 → 0.25".replace("_", " "), "Note",
    ):  # fmt: skip
        assert said in shown, (said, shown)
    assert answer.text.count('class="whisker"') == 3
    assert 'aria-label="Occupancy: +3.00 points (+2.00 to +4.00)"' in answer.text
    assert (told.system.book.head().size, len(weigher.asked)) == (head, 1)
    assert all(method == "GET" for method, _ in asked_of(lasting)[asked:]), (
        "no simulation is asked for while somebody types"
    )


def test_same_question_asks_data_once(told: Served, weigher: Scripted) -> None:
    for value in ("0.21", "0.21", "0.22", "0.21"):
        operator(told).post(f"{PAGE}/weights/findings", data={"weight_call_rate": value})
    assert [str(one.wanted.of("call_rate")) for one in weigher.asked] == ["0.21", "0.22"]


def test_want_of_data_is_told_with_advice_and_weighs_nothing(told: Served, weigher: Scripted, lasting: Office) -> None:
    operator(told).post(f"{PAGE}/weights/findings", data={"deviation_limit": "0.3"})
    weigher.lack, asked = LACKING[Lack.NO_DATA], len(asked_of(lasting))
    answer = operator(told).post(f"{PAGE}/weights/findings", data=BOLDER)
    shown = words(answer)
    assert "Refused nobody can say what these weights would do: there is no-data; do something about it" in shown
    assert f'href="{PAGE}/twin"' in answer.text
    assert (weigher.asked, len(asked_of(lasting))) == ([], asked)


def test_values_that_are_none_and_steps_too_far_are_told_without_asking_data(told: Served, weigher: Scripted) -> None:
    client = operator(told)
    typed = words(
        client.post(f"{PAGE}/weights/findings", data={"weight_call_rate": "bold", "enabled": "perhaps"})
    )  # fmt: skip
    assert "weight call rate: a number, such as 0.25 or -0.1" in typed
    assert "enabled: on or off" in typed
    assert "weights.bounds" in words(client.post(f"{PAGE}/weights/findings", data={"weight_call_rate": "2"}))
    assert "Nothing differs from what is live." in words(
        client.post(f"{PAGE}/weights/findings", data={"weight_call_rate": "0.10"})
    )
    assert weigher.asked == []
    assert "weights.deviation" in words(client.post(f"{PAGE}/weights/findings", data={"weight_call_rate": "0.9"}))


def test_viewer_neither_judges_nor_sets(told: Served, lasting: Office) -> None:
    client = told.client(Role.VIEWER, Accept="text/html")
    for path in ("weights/findings", "weights"):
        assert client.post(f"{PAGE}/{path}", data=BOLDER).status_code == 403
    assert live(lasting)[0]["parameterWeights"]["call_rate"] == 0.1


def test_weights_are_set_by_the_form_on_the_version_that_it_showed(
    told: Served, weigher: Scripted, lasting: Office
) -> None:
    del weigher  # it has good evidence
    client = operator(told)
    stale = words(client.post(f"{PAGE}/weights", data={**BOLDER, "version": "41"}))
    assert "Somebody else changed it since you looked" in stale
    asked, version = len(asked_of(lasting)), shown_version(told)
    done = words(client.post(f"{PAGE}/weights", data={**BOLDER, "version": version, "reason": "more talk"}))
    assert "Done" in done
    assert live(lasting)[0]["parameterWeights"]["call_rate"] == 0.25
    assert asked_of(lasting)[asked:].count(("POST", "simulations")) == 1
    found = re.search(
        r'href="/changes/(\d+)">\d+</a> weights.set by operator: applied',
        told.client(Accept="text/html").get(PAGE).text,
    )
    assert found is not None
    entry = found[1]
    page = words(told.client(Role.VIEWER, Accept="text/html").get(f"/changes/{entry}"))
    assert "What data said of it" in page
    assert "+3.00 points (+2.00 to +4.00)" in page


def test_what_chance_explains_can_be_answered_for_without_script(
    told: Served, weigher: Scripted, lasting: Office
) -> None:
    weigher.evidence = CHANCE
    client, wish = told.client(Role.OPERATOR, Accept="text/html"), {"weight_agent_efficiency": "0.15"}
    refused = client.post(f"{PAGE}/weights", data={**wish, "version": shown_version(told)})
    assert "weights.significance" in words(refused)
    assert 'name="override" value="weights.significance"' in refused.text
    answered = {**wish, "version": shown_version(told), "override": "weights.significance", "until": "1"}
    assert "Done" in words(client.post(f"{PAGE}/weights", data=answered))
    assert live(lasting)[0]["parameterWeights"]["agent_efficiency"] == 0.15


def test_second_person_is_shown_what_data_say_before_the_question_is_answered(
    told: Served, weigher: Scripted, lasting: Office
) -> None:
    del told  # its campaign is the one that is asked about
    system = again(lasting, weigher, approvals=Policy(rules=(Rule(kinds=("weights.*",)),)))
    asked = system.run(SetWeights(campaign=HELD, adjusted={"answer_rate": Decimal("0.2")}))
    assert asked.word == "scheduled", asked.document()
    with serving(system) as running:
        question = words(operator(running, Role.APPROVER).get(f"/changes/{asked.entry}/approve"))
    assert "Approve weights.set of HELD?" in question
    assert "+3.00 points (+2.00 to +4.00)" in question
