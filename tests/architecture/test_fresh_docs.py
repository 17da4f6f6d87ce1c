"""The generated pages of the reference are what the code and the tests say now."""

from __future__ import annotations

import pytest

from tests.architecture.generated import PAGES, REFERENCE, page


@pytest.mark.parametrize("name", PAGES)
def test_generated_page_is_fresh(name: str) -> None:
    written = (REFERENCE / name).read_text(encoding="utf-8")
    assert written == page(name), f"docs/reference/{name} is out of date: run `make fix`"
