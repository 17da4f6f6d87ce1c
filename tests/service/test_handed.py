"""What leaves the house over HTTP can be verified by whoever does not trust the service that gave it."""

from __future__ import annotations

import csv
import io
import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from zipfile import ZipFile

import pytest

from paceline.bootstrap import diagnosis_of
from paceline.control.access.rights import Role
from paceline.ledger.checkpoint import read_checkpoint
from paceline.ledger.keys import key_id
from paceline.ledger.verify import Verification, proves, rows_of_export, verify
from paceline.settings import read_settings
from tests.contract.systems import Office
from tests.service.served import Served, serving

JUNE = {"from": "2026-06-01T00:00:00Z", "to": "2026-07-01T00:00:00Z"}


@pytest.fixture(scope="module")
def kept(lasting: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service with a folder for its key, and a ledger with a change in it."""
    with serving(lasting.system(data_folder=tmp_path_factory.mktemp("data"))) as running:
        running.client().post("/v1/campaigns/ACTIVE:pause", headers={"If-Match": "*"}, json={"reason": "=1+1"})
        yield running


def test_export_holds_every_row_and_a_changed_byte_is_caught_at_its_row(kept: Served) -> None:
    client, tenant = kept.client(Role.VIEWER), kept.system.book.tenant
    sealed = client.post("/v1/audit/checkpoints").json()
    key = b64decode(sealed["key"])
    told = client.get("/v1/audit/export")
    assert told.headers["content-type"].startswith("application/jsonl")
    lines = told.text.splitlines(keepends=True)
    assert len(lines) >= sealed["size"]

    def verified(rows: list[str]) -> Verification:
        return verify(rows_of_export(rows), tenant=tenant, checkpoints=[sealed["text"]], keys={key_id(key): key})

    assert verified(lines).ok
    changed = [*lines[:2], lines[2].replace('\\"reason\\"', '\\"raisin\\"', 1), *lines[3:]]
    found = verified(changed)
    assert changed != lines
    assert (found.ok, found.first_bad) == (False, 3)
    assert not verified(lines[: sealed["size"] - 1]).ok
    rows = list(csv.reader(io.StringIO(client.get("/v1/audit/export?format=csv").text)))
    assert "'=1+1" in {cell for row in rows for cell in row}, "no cell is run by a spreadsheet"
    assert client.get("/v1/audit/export?format=xls").status_code == 422


def test_entry_is_proven_to_be_under_the_root_of_a_checkpoint(kept: Served) -> None:
    client = kept.client(Role.VIEWER)
    sealed = client.post("/v1/audit/checkpoints").json()
    key = b64decode(sealed["key"])
    root = read_checkpoint(sealed["text"], keys={key_id(key): key}).root
    told = client.get("/v1/audit/1/proof", params={"size": sealed["size"]}).json()
    assert proves(told, root=root)
    changed = [{**told["rows"][0], "body": told["rows"][0]["body"] + " "}, *told["rows"][1:]]
    assert not proves({**told, "rows": changed}, root=root)
    assert client.get("/v1/audit/1/proof", params={"size": 10**6}).json()["code"] == "size"
    assert client.get("/v1/audit/999999/proof").status_code == 404


def test_report_is_whole_and_verified_by_its_own_files(kept: Served) -> None:
    client = kept.client(Role.VIEWER)
    answer = client.post("/v1/audit/reports", json=JUNE)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert "paceline-ledger" not in answer.headers
    with ZipFile(io.BytesIO(answer.content)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert files.keys() == {
        "report.html", "export.jsonl", "entries.csv", "abandonment.csv", "checkpoint.txt", "README.txt",
    }  # fmt: skip
    key = b64decode(files["README.txt"].partition("--key ")[2].split()[0])
    rows = rows_of_export(files["export.jsonl"].splitlines(keepends=True))
    found = verify(rows, tenant=kept.system.book.tenant, checkpoints=[files["checkpoint.txt"]], keys={key_id(key): key})
    assert (found.ok, found.entries) == (True, len(files["export.jsonl"].splitlines()))
    assert "Made outside paceline" in files["report.html"]
    assert client.post("/v1/audit/reports", json={**JUNE, "to": JUNE["from"]}).json()["code"] == "period"


def test_service_without_a_folder_for_a_key_says_so(standing: Served) -> None:
    for address, body in (("/v1/audit/checkpoints", None), ("/v1/audit/reports", JUNE)):
        answer = standing.client().post(address, json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "checkpoint")


def test_runbook_is_read_by_the_rule_of_a_finding(standing: Served) -> None:
    client = standing.client(Role.VIEWER)
    listed = client.get("/v1/runbooks").json()
    assert "lifecycle.locked" in listed["rules"]
    assert client.get("/v1/runbooks/lifecycle.locked").json()["text"].startswith("#")
    missing = client.get("/v1/runbooks/lifecycle.lockt").json()
    assert (missing["code"], "lifecycle.locked" in missing["hint"]) == ("no-runbook", True)
    assert client.get("/v1/runbooks/..%2Fsecrets").status_code == 404


def test_operation_of_another_process_is_told_from_one_that_is_forgotten(standing: Served) -> None:
    client, operations = standing.client(Role.VIEWER), standing.app.state.parts.operations
    ours = operations.begin("test", lambda: {"found": json.dumps(7)})
    stranger = client.get("/v1/operations/op_000000000000000000")
    assert (stranger.status_code, stranger.json()["detail"]) == (
        404, "another process began this operation, if anybody did",
    )  # fmt: skip
    forgotten = client.get(f"/v1/operations/{ours.id[:-1]}")
    assert forgotten.json()["detail"] == "this operation is forgotten"


def test_service_that_was_given_settings_looks_at_all_that_they_name(lasting: Office, tmp_path: Path) -> None:
    settings = read_settings(
        flags={},
        environment={
            "PACELINE_API_URL": lasting.emulated.emulator.url,
            "PACELINE_CLIENT_ID": "demo-client",
            "PACELINE_CLIENT_SECRET": "not-the-secret",
            "PACELINE_DATA_FOLDER": str(tmp_path),
        },
        folder=tmp_path,
    )
    with serving(lasting.system()) as served:
        assert served.client().get("/v1/doctor").json()["code"] == "no-settings"
        state = served.app.state
        state.parts = replace(state.parts, diagnose=partial(diagnosis_of, settings))
        client = served.client()
        answer = client.get("/v1/doctor")
        if answer.status_code == 202:
            operations = state.parts.operations
            operations.of(answer.headers["location"].rpartition("/")[2]).future.exception()
            answer = client.get(answer.headers["location"])
        told = answer.json().get("result") or answer.json()
    found = {one["check"]: one["state"] for one in told["checks"]}
    assert (told["ok"], found["token"], found["law"]) == (False, "bad", "ok")
    assert "not-the-secret" not in answer.text
