"""Where messages may go, and all the ways in which somebody could try to send them elsewhere."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.outbox.addresses import Endpoint, Reach, endpoint_of, objection, permitted
from paceline.outbox.failures import AddressRefusedError

FORBIDDEN = {
    "0.0.0.0": "this host",  # noqa: S104 - what is refused
    "0.1.2.3": "this network",
    "10.0.0.1": "private",
    "100.64.0.1": "shared by a carrier",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "168.63.129.16": "the agent of a cloud's host",
    "169.254.169.254": "link-local: what clouds tell their machines",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.0.0.8": "protocol assignments",
    "192.0.0.9": "protocol assignments, which Python takes for public",
    "192.0.2.1": "documentation",
    "192.88.99.1": "relays of 6to4",
    "192.168.1.1": "private",
    "198.18.0.1": "benchmarks",
    "198.51.100.1": "documentation",
    "203.0.113.1": "documentation",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "broadcast",
    "::": "unspecified",
    "::1": "loopback",
    "::7f00:1": "compatible with IPv4",
    "::ffff:127.0.0.1": "mapped loopback",
    "::ffff:8.8.8.8": "mapped public",
    "64:ff9b::808:808": "translated public",
    "64:ff9b::a9fe:a9fe": "translated link-local",
    "64:ff9b:1::1": "locally translated",
    "100::1": "discarded",
    "2001::1": "Teredo",
    "2001:0:53aa:64c:0:fffe:1:2": "Teredo",
    "2001:2::1": "benchmarks",
    "2001:db8::1": "documentation",
    "2002:7f00:1::1": "6to4 of loopback",
    "2002:808:808::1": "6to4",
    "2620:0:2d0:200:0:5efe:7f00:1": "ISATAP",
    "2620:0:2d0:200:200:5efe:808:808": "ISATAP",
    "3fff::1": "documentation",
    "5f00::1": "segment routing",
    "fc00::1": "unique local",
    "fd12:3456::1": "unique local",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local with a zone",
    "2606:4700::1111%eth0": "with a zone",
    "fec0::1": "site-local",
    "ff02::1": "multicast",
}
PUBLIC = ("8.8.8.8", "1.1.1.1", "193.0.6.139", "2606:4700::1111", "2a00:1450:4001:80b::200e")


def said(url: str, reach: Reach = Reach.PUBLIC) -> str:
    with pytest.raises(AddressRefusedError) as caught:
        endpoint_of(url, reach)
    assert caught.value.hint is not None
    return caught.value.message


@pytest.mark.parametrize("text", FORBIDDEN)
def test_address_that_is_not_public_is_refused_as_literal_and_behind_a_name(text: str) -> None:
    address = ip_address(text)
    assert objection(address, Reach.PUBLIC) is not None
    host = f"[{text}]" if address.version == 6 else text
    said(f"https://{host}/hook")
    endpoint = endpoint_of("https://hooks.example.com/", Reach.PUBLIC)
    for found in ([text], [*PUBLIC, text]):
        with pytest.raises(AddressRefusedError) as caught:
            permitted(endpoint, found, Reach.PUBLIC)
        assert "hooks.example.com leads to" in caught.value.message


@pytest.mark.parametrize("text", [text for text in FORBIDDEN if not ip_address(text).is_loopback])
def test_loopback_that_was_opened_opens_nothing_else(text: str) -> None:
    assert objection(ip_address(text), Reach.LOOPBACK) is not None


@pytest.mark.parametrize("text", PUBLIC)
def test_public_address_is_permitted(text: str) -> None:
    host = f"[{text}]" if ":" in text else text
    assert endpoint_of(f"https://{host}/", Reach.PUBLIC).host == text
    assert permitted(endpoint_of("https://a.example/", Reach.PUBLIC), PUBLIC, Reach.PUBLIC)


@given(st.ip_addresses(network="::/0"))
def test_no_address_outside_the_global_unicast_space_is_permitted(address: object) -> None:
    text = str(address)
    first = int(ip_address(text)) >> 125
    assert first == 1 or objection(ip_address(text), Reach.PUBLIC) is not None


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f000001", "0x7f.1", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.1", "127.0.1", "1.1.1.1.",
     "0x", "hooks.0x7f", "256.256.256.256", "hooks.1", "127.0.0.01", "١٢٧.٠.٠.١", "①②⑦.0.0.1", "127。0。0。1"],
)  # fmt: skip
def test_address_in_an_unusual_spelling_is_refused(host: str) -> None:
    said(f"https://{host}/")
    said(f"https://{host}/", Reach.LOOPBACK)


@pytest.mark.parametrize(
    "url",
    [
        "", "hooks.example.com", "//hooks.example.com/", "ftp://hooks.example.com/", "file:///etc/passwd",
        "gopher://hooks.example.com/", "https:hooks.example.com", "https:///path", "https://", "javascript:alert(1)",
        "https://ada@hooks.example.com/", "https://ada:secret@hooks.example.com/", "https://@hooks.example.com/",
        "https://hooks.example.com@127.0.0.1/", "https://hooks.example.com#@127.0.0.1/",
        "https://hooks.example.com/#part", "https://hooks.example.com/#", "https://hooks.example.com\\@127.0.0.1/",
        "https://hooks.example.com/a b", "https://hooks.example.com/\r\nHost: x", "https://hooks.example.com/\x00",
        "\thttps://hooks.example.com/", "https://hooks.exa\tmple.com/", "https://hooks.example.com/é",
        "https://intranet/", "https://localhost/", "https://.example.com/", "https://hooks..example.com/",
        "https://hooks_a.example.com/", "https://-a.example.com/", "https://hooks.example.com./", "https://ho%6fks.com/",
        "https://[hooks.example.com]/", "https://[::1/", "https://::1/", f"https://{'a' * 64}.example.com/",
        f"https://{'a.' * 130}com/", f"https://hooks.example.com/{'a' * 2048}",
    ],
)  # fmt: skip
def test_malformed_url_is_refused_and_not_repeated_whole(url: str) -> None:
    message = said(url)
    assert "secret" not in message
    assert len(message) < 250


@pytest.mark.parametrize("port", ["22", "25", "80", "0", "65536", "-1", "x", "", "1023", "４４３"])
def test_port_of_another_protocol_is_refused(port: str) -> None:
    said(f"https://hooks.example.com:{port}/")


def test_plain_http_is_for_this_machine_where_loopback_was_opened() -> None:
    for url in ("http://hooks.example.com/", "http://8.8.8.8/", "http://127.0.0.1:8080/", "http://localhost:8080/"):
        said(url)
    for url in ("http://127.0.0.1:8080/", "http://localhost:8080/", "http://[::1]:8080/", "http://localhost/"):
        with pytest.raises(AddressRefusedError) as caught:
            endpoint_of(url, Reach.PUBLIC)
        assert "PACELINE_WEBHOOK_ALLOW_LOOPBACK=yes" in (caught.value.hint or "")
        assert endpoint_of(url, Reach.LOOPBACK).scheme == "http"
    for url in ("http://hooks.example.com/", "http://8.8.8.8/"):
        said(url, Reach.LOOPBACK)


def test_plain_http_to_a_local_name_that_leads_elsewhere_is_refused() -> None:
    endpoint = endpoint_of("http://localhost:8080/", Reach.LOOPBACK)
    assert permitted(endpoint, ["127.0.0.1", "::1"], Reach.LOOPBACK)
    with pytest.raises(AddressRefusedError):
        permitted(endpoint, ["127.0.0.1", "8.8.8.8"], Reach.LOOPBACK)


@pytest.mark.parametrize("found", [[], ["hooks.example.com"], ["127.1"], [""]])
def test_name_that_leads_to_no_address_is_refused(found: list[str]) -> None:
    with pytest.raises(AddressRefusedError):
        permitted(endpoint_of("https://hooks.example.com/", Reach.PUBLIC), found, Reach.PUBLIC)


def test_endpoint_is_read_exactly_and_hides_its_path() -> None:
    endpoint = endpoint_of("https://Hooks.Example.com:8443/T%2F00/s3cret?key=a%20b&c", Reach.PUBLIC)
    assert endpoint == Endpoint(
        scheme="https", host="hooks.example.com", port=8443, target="/T%2F00/s3cret?key=a%20b&c"
    )
    assert endpoint.authority == "hooks.example.com:8443"
    assert "s3cret" not in repr(endpoint)
    plain = endpoint_of("https://[2606:4700:0::1111]?q", Reach.PUBLIC)
    assert (plain.authority, plain.port, plain.target) == ("[2606:4700::1111]", 443, "/?q")


@given(st.text(max_size=60))
def test_no_text_leads_to_an_address_that_is_not_public(text: str) -> None:
    for url in (text, f"https://{text}", f"https://hooks.example.com{text}"):
        try:
            endpoint = endpoint_of(url, Reach.PUBLIC)
        except AddressRefusedError:
            continue
        assert endpoint.scheme == "https"
        assert endpoint.port == 443 or endpoint.port >= 1024
        assert "." in endpoint.host or ":" in endpoint.host
