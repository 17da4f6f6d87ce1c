"""Tenants files that are refused at the start, each with a message that says what is wrong and where."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from paceline.emulator.tenants import TenantsFileError
from tests.emulator.caller import Caller
from tests.emulator.holds import holds
from tests.emulator.tenants_files import (
    CAMPAIGN,
    CLIENT,
    CONFIGURATION,
    PACING,
    RULES,
    SCHEDULE,
    SCOPES,
    TENANT,
    WEIGHTS,
    document,
    table,
    write,
)

Refuse = Callable[[str], str]
TENANT_AT = "tenants[0]"
CLIENT_AT = "tenants[0].clients[0]"
CAMPAIGN_AT = "tenants[0].campaigns[0]"


@pytest.fixture
def refuse(launch: Callable[..., Caller], tmp_path: Path) -> Refuse:
    """Start an emulator on a tenants file of this text, and return the message that it is refused with."""

    def message(text: str) -> str:
        with pytest.raises(TenantsFileError) as refused:
            launch(tenants=write(tmp_path, text))
        return str(refused.value)

    return message


@holds("8.03")
@pytest.mark.parametrize("text", ["[[tenants", "tenants: []", '{"tenants": []}', 'id = "a"\nid = "b"'])
def test_file_that_is_not_toml_is_refused(refuse: Refuse, text: str) -> None:
    assert "TOML" in refuse(text)


@holds("8.03")
def test_file_that_is_not_utf8_is_refused(launch: Callable[..., Caller], tmp_path: Path) -> None:
    path = tmp_path / "tenants.toml"
    path.write_bytes(b'[[tenants]]\nid = "\xff"\n')
    with pytest.raises(TenantsFileError, match=r"(?i)utf-8"):
        launch(tenants=path)


@holds("8.03")
def test_file_that_is_not_there_is_refused(launch: Callable[..., Caller], tmp_path: Path) -> None:
    with pytest.raises(TenantsFileError, match=r"missing\.toml"):
        launch(tenants=tmp_path / "missing.toml")


@holds("8.03", "8.24")
@pytest.mark.parametrize("text", ["", 'tenants = "acme"', "tenants = [5]", '[tenants]\nid = "one"'])
def test_file_without_a_list_of_tenants_is_refused(refuse: Refuse, text: str) -> None:
    assert "tenants" in refuse(text).replace("tenants.toml", "")


@holds("8.17")
@pytest.mark.parametrize("key", ["id", "secret", "scopes"])
def test_client_without_a_required_key_is_refused(refuse: Refuse, key: str) -> None:
    message = refuse(document(client=tuple(line for line in CLIENT if not line.startswith(key))))
    assert key in message
    assert CLIENT_AT in message


@holds("8.17")
def test_tenant_without_an_id_is_refused(refuse: Refuse) -> None:
    message = refuse(document(tenant=('license_tier = "STANDARD"',)))
    assert f"{TENANT_AT}.id" in message


@holds("8.17")
def test_campaign_without_an_id_is_refused(refuse: Refuse) -> None:
    message = refuse(document(campaign=('name = "x"',)))
    assert f"{CAMPAIGN_AT}.id" in message


@holds("8.19")
@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("colour = 1\n" + document(), "colour"),
        (document(tenant=(*TENANT, "colour = 1")), f"{TENANT_AT}.colour"),
        (document(client=(*CLIENT, "colour = 1")), f"{CLIENT_AT}.colour"),
        (document(campaign=(*CAMPAIGN, "colour = 1")), f"{CAMPAIGN_AT}.colour"),
        (document(campaign=(*CAMPAIGN, "isLocked = true")), f"{CAMPAIGN_AT}.isLocked"),
        (document(campaign=(*CAMPAIGN, "version = 5")), f"{CAMPAIGN_AT}.version"),
        (document(tenant=(*TENANT, 'licence_tier = "STANDARD"')), f"{TENANT_AT}.licence_tier"),
        (
            document(campaign=(*CAMPAIGN, RULES.replace("maxAttempts", "colour = 1, maxAttempts"))),
            f"{CAMPAIGN_AT}.dialingRules.retrySettings.colour",
        ),
        (
            document(campaign=(*CAMPAIGN, WEIGHTS.replace("answer_rate", "answerRate"))),
            f"{CAMPAIGN_AT}.predictiveDialerSettings.parameterWeights.answerRate",
        ),
        (
            document(campaign=(*CAMPAIGN, SCHEDULE.replace("startTime", "colour = 1, startTime"))),
            f"{CAMPAIGN_AT}.schedule.timeWindows[0].colour",
        ),
        (
            document(campaign=(*CAMPAIGN, SCHEDULE.replace("{ timezone", '{ campaignId = "C-1", timezone'))),
            f"{CAMPAIGN_AT}.schedule.campaignId",
        ),
    ],
)
def test_unknown_key_is_refused_by_its_name_and_place(refuse: Refuse, text: str, place: str) -> None:
    assert place in refuse(text)


@holds("8.19")
def test_second_of_its_kind_is_named_by_its_place(refuse: Refuse) -> None:
    more = table("tenants", ('id = "two"',)) + table("tenants.campaigns", ('id = "C-2"', "colour = 1"))
    assert "tenants[1].campaigns[0].colour" in refuse(document(more=more))


SECOND = table("tenants", ('id = "two"',))


@holds("8.22")
@pytest.mark.parametrize(
    ("before", "place"), [("", "tenants[0].campaigns[1].id"), (SECOND, "tenants[1].campaigns[0].id")]
)
def test_campaign_id_that_stands_twice_is_refused(refuse: Refuse, before: str, place: str) -> None:
    message = refuse(document(more=before + table("tenants.campaigns", CAMPAIGN)))
    assert place in message
    assert "C-1" in message


@holds("8.23")
@pytest.mark.parametrize(("before", "place"), [("", "tenants[0].clients[1].id"), (SECOND, "tenants[1].clients[0].id")])
def test_client_id_that_stands_twice_is_refused(refuse: Refuse, before: str, place: str) -> None:
    message = refuse(document(more=before + table("tenants.clients", CLIENT)))
    assert place in message
    assert "one-all" in message


@holds("8.26")
def test_tenant_id_that_stands_twice_is_refused(refuse: Refuse) -> None:
    assert "tenants[1].id" in refuse(document(more=table("tenants", TENANT)))


@holds("8.24", "8.04", "8.05", "8.06")
@pytest.mark.parametrize(
    "line",
    [
        "id = 5",
        'id = ""',
        'license_tier = "GOLD"',
        'license_tier = "enterprise"',
        "license_tier = 1",
        'max_concurrent_campaigns = "20"',
        "max_concurrent_campaigns = -1",
        "max_concurrent_campaigns = 2.0",
        "max_concurrent_campaigns = true",
        "requests_per_minute = 0",
        "requests_per_minute = -5",
        'requests_per_minute = "100"',
        "requests_per_minute = 1.5",
    ],
)
def test_tenant_key_of_a_wrong_value_is_refused(refuse: Refuse, line: str) -> None:
    key = line.split(" =", maxsplit=1)[0]
    kept = tuple(one for one in TENANT if not one.startswith(f"{key} "))
    assert f"{TENANT_AT}.{key}" in refuse(document(tenant=(*kept, line)))


@holds("8.24", "8.07", "8.08", "8.09", "8.10")
@pytest.mark.parametrize(
    "line",
    [
        "id = 5",
        'id = ""',
        "secret = 5",
        'secret = ""',
        'scopes = "campaign:read"',
        "scopes = [5]",
        'reported_expires_in = "3600"',
        "reported_expires_in = 3600.0",
        "reported_expires_in = true",
        "token_lifetime_s = -1",
        'token_lifetime_s = "3600"',
    ],
)
def test_client_key_of_a_wrong_value_is_refused(refuse: Refuse, line: str) -> None:
    key = line.split(" =", maxsplit=1)[0]
    kept = tuple(one for one in CLIENT if not one.startswith(f"{key} "))
    assert f"{CLIENT_AT}.{key}" in refuse(document(client=(*kept, line)))


@holds("8.24", "8.11", "8.12", "8.13")
@pytest.mark.parametrize(
    "line",
    [
        "id = 5",
        'id = ""',
        'id = "a/b"',
        'id = "a b"',
        'id = "."',
        'id = ".."',
        'id = "ü"',
        f'id = "{"x" * 129}"',
        'id = "C-1\\n"',
        "name = 5",
        'status = "RUNNING"',
        'status = "active"',
        "status = 1",
        'locked = "no"',
        "locked = 0",
        'revision = "42"',
        "revision = 1.0",
        "revision = true",
        "revision = -1",
        "agents = -1",
        'agents = "50"',
        "agents = 1.5",
        "dialingRules = 5",
        'schedule = "always"',
    ],
)
def test_campaign_key_of_a_wrong_value_is_refused(refuse: Refuse, line: str) -> None:
    key = line.split(" =", maxsplit=1)[0]
    kept = tuple(one for one in CAMPAIGN if not one.startswith(f"{key} "))
    assert f"{CAMPAIGN_AT}.{key}" in refuse(document(campaign=(*kept, line)))


@holds("8.24")
@pytest.mark.parametrize("identifier", ["x" * 128, "A.b_c-9", "..."])
def test_campaign_id_of_the_right_form_is_accepted(
    launch: Callable[..., Caller], tmp_path: Path, identifier: str
) -> None:
    platform = launch(tenants=write(tmp_path, document(campaign=(f'id = "{identifier}"',))))
    assert platform.campaign(identifier, client="one-all")["id"] == identifier


@holds("8.15", "8.14", "8.20")
@pytest.mark.parametrize(
    ("block", "old", "new", "place"),
    [
        (RULES, '"PREDICTIVE"', '"FAST"', "dialingRules.dialingMethod"),
        (RULES, "maxAttempts = 3", "maxAttempts = 301", "dialingRules.retrySettings.maxAttempts"),
        (RULES, "maxAttempts = 3", "maxAttempts = 1", "dialingRules.retrySettings.intervalMinutes"),
        (RULES, "[60, 240]", "[240, 60]", "dialingRules.retrySettings.intervalMinutes[1]"),
        (RULES, "[60, 240]", "[0, 60]", "dialingRules.retrySettings.intervalMinutes[0]"),
        (RULES, "maxRate = 0.03", "maxRate = 0.06", "dialingRules.abandonmentRateThreshold.maxRate"),
        (RULES, "coolDownSec = 300", "coolDownSec = 1.5", "dialingRules.abandonmentRateThreshold.coolDownSec"),
        (RULES, "maxCallsPerAgent = 2, ", "", "dialingRules.maxCallsPerAgent"),
        (PACING, "answerRate = 0.6", "answerRate = 0.39", "predictiveDialer.answerRate"),
        (PACING, "answerRate = 0.6", "answerRate = nan", "predictiveDialer.answerRate"),
        (PACING, "abandonRate = 0.02", "abandonRate = inf", "predictiveDialer.abandonRate"),
        (PACING, "callInterval = 200", "callInterval = 200.0", "predictiveDialer.callInterval"),
        (PACING, '"predictive"', '"Predictive"', "predictiveDialer.strategy"),
        (WEIGHTS, "{ answer_rate = 0.1 }", "{}", "predictiveDialerSettings.parameterWeights"),
        (WEIGHTS, "answer_rate = 0.1", "answer_rate = 1.1", "predictiveDialerSettings.parameterWeights.answer_rate"),
        (WEIGHTS, "validationSplit = 0.2, ", "", "predictiveDialerSettings.validationSplit"),
        (
            CONFIGURATION,
            "enablePredictiveTuning = true",
            "enablePredictiveTuning = 1",
            "configuration.enablePredictive",
        ),
        (CONFIGURATION, '"manual"', "5", "configuration.simulationTrigger"),
        (SCHEDULE, "Europe/Berlin", "CET", "schedule.timezone"),
        (SCHEDULE, '"STRICT"', '"LOOSE"', "schedule.businessHoursDirective"),
        (SCHEDULE, "maxConcurrentCalls = 40", "maxConcurrentCalls = 501", "schedule.maxConcurrentCalls"),
        (SCHEDULE, '"09:00:00"', '"07:00:00"', "schedule.timeWindows[0].startTime"),
        (SCHEDULE, '"09:00:00"', "09:00:00", "schedule.timeWindows[0].startTime"),
        (SCHEDULE, '"09:00:00"', '"13:00:00"', "schedule.timeWindows[0].endTime"),
        (SCHEDULE, "{ timezone", '{ scheduleId = "x", timezone', "schedule.scheduleId"),
        (SCHEDULE, 'timezone = "Europe/Berlin", ', "", "schedule.timezone"),
    ],
)
def test_block_is_held_to_the_bounds_of_the_api(refuse: Refuse, block: str, old: str, new: str, place: str) -> None:
    assert old in block
    message = refuse(document(campaign=(*CAMPAIGN, block.replace(old, new, 1))))
    assert f"{CAMPAIGN_AT}.{place}" in message


@holds("8.15", "8.20")
def test_schedule_of_overlapping_windows_is_refused(refuse: Refuse) -> None:
    second = '}, { dayOfWeek = "MONDAY", startTime = "11:59:59", endTime = "13:00:00" }] }'
    overlapping = SCHEDULE.replace("}] }", second)
    message = refuse(document(campaign=(*CAMPAIGN, overlapping)))
    assert f"{CAMPAIGN_AT}.schedule" in message
    assert "overlap" in message.lower()


@holds("8.24")
def test_several_faults_are_told_together(refuse: Refuse) -> None:
    client = ('id = "one-all"', SCOPES, "colour = 1")
    message = refuse(document(tenant=(*TENANT, 'license_tier = "GOLD"'), client=client))
    assert f"{TENANT_AT}.license_tier" in message
    assert f"{CLIENT_AT}.secret" in message
    assert f"{CLIENT_AT}.colour" in message
