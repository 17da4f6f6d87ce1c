"""Hold the emulator's dialer against the simulation, and print its best settings.

`python -m benchmarks.emulator_dialer [day|settings]`: both without a word. Exit 1 when a day does not agree with its
simulation within error, or a best setting is one of the ends of what the contract allows.
"""

from __future__ import annotations

import argparse
import platform
import sys

import numpy as np

from benchmarks.emulator_dialer.day import print_day
from benchmarks.emulator_dialer.settings import print_settings

PARTS = {"day": ("A day", print_day), "settings": ("Best settings", print_settings)}


def main() -> int:
    """Print the parts asked for as Markdown; 1 when one of them does not hold."""
    asked = argparse.ArgumentParser(prog="benchmarks.emulator_dialer", description=__doc__)
    asked.add_argument("part", nargs="?", choices=tuple(PARTS), help="one part only")
    part = asked.parse_args().part
    sys.stdout.write(f"Python {platform.python_version()}, NumPy {np.__version__}\n")
    held = True
    for name, (title, show) in PARTS.items():
        if part in {None, name}:
            sys.stdout.write(f"\n## {title}\n\n")
            held = show() and held
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
