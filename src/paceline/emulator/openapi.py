"""The OpenAPI 3.1 document, generated from the operations that answer: it holds each of them and nothing else."""

from __future__ import annotations

from typing import Any

from paceline.emulator.forms import Schema
from paceline.emulator.operation import CAMPAIGNS_FAULT, Operation
from paceline.emulator.routes.tokens import ADDRESSES
from paceline.emulator.routing import Directory
from paceline.emulator.schemas import SCHEMAS, ref

_API_REFUSALS = (400, 401, 403, 404, 405, 429, 500)
_WRITE_REFUSALS = (409, 413, 415)
_WORDS = {
    200: "Done",
    201: "Created",
    202: "Accepted",
    204: "Done, no body",
    400: "Unparsable, or fields at fault",
    401: "No valid token",
    403: "Not allowed",
    404: "Not there",
    405: "Not this method",
    409: "In conflict with the present state",
    413: "Body too large",
    415: "Not JSON",
    422: "Fields at fault",
    428: "Precondition required",
    429: "Too many requests",
    500: "The emulator failed",
}
_FORM = {
    "type": "object",
    "properties": {
        "grant_type": {"const": "client_credentials"},
        "client_id": {"type": "string"},
        "client_secret": {"type": "string"},
        "scope": {"type": "string"},
    },
    "required": ["grant_type"],
}


def openapi_document(public: Directory, api: Directory, control: Directory) -> Schema:
    """Return the document of all operations: those anybody may call, the API, and the control surface."""
    paths: dict[str, dict[str, Any]] = {}
    for directory, kind in ((public, "open"), (api, "api"), (control, "control")):
        for operation in directory.operations:
            paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, kind)
    schemes = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "basic": {"type": "http", "scheme": "basic"},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "The campaign platform, as paceline's emulator serves it", "version": "2"},
        "paths": paths,
        "components": {"schemas": SCHEMAS, "securitySchemes": schemes},
    }


def _operation(operation: Operation, kind: str) -> Schema:
    told: Schema = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [kind],
        "parameters": _parameters(operation, kind),
        "responses": _responses(operation, kind),
    }
    if kind == "api" or operation.name == "readTokenInfo":
        told["security"] = [{"bearer": []}]
    if operation.path in ADDRESSES:
        told["security"] = [{}, {"basic": []}]
        told["requestBody"] = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": _FORM}}}
    elif operation.body is not None:
        schema = operation.body.schema()
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return told


def _parameters(operation: Operation, kind: str) -> list[Schema]:
    found: list[Schema] = []
    for segment in operation.path.split("/"):
        if segment.startswith("{"):
            name = segment[1:-1]
            schema = {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[A-Za-z0-9._-]+$"}
            found.append({"name": name, "in": "path", "required": True, "schema": schema})
    for name, form in (operation.query or {}).items():
        found.append({"name": name, "in": "query", "required": False, "schema": form.schema()})
    for name, words in operation.headers.items():
        needed = operation.needs_precondition and name == "If-Match"
        schema = {"type": "string"}
        found.append({"name": name, "in": "header", "required": needed, "schema": schema, "description": words})
    if kind == "api" and (operation.writes or operation.method == "DELETE"):
        schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
        found.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": schema})
    return found


def _responses(operation: Operation, kind: str) -> Schema:
    error = "Error"
    statuses: set[int] = {operation.faults, *operation.refuses, 405, 500}
    if operation.path in ADDRESSES:
        error, statuses = "TokenError", {400, 401, 413}
    elif operation.name == "readTokenInfo":
        statuses = {401, 405, 500}
    elif kind == "api":
        statuses |= set(_API_REFUSALS)
        if operation.writes or operation.method == "DELETE":
            statuses |= set(_WRITE_REFUSALS)
    elif kind == "control":
        statuses |= {400, 403, 404, 413, CAMPAIGNS_FAULT}
    told = {str(status): _response(status, schema) for status, schema in sorted(operation.success.items())}
    told.update({str(status): _response(status, ref(error)) for status in sorted(statuses)})
    if operation.path in ADDRESSES:
        told.update({str(status): _response(status, ref("Error")) for status in (405, 500)})
    return told


def _response(status: int, schema: Schema | None) -> Schema:
    told: Schema = {"description": _WORDS[status]}
    if schema is not None:
        told["content"] = {schema.get("contentMediaType", "application/json"): {"schema": schema}}
    if status == 429:
        told["headers"] = {"Retry-After": {"schema": {"type": "string"}, "required": True}}
    return told
