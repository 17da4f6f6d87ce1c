"""The OpenAPI document is valid, and every answer to what a fuzzer makes of it is one that the document knows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from paceline.emulator.clock import PlatformClock
from paceline.emulator.messages import Request
from paceline.emulator.platform import Platform
from paceline.primitives.clock import ManualClock
from paceline.testing import running_emulator
from tests.emulator.caller import START, TENANTS, Caller, secrets_in
from tests.emulator.holds import holds
from tests.fuzzing import session

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
)
EXAMPLES = 20
IDS = {"campaign": "BULK-1", "webhook": "none", "simulation": "none", "fault": "F1"}


@pytest.fixture(scope="module")
def bulk() -> Iterator[Caller]:
    with running_emulator(TENANTS, now=START, speed=0.0, seed=7) as emulator:
        caller = Caller(emulator.url, secrets_in(TENANTS))
        yield caller
        caller.close()


@pytest.fixture(scope="module")
def described(bulk: Caller) -> Any:
    """What a fuzzer reads out of the document, once for all operations."""
    return schemathesis.openapi.from_url(f"{bulk.url}/openapi.json")


def cases() -> list[tuple[str, str, GenerationMode]]:
    """Return path, method and kind of data for every operation, as a platform in memory describes itself.

    What takes neither parameters nor a body cannot be given wrong data.
    """
    platform = Platform(None, PlatformClock(ManualClock(), at=0, speed=0.0))
    described = platform.handle(Request("GET", "/openapi.json")).answer
    assert described is not None
    document = json.loads(described.body)
    return [
        (path, method, mode)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        if mode is GenerationMode.POSITIVE or operation["parameters"] or "requestBody" in operation
    ]


@pytest.fixture(scope="module")
def sending() -> Iterator[requests.Session]:
    with session() as ready:
        yield ready


@pytest.mark.parametrize(("path", "method", "mode"), cases())
def test_every_answer_is_one_that_the_document_knows(
    path: str, method: str, mode: GenerationMode, bulk: Caller, described: Any, sending: requests.Session
) -> None:
    bulk.reset()
    operation = described[path][method]
    # What goes into the path is known, so none is made up for it, unless nothing else can be wrong.
    known = {name: IDS[name] for name in re.findall(r"{(\w+)}", path)}
    only_path = mode is GenerationMode.NEGATIVE and not (operation.body or operation.query or operation.headers)
    given_path = {} if only_path or not known else {"path_parameters": known}

    @given(case=operation.as_strategy(generation_mode=mode, **given_path))
    @settings(max_examples=EXAMPLES, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def fuzz(case: Any) -> None:
        case.path_parameters = {name: IDS[name] for name in (case.path_parameters or {})}
        if path.startswith("/api/"):
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {bulk.token('bulk-all')}"}
        case.validate_response(case.call(session=sending, timeout=30), checks=CHECKS)

    fuzz()


@holds("3.01")
def test_document_is_valid_openapi(platform: Caller) -> None:
    document = platform.get("/openapi.json", client=None).json()
    OpenAPIV31SpecValidator(document).validate()


def test_every_path_parameter_of_the_document_has_a_value_here(platform: Caller) -> None:
    document = platform.get("/openapi.json", client=None).json()
    names = {name for path in document["paths"] for name in re.findall(r"{(\w+)}", path)}
    assert names == set(IDS)
