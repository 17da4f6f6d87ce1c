"""Fixtures of the black-box suite: one emulator for all tests, set back before each; more on request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from paceline.testing import RunningEmulator, running_emulator
from tests.emulator.caller import START, TENANTS, Caller, secrets_in


@pytest.fixture(scope="session")
def shared_emulator() -> Iterator[RunningEmulator]:
    with running_emulator(TENANTS, now=START, speed=0.0, seed=7) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def shared_caller(shared_emulator: RunningEmulator) -> Iterator[Caller]:
    caller = Caller(shared_emulator.url, secrets_in(TENANTS))
    yield caller
    caller.close()


@pytest.fixture
def platform(shared_emulator: RunningEmulator, shared_caller: Caller) -> Caller:
    """A caller of the shared emulator, set back to its tenants file, clock at START and standing still."""
    shared_emulator.reset()
    shared_caller.tokens.clear()
    return shared_caller


@pytest.fixture
def launch() -> Iterator[Callable[..., Caller]]:
    """Start an emulator of one's own: the arguments of `running_emulator`, `tenants` a path (default: the suite's)."""
    with ExitStack() as stack:

        def start(**options: Any) -> Caller:
            tenants = options.pop("tenants", TENANTS)
            options = {"now": START, "speed": 0.0, "seed": 7, **options}
            emulator = stack.enter_context(running_emulator(tenants, **options))
            caller = Caller(
                emulator.url, secrets_in(tenants), tls_url=emulator.tls_url, certificate=emulator.certificate
            )
            stack.callback(caller.close)
            return caller

        yield start
