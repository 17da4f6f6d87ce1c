"""Credentials that are hard to carry: both styles at once, raw and form-encoded Basic, odd characters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.emulator.caller import Caller
from tests.emulator.holds import holds
from tests.emulator.oauth import (
    ENDPOINTS,
    GRANT,
    ask,
    assert_refused,
    basic,
    by_basic,
    by_form,
    encoded_basic,
    form_of,
    granted,
)
from tests.emulator.raw_socket import FORM, RawSocket

SECRETS = {
    "ampersand": "a&b",
    "equals": "a=b==",
    "plus": "a+b",
    "space": "a b",
    "spaces at its ends": " a ",
    "percent": "100%",
    "percent that decodes": "a%41b",
    "plus and percent": "a+b%20c%2B",
    "colon": "a:b:c",
    "non-ascii": "sécrèt-ü-日本-🙂",
    "everything": "& = + %26 ü\"'/?#;,:\\",
    "question": "a?b#c/d",
}
each_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS)
each_secret = pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())


@pytest.fixture
def of_secret(launch: Callable[..., Caller], tmp_path: Path) -> Callable[[str], Caller]:
    """Start an emulator whose only client, `client-a`, has the secret."""

    def start(secret: str) -> Caller:
        escaped = secret.replace("\\", "\\\\").replace('"', '\\"')
        tenants = tmp_path / "tenants.toml"
        tenants.write_text(
            f'[[tenants]]\nid = "t"\n[[tenants.clients]]\nid = "client-a"\nsecret = "{escaped}"\n'
            'scopes = ["campaign:read"]\n',
            encoding="utf-8",
        )
        return launch(tenants=tenants)

    return start


@holds("2.13", "2.14", "2.17", "2.18", "2.19")
@each_secret
def test_secret_works_in_every_style_at_both_endpoints(of_secret: Callable[[str], Caller], secret: str) -> None:
    caller = of_secret(secret)
    body = form_of(grant_type=GRANT)
    for endpoint in ENDPOINTS:
        granted(by_form(caller, endpoint, "client-a", secret))
        granted(by_basic(caller, endpoint, "client-a", secret))
        for plus in (True, False):
            granted(ask(caller, endpoint, body, authorization=encoded_basic("client-a", secret, plus=plus)))


@holds("2.17", "2.18", "2.24")
@pytest.mark.parametrize(
    ("secret", "sent"),
    [("a+b", "a b"), ("a%41b", "aAb"), ("a b", "a%2Bb"), ("a+b%20c", "a b c"), ("a%2541", "aA"), ("100%", "100%25%")],
)
@each_endpoint
def test_basic_is_not_decoded_further_than_once(
    of_secret: Callable[[str], Caller], endpoint: str, secret: str, sent: str
) -> None:
    assert_refused(by_basic(of_secret(secret), endpoint, "client-a", sent), 401, "invalid_client")


@holds("2.19")
@pytest.mark.parametrize("secret", ["a=b==", "a b", "a:b/c?d", "ü"])
@each_endpoint
def test_unescaped_form_carries_what_does_not_split_it(
    of_secret: Callable[[str], Caller], endpoint: str, secret: str
) -> None:
    caller = of_secret(secret)
    form = f"grant_type=client_credentials&client_id=client-a&client_secret={secret}&scope=campaign:read x"
    with RawSocket(caller.url) as connection:
        answer = connection.ask("POST", endpoint, {"Content-Type": FORM}, form.encode("utf-8"))
    assert answer.status == 200, answer.body


@holds("2.14")
@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
@each_endpoint
def test_scheme_of_basic_is_case_insensitive(platform: Caller, endpoint: str, scheme: str) -> None:
    value = basic("acme-read", "read-secret").replace("Basic", scheme)
    granted(ask(platform, endpoint, form_of(grant_type=GRANT), authorization=value))


# ------------------------------------------------------------------------------------------------ both at once


@holds("2.15")
@pytest.mark.parametrize("client", ["acme-all", "acme-odd"])
@each_endpoint
def test_same_credentials_in_both_places_are_taken(platform: Caller, endpoint: str, client: str) -> None:
    secret = platform.secrets[client]
    form = form_of(grant_type=GRANT, client_id=client, client_secret=secret)
    granted(ask(platform, endpoint, form, authorization=basic(client, secret)))
    granted(ask(platform, endpoint, form, authorization=encoded_basic(client, secret)))


@holds("2.16", "2.26")
@pytest.mark.parametrize(
    ("in_basic", "in_form"),
    [
        (("acme-all", "acme-all-secret"), ("acme-all", "wrong")),
        (("acme-all", "wrong"), ("acme-all", "acme-all-secret")),
        (("acme-all", "acme-all-secret"), ("acme-read", "read-secret")),
        (("acme-all", "acme-all-secret"), ("acme-read", "acme-all-secret")),
        (("nobody", "acme-all-secret"), ("acme-all", "acme-all-secret")),
        (("nobody", "x"), ("nobody", "y")),
    ],
)
@each_endpoint
def test_different_credentials_in_both_places_are_refused(
    platform: Caller, endpoint: str, in_basic: tuple[str, str], in_form: tuple[str, str]
) -> None:
    form = form_of(grant_type=GRANT, client_id=in_form[0], client_secret=in_form[1])
    assert_refused(ask(platform, endpoint, form, authorization=basic(*in_basic)), 400, "invalid_request")


@holds("2.16")
@each_endpoint
def test_id_alone_in_the_form_must_agree_with_basic(platform: Caller, endpoint: str) -> None:
    right = basic("acme-all", "acme-all-secret")
    form = form_of(grant_type=GRANT, client_id="acme-read")
    assert_refused(ask(platform, endpoint, form, authorization=right), 400, "invalid_request")


@holds("2.15", "2.24")
@each_endpoint
def test_same_wrong_credentials_in_both_places_are_a_wrong_client(platform: Caller, endpoint: str) -> None:
    form = form_of(grant_type=GRANT, client_id="acme-all", client_secret="wrong")
    assert_refused(ask(platform, endpoint, form, authorization=basic("acme-all", "wrong")), 401, "invalid_client")
