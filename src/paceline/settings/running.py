"""What a running `paceline up` tells of itself, in the data folder: its address, its credentials, its database.

Rules:
* The folder and the file are for their owner only; the file is there as a whole or not at all.
* Who runs holds a lock on a second file, which the operating system lets go of however the process ends. So one that
  was killed is known as gone, even when another process has got its number.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from paceline.cxone.auth import Credentials
from paceline.settings import kinds
from paceline.settings.failures import SettingsError
from paceline.settings.kinds import UnfitError, of_value
from paceline.settings.record import Local
from paceline.settings.sources import read_text

TOLD = "up.json"
"""The file that tells where it is, in the data folder."""
HELD = "up.lock"
"""The file whose lock it holds, in the data folder; it is empty."""
_KINDS = {
    "api_url": kinds.ORIGIN,
    "auth_url": kinds.ENDPOINT,
    "client_id": kinds.text(),
    "client_secret": kinds.text(),
    "database_url": kinds.DATABASE,
    "pid": kinds.whole(1, 2**31 - 1),
}


class AlreadyUpError(SettingsError):
    """a `paceline up` runs already with this data folder"""

    code = "already-up"


class GoneError(SettingsError):
    """the `paceline up` that wrote this file is gone"""

    code = "up-gone"


def made_folder(folder: Path) -> Path:
    """Return the data folder, which is made when it is not there, for its owner only.

    Raises:
        SettingsError: it cannot be made.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as wrong:
        raise SettingsError(
            f"the data folder {folder} cannot be made: {wrong.strerror}", hint="set PACELINE_DATA_FOLDER to another one"
        ) from wrong
    return folder


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Be the one that runs with this data folder while the block runs, and leave nothing told behind.

    Raises:
        AlreadyUpError: another process is.
    """
    place = os.open(folder / HELD, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _already(folder) from None
        try:
            yield
        finally:
            (folder / TOLD).unlink(missing_ok=True)
    finally:
        os.close(place)


def _already(folder: Path) -> AlreadyUpError:
    try:
        there = _read(folder / TOLD)
    except SettingsError:
        # It is about to tell, or about to end.
        return AlreadyUpError(hint="end that one, or set PACELINE_DATA_FOLDER to another folder")
    message = f"a `paceline up` runs already: process {there.pid}, emulator at {there.api_url}"
    return AlreadyUpError(message, hint="use it, end it, or set PACELINE_DATA_FOLDER to another folder")


def tell(folder: Path, told: Local) -> Path:
    """Write where it is, and return the file; to be called by who holds the folder."""
    document = {
        "api_url": told.api_url,
        "auth_url": told.token_url,
        "client_id": told.credentials.client_id,
        "client_secret": told.credentials.client_secret,
        "database_url": told.database_url,
        "pid": told.pid,
    }
    if told.service_url is not None:
        document["service_url"] = told.service_url
    path = folder / TOLD
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(document, file, indent=1)
    new.replace(path)
    return path


def running(folder: Path) -> Local | None:
    """Return what a running `paceline up` tells, None when there is none.

    Raises:
        GoneError: there was one, but its process is gone.
        SettingsError: what it told cannot be read.
    """
    path = folder / TOLD
    if not path.exists():
        return None
    told = _read(path)
    if not (_lives(told.pid) and _is_held(folder / HELD)):
        raise GoneError(f"the `paceline up` of {path} (process {told.pid}) is gone", hint="start it again: paceline up")
    return told


def _read(path: Path) -> Local:
    try:
        document = json.loads(read_text(path, what="what `paceline up` told"))
        told: dict[str, Any] = {name: of_value(kind, document[name]) for name, kind in _KINDS.items()}
        service = document.get("service_url")
        told["service_url"] = None if service is None else of_value(kinds.ORIGIN, service)
    except (ValueError, TypeError, KeyError, RecursionError) as wrong:
        # A cause could repeat the secret in it.
        fault = f": {wrong}" if isinstance(wrong, UnfitError) else ""
        raise SettingsError(
            f"{path} is not what `paceline up` writes{fault}", hint="remove it and start `paceline up` again"
        ) from None
    return Local(
        api_url=told["api_url"],
        token_url=told["auth_url"],
        credentials=Credentials(client_id=told["client_id"], client_secret=told["client_secret"]),
        database_url=told["database_url"],
        pid=told["pid"],
        service_url=told["service_url"],
    )


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)  # asks, and sends nothing
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_held(path: Path) -> bool:
    """Return whether a process holds the lock; asked only where a process of that number lives.

    To ask is to hold it for a moment, in which another `paceline up` could not start.
    """
    try:
        place = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(place, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(place)
    return False
