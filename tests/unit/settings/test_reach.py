"""The way to the platform: from addresses and credentials, from a running `paceline up`, or why there is none."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from paceline.campaign.ports import PlatformError
from paceline.cxone.auth import Credentials, Style
from paceline.cxone.outbound_v2.writing import Prefix
from paceline.settings import Local, Remote, SettingsError
from paceline.settings.running import HELD, TOLD, AlreadyUpError, GoneError, held, made_folder, running, tell
from tests.unit.settings.desk import REMOTE, SECRET, Desk

CLIENT = {"CXONE_CLIENT_ID": "client-1", "CXONE_CLIENT_SECRET": SECRET}


def there(pid: int | None = None) -> Local:
    return Local(
        api_url="http://127.0.0.1:8081",
        token_url="http://127.0.0.1:8081/oauth/token",
        credentials=Credentials(client_id="up-1", client_secret="local-secret"),
        database_url="sqlite:///up.db",
        pid=pid or os.getpid(),
    )


@contextmanager
def is_up(desk: Desk) -> Iterator[Local]:
    with held(made_folder(desk.data)):
        tell(desk.data, there())
        yield there()


def refused_way(desk: Desk, variables: dict[str, str] | None = None) -> SettingsError:
    found = desk.read(variables)
    assert found.source_of_address is None
    with pytest.raises(SettingsError) as caught:
        _ = found.tenant
    with pytest.raises(SettingsError) as again:
        _ = found.platform
    assert again.value.report() == caught.value.report()
    return again.value


def test_address_and_credentials_make_the_way(desk: Desk) -> None:
    variables = {**REMOTE, "PACELINE_TOKEN_STYLE": "basic", "PACELINE_SCOPE": "a b", "PACELINE_PREFIX": "short"}
    found = desk.read(variables)
    assert found.platform == Remote(
        api_url="https://api.example.com",
        token_url="https://api.example.com/oauth/token",
        credentials=Credentials(client_id="client-1", client_secret=SECRET, style=Style.BASIC, scope="a b"),
        source="the environment's PACELINE_API_URL",
    )
    assert found.prefix is Prefix.SHORT
    assert found.tenant == "api.example.com/client-1"
    assert found.source_of_address == "the environment's PACELINE_API_URL"


@pytest.mark.parametrize(
    ("said", "token"),
    [
        ("https://auth.example.com/realms/x/token", "https://auth.example.com/realms/x/token"),
        ("https://auth.example.com", "https://auth.example.com/oauth/token"),
        ("https://auth.example.com/", "https://auth.example.com/oauth/token"),
    ],
)
def test_token_endpoint_is_a_complete_address_or_an_origin(desk: Desk, said: str, token: str) -> None:
    assert desk.read({**REMOTE, "CXONE_AUTH_URL": said}).platform.token_url == token


@pytest.mark.parametrize(
    ("variables", "api"),
    [
        ({"CXONE_ENV": "na1"}, "https://na1.my.cxone.com"),
        ({"CXONE_ENV": "na1", "CXONE_DOMAIN": "api.example.com:8443"}, "https://api.example.com:8443"),
        ({"CXONE_ENV": "na1", "CXONE_DOMAIN": "x", "CXONE_API_URL": "http://localhost:1"}, "http://localhost:1"),
        ({"PACELINE_ENV": "na1", "CXONE_API_URL": "https://x.example/"}, "https://x.example"),
    ],
)
def test_environment_and_domain_count_only_where_no_url_is_set(desk: Desk, variables: dict[str, str], api: str) -> None:
    platform = desk.read({**variables, **CLIENT}).platform
    assert (platform.api_url, platform.token_url) == (api, f"{api}/oauth/token")


def test_url_in_a_file_counts_over_a_domain_in_the_environment(desk: Desk) -> None:
    desk.write("paceline.toml", "api_url = 'https://api.example.com'")
    found = desk.read({**CLIENT, "CXONE_DOMAIN": "other.example.com"})
    assert (found.platform.api_url, found.source_of_address) == ("https://api.example.com", "paceline.toml")


@pytest.mark.parametrize(
    ("url", "tenant"),
    [
        ("https://API.example.com:443", "api.example.com/client-1"),
        ("http://api.example.com:80", "api.example.com/client-1"),
        ("https://api.example.com:80", "api.example.com:80/client-1"),
        ("http://127.0.0.1:8081", "127.0.0.1:8081/client-1"),
    ],
)
def test_tenant_is_named_after_host_and_client(desk: Desk, url: str, tenant: str) -> None:
    assert desk.read({**REMOTE, "PACELINE_API_URL": url}).tenant == tenant


def test_named_tenant_needs_no_platform(desk: Desk) -> None:
    assert desk.read({"PACELINE_TENANT": "acme"}).tenant == "acme"


def test_no_address_and_nothing_running_names_both_ways(desk: Desk) -> None:
    wrong = refused_way(desk)
    assert wrong.message == "no platform is named, and no `paceline up` runs here"
    assert wrong.hint is not None
    assert all(word in wrong.hint for word in ("PACELINE_API_URL", "CXONE_DOMAIN", "CXONE_ENV", "paceline up"))
    assert not isinstance(wrong, PlatformError)


@pytest.mark.parametrize("missing", ["client_id", "client_secret"])
def test_address_without_credentials_names_the_variables(desk: Desk, missing: str) -> None:
    with is_up(desk):
        wrong = refused_way(desk, {name: said for name, said in REMOTE.items() if missing.upper() not in name})
    assert wrong.message == (
        f"the platform's address is set, from the environment's PACELINE_API_URL, but not {missing}"
    )
    assert wrong.hint is not None
    assert f"PACELINE_{missing.upper()}" in wrong.hint
    assert f"CXONE_{missing.upper()}" in wrong.hint
    assert SECRET not in wrong.report()


def test_address_without_both_credentials_names_all_variables(desk: Desk) -> None:
    wrong = refused_way(desk, {"CXONE_ENV": "na1"})
    assert wrong.message.endswith("from the environment's CXONE_ENV, but not client_id and client_secret")
    assert wrong.hint is not None
    assert len(wrong.hint.splitlines()) == 2


def test_token_endpoint_alone_is_no_way_and_not_that_of_a_running_up(desk: Desk) -> None:
    with is_up(desk):
        wrong = refused_way(desk, {**CLIENT, "CXONE_AUTH_URL": "https://auth.example.com/token"})
    assert "CXONE_AUTH_URL" in wrong.message


def test_running_up_is_the_platform_with_all_that_is_its_own(desk: Desk) -> None:
    with is_up(desk) as local:
        variables = {**CLIENT, "PACELINE_DATABASE_URL": "sqlite:///real.db", "PACELINE_TENANT": "real"}
        found = desk.read(variables)
        assert found.platform == local
        assert found.platform.credentials.client_secret == "local-secret"
        assert (found.database_url, found.tenant) == ("sqlite:///up.db", "127.0.0.1:8081/up-1")
        told = f"the running `paceline up` (process {os.getpid()})"
        assert found.source_of_address == found.sources["database_url"] == found.sources["tenant"] == told
    assert isinstance(desk.read().reach, SettingsError)


def test_address_counts_over_a_running_up(desk: Desk) -> None:
    with is_up(desk):
        found = desk.read(REMOTE)
    assert isinstance(found.platform, Remote)
    assert found.database_url.endswith("/paceline.db")


def test_up_that_was_killed_is_said_to_be_gone(desk: Desk) -> None:
    tell(made_folder(desk.data), there(pid=2**31 - 2))
    wrong = refused_way(desk)
    assert isinstance(wrong, GoneError)
    assert "is gone" in wrong.message
    assert f"process {2**31 - 2}" in wrong.message


def test_up_that_was_killed_is_gone_even_when_another_process_has_its_number(desk: Desk) -> None:
    tell(made_folder(desk.data), there())
    assert isinstance(refused_way(desk), GoneError)
    (desk.data / HELD).touch()
    assert isinstance(refused_way(desk), GoneError)


def test_second_up_is_refused_while_one_runs_and_leaves_what_that_one_told(desk: Desk) -> None:
    with is_up(desk) as local:
        with pytest.raises(AlreadyUpError) as caught, held(desk.data):
            pass
        assert caught.value.message == f"a `paceline up` runs already: process {local.pid}, emulator at {local.api_url}"
        assert running(desk.data) == local
    with is_up(desk):
        pass


def test_second_up_is_refused_before_the_first_has_told_anything(desk: Desk) -> None:
    with held(made_folder(desk.data)), pytest.raises(AlreadyUpError) as caught, held(desk.data):
        pass
    assert caught.value.message == "a `paceline up` runs already with this data folder"


def test_what_up_told_is_for_its_owner_and_replaced_as_a_whole(desk: Desk) -> None:
    old = os.umask(0)
    try:
        with held(made_folder(desk.data)):
            (desk.data / "up.new").write_text("cut off", encoding="utf-8")
            path = tell(desk.data, there())
            assert [(entry.name, oct(entry.stat().st_mode & 0o777)) for entry in sorted(desk.data.iterdir())] == [
                (TOLD, "0o600"),
                (HELD, "0o600"),
            ]
            assert path == desk.data / TOLD
    finally:
        os.umask(old)
    assert oct(desk.data.stat().st_mode & 0o777) == "0o700"
    assert not path.exists()


def test_asking_whether_it_lives_takes_nothing_from_who_starts_next(desk: Desk) -> None:
    tell(made_folder(desk.data), there())
    (desk.data / HELD).touch()
    assert isinstance(refused_way(desk), GoneError)
    with (desk.data / HELD).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.parametrize(
    "change",
    [{"pid": "7"}, {"pid": True}, {"api_url": "x"}, {"client_secret": 3}, {"database_url": None}, None],
    ids=str,
)
def test_what_no_up_wrote_is_refused_without_its_secret(desk: Desk, change: dict[str, object] | None) -> None:
    path = tell(made_folder(desk.data), there())
    text = path.read_text(encoding="utf-8")
    path.write_text(text[:-3] if change is None else json.dumps({**json.loads(text), **change}), encoding="utf-8")
    wrong = refused_way(desk)
    assert "is not what `paceline up` writes" in wrong.message
    assert wrong.hint == "remove it and start `paceline up` again"
    assert "local-secret" not in wrong.report() + repr(wrong)


def test_data_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="cannot be made: "):
        made_folder(tmp_path / "file" / "data")


def test_secrets_are_in_no_text_form(desk: Desk) -> None:
    variables = {**REMOTE, "PACELINE_DATABASE_URL": "postgresql+psycopg://ada:pass-word@host/name"}
    found = desk.read(variables)
    shown = f"{found!r} {found} {found.platform!r} {found.sources} {found.reach!r}"
    assert SECRET not in shown
    assert "pass-word" not in shown
    with is_up(desk) as local:
        assert "local-secret" not in f"{desk.read()!r} {local!r}"
