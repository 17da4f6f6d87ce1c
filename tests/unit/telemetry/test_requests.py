"""What a service was asked is counted by route, method and class of the status: by nothing that a caller chooses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from paceline.telemetry.histogram import BOUNDS_S, Histogram
from paceline.telemetry.requests import MOST_ROUTES, RequestCounts

NAME = "paceline_http_request_seconds"


def counted(requests: RequestCounts) -> dict[tuple[str, str, str], float]:
    """The numbers of requests, by route, method and class, as Prometheus would read them."""
    registry = CollectorRegistry()

    class Told(Collector):
        def collect(self) -> list[object]:  # type: ignore[override] # any iterable will do
            return list(requests.collect())

    registry.register(Told())
    return {
        (one.labels["route"], one.labels["method"], one.labels["status"]): one.value
        for family in text_string_to_metric_families(generate_latest(registry).decode())
        for one in family.samples
        if one.name == f"{NAME}_count"
    }


def ask(requests: RequestCounts, *, route: str | None = "/v1/campaigns/{id}", method: str = "GET", status: int = 200,
        seconds: float = 0.01) -> None:  # fmt: skip
    requests.begun()
    requests.ended(route=route, method=method, status=status, seconds=seconds)


def test_request_is_counted_by_its_template_method_and_class() -> None:
    requests = RequestCounts()
    for status in (200, 204, 404):
        ask(requests, status=status)
    ask(requests, method="post", status=503)
    route = "/v1/campaigns/{id}"
    assert counted(requests) == {(route, "GET", "2xx"): 2, (route, "GET", "4xx"): 1, (route, "POST", "5xx"): 1}


def test_what_a_caller_chooses_makes_no_series() -> None:
    requests = RequestCounts()
    for number in range(50):
        ask(requests, route=None, method=f"BREW{number}", status=900 + number)
    assert counted(requests) == {("unmatched", "other", "other"): 50}


def test_addresses_passed_for_templates_by_mistake_do_not_fill_the_memory() -> None:
    requests = RequestCounts()
    for number in range(MOST_ROUTES + 100):
        ask(requests, route=f"/v1/campaigns/CMP-{number}")
    found = counted(requests)
    assert (len(found), found["other", "GET", "2xx"]) == (MOST_ROUTES + 1, 100)


def test_what_is_under_way_is_counted_until_it_ends() -> None:
    requests = RequestCounts()
    requests.begun()
    requests.begun()
    requests.ended(route=None, method="GET", status=499, seconds=1.0)
    assert requests.in_flight == 1


def test_stream_is_open_until_its_block_ends_however_it_does() -> None:
    requests = RequestCounts()
    with requests.stream(), requests.stream():
        assert requests.streams == 2
    with suppress(ConnectionResetError), requests.stream():
        raise ConnectionResetError
    assert requests.streams == 0


def test_nothing_is_lost_between_threads() -> None:
    requests = RequestCounts()
    with ThreadPoolExecutor(8) as hands:
        for _ in range(400):
            hands.submit(ask, requests)
    assert counted(requests)["/v1/campaigns/{id}", "GET", "2xx"] == 400
    assert requests.in_flight == 0


@given(st.lists(st.floats(0, 1000), max_size=60))
def test_buckets_hold_what_is_at_most_their_bound(seconds: list[float]) -> None:
    histogram = Histogram()
    for one in seconds:
        histogram.count(one)
    told = dict(histogram.cumulative())
    assert told == {**{str(bound): sum(one <= bound for one in seconds) for bound in BOUNDS_S}, "+Inf": len(seconds)}


def test_time_that_runs_backwards_counts_as_none() -> None:
    histogram = Histogram()
    histogram.count(-1.0)
    assert (histogram.sum_s, histogram.cumulative()[0]) == (0.0, ("0.005", 1))
