"""Services in processes of their own, each killed at a moment of the first change that it makes.

Run by tests/forking.py, it reads orders as the walker does: it writes the address of a service, which is gone by signal
9 at the moment of the order, and then how it ended.
"""

from __future__ import annotations

import os
from threading import Event

from tests.contract.walker import WalkOrder, carry_out, system_of
from tests.service.served import serving


def serve(order: WalkOrder) -> None:
    """Serve until the end."""
    with serving(system_of(order), {}) as served:
        os.write(1, f"{served.url}\n".encode())
        Event().wait()


def main() -> None:
    carry_out(serve)
