"""The emulator as a process of its own: started from the command line, stopped, and killed."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.emulator.caller import START, TENANTS, Caller, secrets_in
from tests.forked import Forked


class Served:
    """An emulator with a state file that can be ended and started again."""

    def __init__(self, state: Path | None, *options: str, tenants: Path = TENANTS) -> None:
        self.command = ["emulator", "serve", "--port", "0", "--tenants", str(tenants)]
        self.command += ["--speed", "0", "--clock", START, "--seed", "7"]
        self.command += ["--state", str(state)] if state else []
        self.command += options
        self.tokens: dict[str, str] = {}
        self.secrets = secrets_in(tenants)
        self.process: Forked | None = None
        self.caller: Caller | None = None
        self.errors = (state.parent / "stderr.txt").open("a", encoding="utf-8") if state else None

    def start(self) -> Caller:
        """Start it and return a caller of it, who still has the tokens of before."""
        self.process = Forked(self.command, stderr=self.errors)
        for line in self.process.stdout:
            found = re.search(r"http://[0-9.]+:(\d+)", line)
            if found:
                self.caller = Caller(f"http://127.0.0.1:{found[1]}", self.secrets, tokens=self.tokens)
                return self.caller
        raise AssertionError(f"it ended with {self.process.wait()}")

    def end(self, how: int = signal.SIGTERM) -> None:
        """End it by a signal, the gentle one or SIGKILL."""
        if self.caller is not None:
            self.caller.close()
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait()
        if self.process is not None:
            self.process.stdout.close()

    def again(self, how: int = signal.SIGKILL) -> Caller:
        """End it and start it again."""
        self.end(how)
        return self.start()

    def close(self) -> None:
        self.end(signal.SIGKILL)
        if self.errors is not None:
            self.errors.close()


@contextmanager
def serving() -> Iterator[Callable[..., Served]]:
    """Give out emulators as processes and end them all."""
    with ExitStack() as stack:

        def make(state: Path | None, *options: str, tenants: Path = TENANTS) -> Served:
            served = Served(state, *options, tenants=tenants)
            stack.callback(served.close)
            return served

        yield make
