"""Simulations: how one is asked for, what is answered while no dialer runs, and when one starts by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator.caller import Caller
from tests.emulator.holds import holds
from tests.emulator.schedules import fields, without
from tests.emulator.tuning import SIMULATIONS, algorithm, configuration, simulate, tune

ASKED = {"campaignId": "CMP-ACTIVE", "simulationType": "predictive_weight_validation", "durationSeconds": 60}
AUTOMATIC, MANUAL = configuration("automatic"), configuration("manual")


def automatic(launch: Callable[..., Caller], *blocks: dict[str, Any]) -> Any:
    """PUT these blocks to CMP-ACTIVE, and return what is read where the last of them would have begun a simulation.

    Nothing tells the id of a simulation that began by itself, but ids follow from the seed and the requests alone:
    a simulation that is asked for in the place of the last PUT, on an emulator of the same seed, has the same id.
    """
    twin, platform = launch(), launch()
    for one in blocks[:-1]:
        for caller in (twin, platform):
            assert tune(caller, "CMP-ACTIVE", **one).status_code == 200
    identifier = simulate(twin, "CMP-ACTIVE").json()["id"]
    assert tune(platform, "CMP-ACTIVE", **blocks[-1]).status_code == 200
    answer = platform.get(f"{SIMULATIONS}/{identifier}")
    assert answer.status_code in {200, 404}
    return answer.json() if answer.status_code == 200 else None


@holds("6.01", "6.05")
def test_simulation_is_answered_with_202_running_and_what_was_asked(platform: Caller) -> None:
    answer = platform.post(SIMULATIONS, ASKED)
    assert answer.status_code == 202
    document = answer.json()
    assert isinstance(document["id"], str)
    assert document["id"]
    assert without(document, "id", "result", "reason") == {**ASKED, "status": "RUNNING"}


@holds("6.05")
def test_two_simulations_have_different_ids(platform: Caller) -> None:
    first, second = (simulate(platform, "CMP-ACTIVE").json()["id"] for _ in range(2))
    assert first != second
    for identifier in (first, second):
        assert platform.get(f"{SIMULATIONS}/{identifier}").json()["id"] == identifier


@holds("6.06", "6.07", "6.08", "6.09")
def test_simulation_without_a_dialer_has_failed_when_it_is_read_and_says_why(platform: Caller) -> None:
    identifier = platform.post(SIMULATIONS, ASKED).json()["id"]
    answer = platform.get(f"{SIMULATIONS}/{identifier}")
    assert answer.status_code == 200
    document = answer.json()
    assert document.pop("reason")
    assert document == {**ASKED, "id": identifier, "status": "FAILED", "result": None}


@holds("6.06", "6.09")
def test_failed_simulation_stays_failed_when_its_seconds_are_over(platform: Caller) -> None:
    identifier = platform.post(SIMULATIONS, ASKED).json()["id"]
    before = platform.get(f"{SIMULATIONS}/{identifier}").json()
    platform.advance(120)
    assert platform.get(f"{SIMULATIONS}/{identifier}").json() == before


@holds("6.02")
@pytest.mark.parametrize("name", list(ASKED))
def test_simulation_field_left_out_is_a_field_fault(platform: Caller, name: str) -> None:
    assert fields(platform.post(SIMULATIONS, without(ASKED, name)), 400) == {name}


@holds("6.02")
@pytest.mark.parametrize("name", list(ASKED))
def test_simulation_field_that_is_null_is_a_field_fault(platform: Caller, name: str) -> None:
    assert fields(platform.post(SIMULATIONS, {**ASKED, name: None}), 400) == {name}


@holds("6.02")
def test_one_answer_lists_every_fault_of_a_simulation(platform: Caller) -> None:
    assert fields(platform.post(SIMULATIONS, {}), 400) == set(ASKED)
    sent = {"campaignId": 5, "simulationType": "load", "durationSeconds": 0, "seed": 1}
    assert fields(platform.post(SIMULATIONS, sent), 400) == set(sent)
    assert fields(platform.post(SIMULATIONS, []), 400) == {""}


@holds("6.03")
@pytest.mark.parametrize("kind", ["predictive_validation", "PREDICTIVE_WEIGHT_VALIDATION", "", 1, []])
def test_other_simulation_type_is_a_field_fault(platform: Caller, kind: Any) -> None:
    assert fields(simulate(platform, "CMP-ACTIVE", simulationType=kind), 400) == {"simulationType"}


@holds("6.04")
@pytest.mark.parametrize("seconds", [1, 3600])
def test_simulation_of_a_second_and_of_an_hour_is_accepted(platform: Caller, seconds: int) -> None:
    answer = simulate(platform, "CMP-ACTIVE", durationSeconds=seconds)
    assert (answer.status_code, answer.json()["durationSeconds"]) == (202, seconds)


@holds("6.04")
@pytest.mark.parametrize("seconds", [0, 3601, -1, 60.0, 0.5, True, "60", []])
def test_duration_out_of_its_bounds_or_no_integer_is_a_field_fault(platform: Caller, seconds: Any) -> None:
    assert fields(simulate(platform, "CMP-ACTIVE", durationSeconds=seconds), 400) == {"durationSeconds"}


@holds("6.10")
def test_simulation_of_an_unknown_campaign_is_not_found(platform: Caller) -> None:
    answer = simulate(platform, "NO-SUCH")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@holds("6.11", "6.12")
@pytest.mark.parametrize("campaign", ["CMP-LOCKED", "CMP-ARCHIVED", "CMP-PAUSED", "CMP-STOPPED"])
def test_lock_archive_and_status_do_not_matter_to_a_simulation(platform: Caller, campaign: str) -> None:
    assert simulate(platform, campaign).status_code == 202


@holds("6.15")
@pytest.mark.parametrize("campaign", ["CMP-ACTIVE", "CMP-LOCKED", "CMP-ARCHIVED"])
def test_simulation_leaves_the_campaign_as_it_is(platform: Caller, campaign: str) -> None:
    before = platform.campaign(campaign)
    identifier = simulate(platform, campaign).json()["id"]
    platform.get(f"{SIMULATIONS}/{identifier}")
    platform.advance(60)
    assert platform.campaign(campaign) == before


@holds("6.16")
def test_starting_a_simulation_needs_its_own_scope(platform: Caller) -> None:
    for client in ("acme-read", "acme-write", "acme-odd"):
        answer = simulate(platform, "CMP-ACTIVE", client=client)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@holds("6.16")
def test_reading_a_simulation_needs_a_read_scope(platform: Caller) -> None:
    identifier = simulate(platform, "CMP-ACTIVE").json()["id"]
    assert platform.get(f"{SIMULATIONS}/{identifier}", client="acme-read").status_code == 200
    assert platform.get(f"{SIMULATIONS}/{identifier}", client="acme-write").status_code == 403


@holds("6.16")
def test_simulation_of_another_tenants_campaign_is_forbidden(platform: Caller) -> None:
    answer = simulate(platform, "BULK-1")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@holds("6.16")
def test_another_tenants_simulation_is_forbidden(platform: Caller) -> None:
    identifier = simulate(platform, "CMP-ACTIVE").json()["id"]
    answer = platform.get(f"{SIMULATIONS}/{identifier}", client="bulk-all")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@holds("6.16")
def test_unknown_simulation_is_not_found(platform: Caller) -> None:
    answer = platform.get(f"{SIMULATIONS}/no-such-simulation")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@holds("6.17")
def test_simulation_asked_for_again_with_its_key_is_the_same(platform: Caller) -> None:
    headers = {"Idempotency-Key": "simulation-1"}
    first = platform.post(SIMULATIONS, ASKED, headers=headers)
    again = platform.post(SIMULATIONS, ASKED, headers=headers)
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    other = platform.post(SIMULATIONS, {**ASKED, "durationSeconds": 61}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


@holds("6.13", "6.14")
def test_put_with_an_automatic_trigger_starts_a_simulation_of_300_seconds(launch: Callable[..., Caller]) -> None:
    document = automatic(launch, {"configuration": AUTOMATIC})
    assert document.pop("id")
    assert document.pop("reason")
    assert document == {**ASKED, "durationSeconds": 300, "status": "FAILED", "result": None}


@holds("6.14")
def test_put_without_a_configuration_heeds_the_stored_trigger(launch: Callable[..., Caller]) -> None:
    document = automatic(launch, {"configuration": AUTOMATIC}, {"predictiveDialerSettings": algorithm()})
    assert (document["campaignId"], document["durationSeconds"]) == ("CMP-ACTIVE", 300)


@holds("6.14")
@pytest.mark.parametrize(
    "blocks",
    [
        [{"configuration": MANUAL}],
        [{"predictiveDialerSettings": algorithm()}],
        [{"predictiveDialerSettings": algorithm(), "configuration": MANUAL}],
        [{"configuration": MANUAL}, {"predictiveDialerSettings": algorithm()}],
        [{"configuration": AUTOMATIC}, {"configuration": MANUAL}],
    ],
)
def test_put_without_an_automatic_trigger_starts_none(
    launch: Callable[..., Caller], blocks: list[dict[str, Any]]
) -> None:
    assert automatic(launch, *blocks) is None


@holds("6.14")
def test_refused_put_starts_none(launch: Callable[..., Caller]) -> None:
    identifier = simulate(launch(), "CMP-ACTIVE").json()["id"]
    platform = launch()
    assert tune(platform, "CMP-ACTIVE", configuration=AUTOMATIC, version=41).status_code == 409
    assert tune(platform, "CMP-LOCKED", configuration=AUTOMATIC).status_code == 409
    assert tune(platform, "CMP-ARCHIVED", configuration=AUTOMATIC).status_code == 403
    assert platform.get(f"{SIMULATIONS}/{identifier}").status_code == 404
    assert simulate(platform, "CMP-ACTIVE").json()["id"] == identifier


@holds("6.15", "6.14")
def test_automatic_simulation_does_not_move_the_revision_again(platform: Caller) -> None:
    answer = tune(platform, "CMP-ACTIVE", configuration=AUTOMATIC)
    assert answer.json()["revision"] == 43
    platform.advance(301)
    assert platform.campaign("CMP-ACTIVE")["revision"] == 43
