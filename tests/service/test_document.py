"""The OpenAPI document tells the truth: examples are sent, answers are held against its schemas, whatever is asked."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, load_all_checks

from paceline.control.access.rights import Role
from tests.fuzzing import session
from tests.service.routes import routes_of
from tests.service.served import Served

Document = dict[str, Any]
_HELD = {"number": "1"}


def test_every_operation_says_what_it_does_and_what_it_wants(standing: Served) -> None:
    document = standing.client().get("/openapi.json").json()
    told = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert told >= {one for one in routes_of(standing.app) if one[1].startswith("/v1")}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            place = f"{method} {path}"
            assert operation["summary"], place
            assert operation["description"].strip().endswith("."), place
            if path.startswith("/v1"):
                assert operation["security"], place
                assert {"401", "403", "429"} <= operation["responses"].keys(), place
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            if body is not None:
                assert examples_of(document, body), f"{place} has no example"


def test_every_example_is_answered_as_the_document_says(standing: Served) -> None:
    client = standing.client(Role.ADMINISTRATOR, **{"If-Match": "*"})
    document = client.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if path in {"/v1/events", "/v1/audit/at"}:
                continue  # a stream is read in tests of its own, and this one wants a query
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            for example in examples_of(document, body) if body else [None]:
                answer = client.request(method.upper(), _filled(path, operation), json=example)
                held(document, operation, answer)


def held(document: Document, operation: Document, answer: Any) -> None:
    """Hold an answer against what the document says of its operation."""
    place = f"{answer.request.method} {answer.request.url} {answer.status_code} {answer.text[:300]}"
    assert answer.status_code < 500, place
    said = operation["responses"].get(str(answer.status_code))
    assert said is not None, place
    kind = answer.headers["content-type"].partition(";")[0]
    if answer.status_code >= 400:
        assert kind == "application/problem+json", place
    schema = said.get("content", {}).get(kind, {}).get("schema")
    if schema and kind.endswith("json"):
        whole = {**schema, "components": document["components"]}
        jsonschema.Draft202012Validator(whole).validate(answer.json())


def examples_of(document: Document, schema: Document) -> list[Any]:
    """Return the examples of a body."""
    if "$ref" in schema:
        return examples_of(document, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return [one for inner in schema["anyOf"] for one in examples_of(document, inner)]
    found: list[Any] = schema.get("examples", [])
    return found


def _filled(path: str, operation: Document) -> str:
    for one in operation.get("parameters", []):
        if one["in"] == "path":
            examples = one["schema"].get("examples") or one.get("examples") or [_HELD.get(one["name"])]
            path = path.replace(f"{{{one['name']}}}", str(examples[0]))
    return path


@pytest.mark.filterwarnings("ignore")
def test_whatever_is_asked_is_answered_as_the_document_says(standing: Served) -> None:
    load_all_checks()
    checks = CHECKS.get_by_names(
        ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]
    )
    headers = {"Authorization": f"Bearer {standing.keys[Role.ADMINISTRATOR]}"}
    schema = schemathesis.openapi.from_url(f"{standing.url}/openapi.json")
    chosen = settings(
        max_examples=6,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    with session() as sending:
        for result in schema.get_all_operations():
            found: Any = result
            operation = found.ok()
            if operation.path == "/v1/events":
                continue  # it does not end

            @chosen
            @given(case=operation.as_strategy())
            def answered(case: Any) -> None:
                case.call_and_validate(session=sending, headers=headers, checks=checks, timeout=30)

            answered()
