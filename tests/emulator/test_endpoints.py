"""Which addresses there are, which methods they take, and how each of them says that it went well."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.blocks import (
    CAMPAIGNS,
    CONFIGURATION,
    FIELDS,
    OUTBOUND,
    PREDICTIVE,
    PREFIXES,
    RULES,
    SETTINGS,
    accepted,
    timetable,
    weights,
)
from tests.emulator.caller import Caller
from tests.emulator.holds import holds

SIMULATION = {"campaignId": "CMP-FULL", "simulationType": "predictive_weight_validation", "durationSeconds": 60}
WEBHOOK = {"name": "tuned", "url": "https://hooks.example.com/tuned", "events": ["campaign.predictive.tuned"]}
UUID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


@holds("3.08")
@pytest.mark.parametrize("campaign", ["CMP-ACTIVE", "CMP-FULL", "CMP-ARCHIVED", "CMP-LOCKED"])
def test_campaign_reads_the_same_under_both_prefixes(platform: Caller, campaign: str) -> None:
    one, other = (platform.get(f"{prefix}/{campaign}") for prefix in PREFIXES)
    assert accepted(one) == accepted(other)
    assert one.headers["ETag"] == other.headers["ETag"]


@holds("3.08")
def test_what_one_prefix_wrote_the_other_reads(platform: Caller) -> None:
    platform.patch(f"{CAMPAIGNS}/CMP-ACTIVE", {"predictiveDialer": PREDICTIVE})
    platform.patch(f"{OUTBOUND}/CMP-ACTIVE", {"dialingRules": RULES})
    for prefix in PREFIXES:
        seen = accepted(platform.get(f"{prefix}/CMP-ACTIVE"))
        assert (seen["dialingRules"], seen["predictiveDialer"]) == (RULES, PREDICTIVE)


@holds("3.09", "3.12")
@pytest.mark.parametrize("prefix", PREFIXES)
def test_patch_of_the_lifecycle_answers_the_campaign(platform: Caller, prefix: str) -> None:
    seen = accepted(platform.patch(f"{prefix}/CMP-ACTIVE", {"status": "PAUSED"}))
    assert seen["status"] == "PAUSED"
    assert set(seen) == FIELDS
    assert seen == platform.campaign("CMP-ACTIVE")


@holds("3.10", "3.12")
@pytest.mark.parametrize("prefix", PREFIXES)
def test_patch_of_the_dialing_rules_answers_the_campaign(platform: Caller, prefix: str) -> None:
    seen = accepted(platform.patch(f"{prefix}/CMP-ACTIVE", {"dialingRules": RULES}))
    assert seen["dialingRules"] == RULES
    assert seen == platform.campaign("CMP-ACTIVE")


@holds("3.11", "3.12")
@pytest.mark.parametrize("prefix", PREFIXES)
def test_patch_of_the_predictive_parameters_answers_the_campaign(platform: Caller, prefix: str) -> None:
    seen = accepted(platform.patch(f"{prefix}/CMP-ACTIVE", {"predictiveDialer": PREDICTIVE}))
    assert seen["predictiveDialer"] == PREDICTIVE
    assert seen == platform.campaign("CMP-ACTIVE")


@holds("3.09", "3.10", "3.11")
@pytest.mark.parametrize("prefix", PREFIXES)
def test_patch_of_all_three_blocks_commits_them_together(platform: Caller, prefix: str) -> None:
    body = {"status": "STOPPED", "dialingRules": RULES, "predictiveDialer": PREDICTIVE}
    seen = accepted(platform.patch(f"{prefix}/CMP-ACTIVE", body))
    assert {block: seen[block] for block in body} == body
    assert seen["revision"] == 43


@holds("3.13")
def test_put_of_the_weights_answers_the_campaign(platform: Caller) -> None:
    body = weights("CMP-ACTIVE", predictiveDialerSettings=SETTINGS, configuration=CONFIGURATION)
    seen = accepted(platform.put(f"{OUTBOUND}/CMP-ACTIVE", body))
    assert (seen["predictiveDialerSettings"], seen["configuration"]) == (SETTINGS, CONFIGURATION)
    assert set(seen) == FIELDS
    assert seen == platform.campaign("CMP-ACTIVE")


@holds("3.14")
def test_put_of_the_weights_does_not_exist_on_the_other_prefix(platform: Caller) -> None:
    body = weights("CMP-ACTIVE", predictiveDialerSettings=SETTINGS)
    answer = platform.put(f"{CAMPAIGNS}/CMP-ACTIVE", body)
    assert answer.status_code == 405, answer.text
    assert "PATCH" in answer.headers["Allow"]
    assert "PUT" not in answer.headers["Allow"]
    assert platform.campaign("CMP-ACTIVE")["revision"] == 42


@holds("3.15")
@pytest.mark.parametrize("campaign", ["CMP-FULL", "CMP-ACTIVE"])
def test_schedule_reads_with_a_tag(platform: Caller, campaign: str) -> None:
    answer = platform.get(f"{CAMPAIGNS}/{campaign}/schedule")
    assert accepted(answer)["campaignId"] == campaign
    assert answer.headers["ETag"].startswith('W/"')


@holds("3.16")
def test_schedule_is_written_with_a_new_tag(platform: Caller) -> None:
    path = f"{CAMPAIGNS}/CMP-FULL/schedule"
    tag = platform.get(path).headers["ETag"]
    answer = platform.put(path, timetable("CMP-FULL"), headers={"If-Match": tag})
    accepted(answer)
    assert answer.headers["ETag"] not in ("", tag)
    assert platform.get(path).headers["ETag"] == answer.headers["ETag"]


@holds("3.15", "3.16")
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_schedule_does_not_exist_on_the_outbound_prefix(platform: Caller, method: str) -> None:
    path = f"{OUTBOUND}/CMP-FULL/schedule"
    answer = platform.get(path) if method == "GET" else platform.put(path, timetable("CMP-FULL"))
    assert answer.status_code == 404


@holds("3.17", "3.18")
def test_simulation_is_accepted_and_can_be_read(platform: Caller) -> None:
    started = accepted(platform.post(f"{OUTBOUND}/simulations", SIMULATION), 202)
    seen = accepted(platform.get(f"{OUTBOUND}/simulations/{started['id']}"))
    assert seen["id"] == started["id"]


@holds("3.19", "3.20")
def test_webhook_is_made_once(platform: Caller) -> None:
    made = accepted(platform.post("/api/v2/webhooks", WEBHOOK), 201)
    assert accepted(platform.post("/api/v2/webhooks", WEBHOOK), 200)["id"] == made["id"]


@holds("3.21")
def test_webhooks_can_be_read_together_and_alone(platform: Caller) -> None:
    made = accepted(platform.post("/api/v2/webhooks", WEBHOOK), 201)
    assert [each["id"] for each in accepted(platform.get("/api/v2/webhooks"))["webhooks"]] == [made["id"]]
    assert accepted(platform.get(f"/api/v2/webhooks/{made['id']}"))["url"] == WEBHOOK["url"]


@holds("3.22")
def test_webhook_can_be_deleted(platform: Caller) -> None:
    made = accepted(platform.post("/api/v2/webhooks", WEBHOOK), 201)
    assert platform.delete(f"/api/v2/webhooks/{made['id']}").status_code == 204
    assert platform.get(f"/api/v2/webhooks/{made['id']}").status_code == 404
    assert accepted(platform.get("/api/v2/webhooks"))["webhooks"] == []


@holds("3.23")
@pytest.mark.parametrize("span", ["", "?from=2026-06-15T11:00:00Z&to=2026-06-15T12:00:00Z"])
def test_statistics_of_a_campaign_can_be_read(platform: Caller, span: str) -> None:
    assert accepted(platform.get(f"{CAMPAIGNS}/CMP-ACTIVE/statistics{span}"))["dials"] == 0


@holds("3.38")
@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT", "DELETE"])
def test_simulations_is_not_taken_for_a_campaign(platform: Caller, method: str) -> None:
    answer = platform.send(method, f"{OUTBOUND}/simulations", json={"status": "PAUSED"})
    assert answer.status_code == 405, answer.text
    assert answer.headers["Allow"] == "POST"


@holds("3.39")
def test_statistics_is_not_taken_for_a_campaign(platform: Caller) -> None:
    assert "campaigns" in accepted(platform.get(f"{CAMPAIGNS}/statistics"))
    answer = platform.patch(f"{CAMPAIGNS}/statistics", {"status": "PAUSED"})
    assert answer.status_code == 405, answer.text


@holds("3.38", "3.39")
@pytest.mark.parametrize("path", [f"{CAMPAIGNS}/simulations", f"{OUTBOUND}/statistics"])
def test_reserved_word_is_nothing_on_the_prefix_without_it(platform: Caller, path: str) -> None:
    assert platform.get(path).status_code == 404


@holds("3.38", "3.39")
@pytest.mark.parametrize("word", ["simulations", "statistics"])
def test_no_campaign_can_be_called_by_a_reserved_word(platform: Caller, word: str) -> None:
    answer = platform.post("/_emulator/campaigns", {"id": word}, client=None)
    assert answer.status_code == 422, answer.text
    assert [fault["field"] for fault in answer.json()["errors"]] == ["id"]


@holds("3.40", "3.41", "3.43")
@pytest.mark.parametrize(
    "identifier",
    ["a", "0", "-", "_", "...", ".a", "a" * 128, "CMP-12345", UUID, "A.b_C-9", "Simulations", "clock"],
)
def test_id_of_the_right_form_names_a_campaign(platform: Caller, identifier: str) -> None:
    platform.control("POST", "/campaigns", {"id": identifier})
    for prefix in PREFIXES:
        assert accepted(platform.get(f"{prefix}/{identifier}"))["id"] == identifier
    assert accepted(platform.patch(f"{OUTBOUND}/{identifier}", {"status": "ACTIVE"}))["status"] == "ACTIVE"


@holds("3.40", "3.41", "3.42")
@pytest.mark.parametrize(
    "identifier",
    ["", "a" * 129, ".", "..", "a b", "a/b", "a:b", "a%b", "é", "a\n", "٣", "a,b", "~", "a+b", 5, None, ["a"]],
)
def test_id_of_the_wrong_form_makes_no_campaign(platform: Caller, identifier: Any) -> None:
    answer = platform.post("/_emulator/campaigns", {"id": identifier}, client=None)
    assert answer.status_code == 422, answer.text
    assert [fault["field"] for fault in answer.json()["errors"]] == ["id"]


@holds("3.40", "3.41", "3.42")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("identifier", ["a" * 129, "%2E", "%2E%2E", "a%20b", "a%2Fb", "%C3%A9", "a:b", "CMP-ACTIVE%0A"])
def test_id_of_the_wrong_form_in_the_path_is_not_found(platform: Caller, prefix: str, identifier: str) -> None:
    assert platform.get(f"{prefix}/{identifier}").status_code == 404


@holds("3.43")
def test_letter_case_of_an_id_counts(platform: Caller) -> None:
    assert platform.get(f"{OUTBOUND}/cmp-active").status_code == 404
    platform.control("POST", "/campaigns", {"id": "cmp-active", "name": "another"})
    assert accepted(platform.get(f"{OUTBOUND}/cmp-active"))["name"] == "another"
    assert accepted(platform.get(f"{OUTBOUND}/CMP-ACTIVE"))["name"] == "Renewals East"
