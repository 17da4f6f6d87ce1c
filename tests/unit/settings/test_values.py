"""What each setting takes, and how a value that it does not take is refused."""

from __future__ import annotations

import os
import pwd
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paceline.ledger.entry import Actor
from paceline.settings import SettingsError
from paceline.settings.kinds import UnfitError, of_text, of_value
from paceline.settings.known import KNOWN, documented
from tests.unit.settings.desk import REMOTE, SECRET, Desk

GOOD = {
    "requests_per_minute": ["0", "20", "1000000"],
    "request_window_s": ["2", "0.5", "3600"],
    "lease_s": ["0.001", "10"],
    "concurrency": ["1", "64"],
    "api_url": ["https://api.example.com", "http://127.0.0.1:8081/", "https://[::1]:8443"],
    "domain": ["api.example.com", "api.example.com:8443", "[::1]:8443"],
    "env": ["na1", "dev-2", "X"],
    "prefix": ["outbound", "short"],
    "token_style": ["form", "basic"],
    "ml_webhook_url": ["https://ml.example.com/tuned?key=x", "http://127.0.0.1:9000"],
    "webhook_allow_loopback": ["no", "yes"],
    "webhook_hosts": ["hooks.example.com", "Hooks.Example.com, wfm.example.com", "8.8.8.8", "2606:4700::1"],
    "database_url": ["sqlite:///paceline.db", "postgresql+psycopg://ada:word@host/name"],
    "campaign": ["CMP-12345", "a.b_c"],
    "countries": ["US", "US,CA", "GB, IE"],
    "law_files": ["own.toml", "laws,~/more.toml", "/etc/laws"],
    "host": ["127.0.0.1", "192.0.2.7", "::", "::1", "localhost", "service.example.com"],
    "port": ["0", "8080", "65535"],
    "proxies": ["10.0.0.5", "10.0.0.0/24, ::1"],
    "behind_tls": ["no", "yes"],
}
BAD = {
    "requests_per_minute": ["-1", "1000001", "many", "1.5", "0x10", "100 per minute", "nan"],
    "request_window_s": ["0", "-2", "3601", "nan", "inf", "60s"],
    "lease_s": ["0", "10.001", "-1", "ten"],
    "concurrency": ["0", "65"],
    "attempt_s": ["0", "3601"],
    "total_s": ["0", "86401"],
    "api_url": [
        "api.example.com", "https://", "ftp://api.example.com", "https://ada:word@api.example.com",
        "https://api.example.com/api/v2", "https://api.example.com?x=1", "https://api.example.com#x",
        "https://api.example.com:port", "https://api.example.com:70000", "https://a b", "https://äpi.example.com",
        "https://api.example.com\\@evil.example",
    ],
    "auth_url": ["auth.example.com/token", "https://ada@auth.example.com/token", "https://auth.example.com/t?x=1"],
    "domain": ["https://api.example.com", "api.example.com/x", "ada@api.example.com", "api.example.com:x", "a b"],
    "env": ["na1.evil.example/", "-na1", "na1-", "a" * 64, "n a"],
    "prefix": ["Outbound", "/api/v2"],
    "token_style": ["post", "Basic"],
    "ml_webhook_url": [
        "ftp://ml.example.com/x", "ml.example.com", "https://ada@ml.example.com/", "https://a/#x", "https://a/? b",
    ],
    "webhook_allow_loopback": ["true", "1", "YES"],
    "webhook_hosts": [
        "https://hooks.example.com", "hooks.example.com:8443", "hooks.example.com/x", "hooks", "*.example.com",
        "a.example.com,,b.example.com", "ada@hooks.example.com", "10.0.0.1", "hooks.example.com b.example.com",
    ],
    "database_url": ["paceline.db", "sqlite:///", "mysql://host/name", "postgresql://host/name"],
    "campaign": ["..", "CMP/1", "a" * 129],
    "countries": ["us", "USA", "US,,CA", "US,US", "US-FL", ","],
    "law_files": [",", "a.toml,a.toml", "a.toml,", "a\nb"],
    "host": ["http://127.0.0.1", "127.0.0.1:8080", "-x", "a b", "::g"],
    "port": ["-1", "65536", "http"],
    "proxies": ["10.0.0.1/24", "proxy.example.com", "10.0.0.5,10.0.0.5", "*"],
    "behind_tls": ["true", "1"],
    "client_id": [" client", "client\n", "c" * 1025],
    "tenant": ["\x00"],
    "actor": ["ada\nbob", "a" * 201],
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in GOOD.items() for text in texts])
def test_good_value_is_taken(name: str, text: str) -> None:
    of_text(KNOWN[name].kind, text)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BAD.items() for text in texts])
def test_bad_value_is_refused_with_what_is_allowed_and_without_itself(desk: Desk, name: str, text: str) -> None:
    variable = f"PACELINE_{name.upper()}"
    wrong = desk.refused({variable: text})
    assert wrong.message == f"{name}, from the environment's {variable}, must be {KNOWN[name].kind.words}"
    assert wrong.code == "settings"
    assert wrong.hint


@given(name=st.sampled_from(sorted(KNOWN)), text=st.text(max_size=200))
def test_any_text_is_taken_or_refused_in_words(name: str, text: str) -> None:
    with suppress(UnfitError):
        assert of_text(KNOWN[name].kind, text) is not None


@given(
    name=st.sampled_from(sorted(KNOWN)),
    value=st.one_of(
        st.none(), st.booleans(), st.lists(st.integers()), st.dictionaries(st.text(), st.integers()), st.dates()
    ),
)
def test_no_setting_takes_a_value_of_a_type_that_none_has(name: str, value: object) -> None:
    with pytest.raises(UnfitError):
        of_value(KNOWN[name].kind, value)


@pytest.mark.parametrize(
    "text",
    ["concurrency = '8'", "concurrency = true", "concurrency = 8.0", "lease_s = '3'", "actor = 3", "api_url = ['x']",
     "client_secret_file = 3", "lease_s = nan", "lease_s = false"],
)  # fmt: skip
def test_value_of_another_type_in_a_file_is_refused(desk: Desk, text: str) -> None:
    desk.write("paceline.toml", text)
    assert ", from paceline.toml, must be " in desk.refused().message


def test_all_values_that_are_wrong_are_told_at_once(desk: Desk) -> None:
    desk.write("paceline.toml", "lease_s = 11")
    wrong = desk.refused({"PACELINE_CONCURRENCY": "0", "CXONE_API_URL": "x"})
    assert [(fault.setting, fault.source) for fault in wrong.faults] == [
        ("api_url", "the environment's CXONE_API_URL"),
        ("concurrency", "the environment's PACELINE_CONCURRENCY"),
        ("lease_s", "paceline.toml"),
    ]
    assert wrong.message.startswith("3 settings cannot be used:\n  api_url, from")


def test_one_wrong_value_is_told_with_the_default_it_could_have(desk: Desk) -> None:
    assert desk.refused({"PACELINE_LEASE_S": "11"}).report() == (
        "lease_s, from the environment's PACELINE_LEASE_S, must be a number above 0 and up to 10\n"
        "correct it there, or remove it to have 10.0"
    )


def test_actor_is_the_user_of_the_operating_system_unless_named(desk: Desk) -> None:
    user = pwd.getpwuid(os.getuid()).pw_name
    assert desk.read({"USER": "mallory", "LOGNAME": "mallory"}).actor == Actor(
        name=user, known_by="user of the operating system"
    )
    assert desk.read({"PACELINE_ACTOR": "ada"}).actor == Actor(name="ada", known_by="its own word")


def test_relative_path_starts_where_the_setting_stands(desk: Desk) -> None:
    (desk.folder / "etc").mkdir()
    desk.write("etc/other.toml", "data_folder = 'data'\ncampaigns_file = '~/facts.toml'")
    found = desk.read(config="etc/other.toml")
    assert (found.data_folder, found.campaigns_file) == (desk.folder / "etc" / "data", desk.home / "facts.toml")
    assert desk.read({"PACELINE_DATA_FOLDER": "data"}).data_folder == desk.folder / "data"
    desk.write("etc/local.env", "PACELINE_DATA_FOLDER=data")
    assert desk.read(env_file="etc/local.env").data_folder == desk.folder / "etc" / "data"


def test_countries_and_law_files_are_lists_in_a_file_and_have_commas_in_a_variable(desk: Desk) -> None:
    assert (desk.read().countries, desk.read().law_files) == (("US",), ())
    desk.write("paceline.toml", 'countries = ["US", "CA"]\nlaw_files = ["own.toml", "~/laws"]')
    found = desk.read()
    assert found.countries == ("US", "CA")
    assert found.law_files == (desk.folder / "own.toml", desk.home / "laws")
    told = desk.read({"PACELINE_COUNTRIES": "GB, IE", "PACELINE_LAW_FILES": "a.toml,b.toml"})
    assert (told.countries, told.law_files) == (("GB", "IE"), (desk.folder / "a.toml", desk.folder / "b.toml"))


def test_country_that_is_none_is_told_with_the_one_that_may_be_meant(desk: Desk) -> None:
    assert desk.refused({"PACELINE_COUNTRIES": "US,UK"}).message.endswith("each once; did you mean GB?")


def test_data_folder_follows_the_rules_of_the_desktop(desk: Desk) -> None:
    assert desk.read().data_folder == desk.data
    assert desk.read({"XDG_DATA_HOME": str(desk.folder)}).data_folder == desk.folder / "paceline"
    assert desk.read({"XDG_DATA_HOME": "relative"}).data_folder == desk.data
    assert not desk.data.exists()


@pytest.mark.parametrize("folder", ["plain", "with blank", "50%41", "what?x=1#y", "größe"])
def test_database_lies_in_the_data_folder_whatever_its_name(desk: Desk, folder: str) -> None:
    from sqlalchemy import make_url

    found = desk.read({"PACELINE_DATA_FOLDER": folder})
    address = make_url(found.database_url)
    assert (address.database, dict(address.query)) == (str(desk.folder / folder / "paceline.db"), {})


def test_facts_of_campaigns_in_the_working_folder_are_found(desk: Desk) -> None:
    usual = desk.write("campaigns.toml", "")
    assert desk.read().campaigns_file == usual
    assert desk.read({"PACELINE_CAMPAIGNS_FILE": "other.toml"}).campaigns_file == desk.folder / "other.toml"


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
@pytest.mark.parametrize("variable", ["PACELINE_CLIENT_SECRET_FILE", "CXONE_CLIENT_SECRET_FILE"])
def test_secret_is_read_from_a_file(desk: Desk, variable: str, ending: str) -> None:
    (desk.folder / "secret").write_bytes((SECRET + ending).encode())
    variables = {**REMOTE, "PACELINE_CLIENT_SECRET": "", variable: "secret"}
    assert desk.read(variables).platform.credentials.client_secret == SECRET


def test_secret_counts_over_the_file_that_holds_one(desk: Desk) -> None:
    desk.write("secret", "another")
    desk.write("paceline.toml", f"client_secret_file = 'secret'\nclient_secret = '{SECRET}'")
    variables = {"PACELINE_API_URL": "https://api.example.com", "PACELINE_CLIENT_ID": "client-1"}
    assert desk.read(variables).platform.credentials.client_secret == SECRET
    variables["PACELINE_CLIENT_SECRET_FILE"] = "secret"
    assert desk.read(variables).platform.credentials.client_secret == "another"


def test_database_address_is_read_from_a_file(desk: Desk) -> None:
    desk.write("database", "postgresql+psycopg://ada:word@host/name\n")
    assert desk.read({"PACELINE_DATABASE_URL_FILE": "database"}).database_url.endswith("@host/name")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "No such file"),
        (b"", "must be a text"),
        (b"two\nlines", "must be a text"),
        (b"\xff\xfe", "is no text in UTF-8"),
        (b"x" * (1024 * 1024 + 1), "is larger than 1048576 bytes"),
    ],
    ids=["missing", "empty", "lines", "binary", "large"],
)
def test_file_that_holds_no_secret_is_refused(desk: Desk, content: bytes | None, told: str) -> None:
    if content is not None:
        (desk.folder / "secret").write_bytes(content)
    wrong = desk.refused({"PACELINE_CLIENT_SECRET_FILE": "secret"})
    assert told in wrong.message
    assert "the file that the environment's PACELINE_CLIENT_SECRET_FILE names" in wrong.message


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(blacklist_categories=["Cs"]), max_size=80))
def test_any_file_of_settings_is_read_or_refused(desk: Desk, text: str) -> None:
    (desk.folder / "paceline.toml").write_text(text, encoding="utf-8", newline="")
    with suppress(SettingsError):
        assert desk.read().sources


def test_every_setting_is_documented_once_with_a_sentence_and_a_default() -> None:
    rows = documented()
    assert [row.name for row in rows if row.name] == list(KNOWN)
    assert all(row.says.endswith(".") and row.default not in {"", "`None`"} and row.takes for row in rows)
    variables = [name for row in rows for name in row.variables]
    assert len(set(variables)) == len(variables)
    assert {"HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "CXONE_CLIENT_SECRET_FILE"} <= set(variables)


def test_numbers_are_documented_with_what_they_count() -> None:
    numbers = {name for name, known in KNOWN.items() if "number" in known.kind.words}
    assert {row.name for row in documented() if row.unit} == numbers


def test_every_default_is_a_value_that_its_setting_takes() -> None:
    for known in KNOWN.values():
        if known.default is not None:
            assert of_text(known.kind, str(known.default)) == known.default


def test_folder_is_absolute_even_where_the_working_folder_is_named_relatively(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from paceline.settings import read_settings

    monkeypatch.chdir(desk.folder)
    variables = {"PACELINE_DATA_FOLDER": "data"}
    assert read_settings(flags={}, environment=variables, folder=Path()).data_folder == desk.folder / "data"
