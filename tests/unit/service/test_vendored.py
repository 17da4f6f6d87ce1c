"""Scripts of others are what their authors published, byte for byte, and nothing else lies beside them."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files

VENDOR = files("paceline.service.dashboard") / "static" / "vendor"
ROW = re.compile(r"^\| (\S+) \| (\S+) \| (\S+) \| .*\| `([0-9a-f]{64})` \|$", re.MULTILINE)


def listed() -> dict[str, tuple[str, str, str]]:
    text = (VENDOR / "VENDORED.md").read_text(encoding="utf-8")
    return {name: (package, version, digest) for name, package, version, digest in ROW.findall(text)}


def test_hashes_of_vendored_files_are_those_that_are_written_down() -> None:
    found = {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in VENDOR.iterdir()}
    assert found.pop("VENDORED.md")
    assert {name: digest for name, (_, _, digest) in listed().items()} == found


def test_every_vendored_package_has_its_version_and_its_licence_beside_it() -> None:
    assert {(package, version) for package, version, _ in listed().values()} == {("htmx.org", "4.0.1")}
    assert "htmx.LICENSE" in listed()
    assert "Permission to use, copy, modify" in (VENDOR / "htmx.LICENSE").read_text(encoding="utf-8")
