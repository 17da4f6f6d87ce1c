"""PostgreSQL when there is none."""

from __future__ import annotations

import pytest

from paceline.storage.database import open_database
from paceline.storage.failures import StorageUnavailableError


def test_server_that_is_not_there_is_told_without_its_password() -> None:
    with pytest.raises(StorageUnavailableError) as caught:
        open_database("postgresql+psycopg://ada:hunter2@127.0.0.1:1/paceline", wait_s=2)
    assert caught.value.retryable
    assert caught.value.hint is not None
    assert "hunter2" not in caught.value.report() + str(caught.value.__cause__)
