"""What counts over what, and how names that nobody knows are refused."""

from __future__ import annotations

from itertools import combinations

import pytest

from paceline.settings.known import KNOWN
from tests.unit.settings.desk import SECRET, Desk

SAID = {
    "option": ("the option --concurrency", 2),
    "environment": ("the environment's PACELINE_CONCURRENCY", 3),
    "env file": ("PACELINE_CONCURRENCY in line 2 of local.env", 4),
    "profile": ("paceline.toml, profile east", 5),
    "file": ("paceline.toml", 6),
}


@pytest.mark.parametrize("there", [there for n in range(1, 6) for there in combinations(SAID, n)], ids=", ".join)
def test_nearer_source_counts_and_is_named(desk: Desk, there: tuple[str, ...]) -> None:
    concurrency = {name: f"concurrency = {value}" for name, (_, value) in SAID.items() if name in there}
    desk.write("paceline.toml", f"{concurrency.get('file', '')}\n[profiles.east]\n{concurrency.get('profile', '')}\n")
    desk.write("local.env", "# ours\nPACELINE_CONCURRENCY=4\n" if "env file" in there else "")
    variables = {"PACELINE_CONCURRENCY": "3"} if "environment" in there else {}
    flags = {"concurrency": "2"} if "option" in there else {}
    found = desk.read(variables, env_file="local.env", profile="east", **flags)
    assert (found.sources["concurrency"], found.concurrency) == SAID[there[0]]


def test_without_any_source_every_setting_has_its_default(desk: Desk) -> None:
    found = desk.read()
    assert (found.concurrency, found.requests_per_minute, found.request_window_s) == (8, 100, 60.0)
    assert (found.attempt_s, found.total_s, found.lease_s) == (15.0, 60.0, 10.0)
    assert (found.campaign, found.campaigns_file, found.profile) == (None, None, None)
    assert found.sources["concurrency"] == "the default"


def test_our_variable_counts_over_those_of_others_and_theirs_count_in_their_order(desk: Desk) -> None:
    variables = {"CAMPAIGN_ID": "C3", "TARGET_CAMPAIGN_ID": "C2", "CXONE_CAMPAIGN_ID": "C1", "PACELINE_CAMPAIGN": "C0"}
    for n, name in enumerate(("PACELINE_CAMPAIGN", "CXONE_CAMPAIGN_ID", "TARGET_CAMPAIGN_ID", "CAMPAIGN_ID")):
        found = desk.read(variables)
        assert (found.campaign, found.sources["campaign"]) == (f"C{n}", f"the environment's {name}")
        del variables[name]


def test_variable_of_others_in_the_environment_counts_over_ours_in_the_env_file(desk: Desk) -> None:
    desk.write("local.env", "PACELINE_CAMPAIGN=OURS")
    assert desk.read({"CAMPAIGN_ID": "THEIRS"}, env_file="local.env").campaign == "THEIRS"


def test_empty_variable_is_one_that_is_not_set(desk: Desk) -> None:
    assert desk.read({"PACELINE_CONCURRENCY": ""}).concurrency == 8
    assert desk.read({"PACELINE_CAMPAIGN": "", "CAMPAIGN_ID": "C3"}).campaign == "C3"


def test_unknown_variable_of_ours_is_refused_with_the_nearest_known_one(desk: Desk) -> None:
    wrong = desk.refused({"PACELINE_LEESE_S": "3"})
    assert wrong.report() == "the environment's PACELINE_LEESE_S is no setting\ndid you mean PACELINE_LEASE_S?"
    desk.write("local.env", "A=1\nPACELINE_DATABASE=x")
    wrong = desk.refused(env_file="local.env")
    assert wrong.message == "PACELINE_DATABASE in line 2 of local.env is no setting"
    assert wrong.hint == "did you mean PACELINE_DATABASE_URL?"


def test_unknown_variables_of_others_are_none_of_our_business(desk: Desk) -> None:
    desk.write("local.env", "CXONE_LEESE_S=3\nPATH=/bin")
    assert desk.read({"CXONE_OTHER": "x"}, env_file="local.env").lease_s == 10.0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("leese_s = 3", "leese_s in paceline.toml is no setting\ndid you mean lease_s?"),
        ("[profiles.west]\nconcurency = 3", "concurency in paceline.toml, profile west is no setting\ndid you mean"),
        ("[east]\nlease_s = 3", "east in paceline.toml is no setting\nremove it"),
        ("profile = 'east'", "profile in paceline.toml is no setting\nit chooses what is read"),
        ("profiles = 3", "profiles in paceline.toml is no table of tables\nwrite [profiles.NAME]"),
        ("[profiles]\neast = 3", "profiles in paceline.toml is no table of tables"),
        (f"client_secret = '{SECRET}'\nactor = ada", "paceline.toml is not TOML (at line 2, column 9)"),
        ("lease_s = 1\nlease_s = 2\n", "paceline.toml is not TOML (at line 2, column 12)"),
        ("lease_s =", "paceline.toml is not TOML (at end of document)"),
    ],
)
def test_file_with_an_error_says_where_and_what_to_do(desk: Desk, text: str, told: str) -> None:
    desk.write("paceline.toml", text)
    wrong = desk.refused()
    assert wrong.report().startswith(told)
    assert wrong.hint
    assert SECRET not in wrong.report()


def test_profile_that_is_not_there_is_refused_with_those_that_are(desk: Desk) -> None:
    desk.write("paceline.toml", "[profiles.east]\n[profiles.west]\n")
    assert desk.refused(profile="eats").report() == "paceline.toml has no profile eats\ndid you mean east?"
    assert desk.refused(profile="north").hint == "there are: east, west"
    desk.write("paceline.toml", "")
    assert desk.refused(profile="east").hint == "it has none: write [profiles.NAME]"


def test_profile_without_a_file_is_refused(desk: Desk) -> None:
    wrong = desk.refused({"PACELINE_PROFILE": "east"})
    assert wrong.message == "the environment's PACELINE_PROFILE names a profile, but there is no paceline.toml here"


def test_profile_of_the_environment_is_chosen_and_an_option_counts_over_it(desk: Desk) -> None:
    desk.write("paceline.toml", "[profiles.east]\nactor = 'ada'\n[profiles.west]\nactor = 'bob'\n")
    assert desk.read({"PACELINE_PROFILE": "east"}).actor.name == "ada"
    chosen = desk.read({"PACELINE_PROFILE": "east"}, profile="west")
    assert (chosen.actor.name, chosen.profile) == ("bob", "west")


def test_named_file_of_settings_is_read_instead_of_the_usual_one(desk: Desk) -> None:
    desk.write("paceline.toml", "concurrency = 2")
    desk.write("other.toml", "concurrency = 3")
    assert desk.read(config="other.toml").concurrency == 3
    assert desk.read({"PACELINE_CONFIG": "other.toml"}).sources["concurrency"] == "other.toml"
    assert "none.toml: No such file" in desk.refused(config="none.toml").message


def test_option_that_is_no_setting_or_a_secret_is_refused(desk: Desk) -> None:
    assert desk.refused(leese_s="3").report() == "leese_s is no option\ndid you mean lease_s?"
    wrong = desk.refused(client_secret=SECRET)
    assert wrong.message == "client_secret is no option"
    assert wrong.hint is not None
    assert "PACELINE_CLIENT_SECRET_FILE" in wrong.hint
    assert SECRET not in wrong.report()


def test_every_key_of_a_file_is_taken_from_every_place(desk: Desk) -> None:
    keys = [name for name, known in KNOWN.items() if not known.chooses and not known.in_file_only]
    for name in keys:
        kind = KNOWN[name].kind
        assert kind.words
        wrong = desk.refused({f"PACELINE_{name.upper()}": "\x07"})
        assert [fault.setting for fault in wrong.faults] == [name]
        assert wrong.message == f"{name}, from the environment's PACELINE_{name.upper()}, must be {kind.words}"
