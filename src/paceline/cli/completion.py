"""`paceline completion`: what a shell needs to complete commands and options, printed, for its own place to keep.

| shell | where it looks for it |
| --- | --- |
| bash | `~/.local/share/bash-completion/completions/paceline` |
| zsh | `_paceline`, in a folder of `$fpath` |
| fish | `~/.config/fish/completions/paceline.fish` |
"""

from __future__ import annotations

import os
from enum import StrEnum
from functools import cache
from pathlib import PurePath

from paceline.cli import exits
from paceline.cli.words import UsageError


class Shell(StrEnum):
    """The shells that there is a script for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(shell: Shell | None = None, /) -> int:
    """Print the script with which a shell completes the commands, their options, and the words that options take.

    For bash: paceline completion bash > ~/.local/share/bash-completion/completions/paceline

    Parameters
    ----------
    shell
        Which shell; the one that SHELL names without.
    """
    print(_script(shell or _own()))
    return exits.DONE


@cache
def _script(shell: Shell) -> str:
    # Every command is loaded and looked through for it.
    from paceline.cli.main import app

    return app.generate_completion(prog_name="paceline", shell=shell.value).rstrip("\n")


def _own() -> Shell:
    named = PurePath(os.environ.get("SHELL", "")).name
    if named not in set(Shell):
        told = f"the shell {named!r} of SHELL" if named else "no shell is named, and SHELL"
        raise UsageError(f"{told} is none of {', '.join(Shell)}", hint="name one: paceline completion bash")
    return Shell(named)
