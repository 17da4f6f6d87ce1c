"""The door to DuckDB: a database in memory that reaches the files it is given and nothing else, and never the network.

What does not fit into memory goes to a folder that is made for it, for its owner only, and is gone afterwards.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from paceline.records.failures import RecordsError, UnreadableRecordsError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "1GB"
"""How much DuckDB keeps in memory before it turns to its folder."""
FEW = 1000
"""So many different values in a column are kept as a dictionary; times have more, and lie faster and closer without."""
ASIDE = f"COPY ($query) TO $path (FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT {FEW})"
"""The query that puts rows aside for a moment."""
_FULL = ("No space left", "Could not write", "temporary file")
"""What DuckDB says where a disk is full."""
KEY = "digest_key"
"""The variable that holds the key of digests: no query has it in its text."""


@contextmanager
def opened(
    reads: Sequence[Path], *, writes: Path | None = None, threads: int = 1, key: str | None = None
) -> Iterator[DuckDBPyConnection]:
    """Open a database in memory.

    Args:
        reads: files that it may read.
        writes: folder that it may read and write; where it also puts aside what does not fit into memory.
        threads: at least 1.
        key: what digests are made with, in hex.

    Raises:
        RecordsError: there is no room for what does not fit into memory, or DuckDB gave up.
        UnreadableRecordsError: a file is not what it says that it is; what stands in it is not told.
        ModuleNotFoundError: the extra `cdr` is not installed.
    """
    import duckdb

    with _folder_aside(writes) as aside:
        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": threads,
            "memory_limit": MEMORY,
            "temp_directory": aside,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        folders = [aside, *([] if writes is None else [str(writes)])]
        # A path with signs that stand for several files is asked for as `file` writes it.
        folders += [_plain(folder) for folder in folders]
        paths = [*map(str, reads), *(_plain(str(path)) for path in reads)]
        connection = duckdb.connect(":memory:", config=config)
        try:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("SET enable_progress_bar = false")
            if key is not None:
                connection.execute(f"SET VARIABLE {KEY} = ?", [key])
            connection.execute(filled("SET allowed_paths = $paths", paths=_listed(paths)))
            connection.execute(filled("SET allowed_directories = $folders", folders=_listed(folders)))
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            yield connection
        except duckdb.Error as wrong:
            failure = _failure(wrong, aside)
            if failure is None:
                raise
            # Not chained: what DuckDB says quotes the query and the file, and a number may stand in either.
            raise failure from None
        finally:
            connection.close()


@contextmanager
def _folder_aside(parent: Path | None) -> Iterator[str]:
    try:
        made = tempfile.TemporaryDirectory(prefix=".aside-", dir=parent)
    except OSError as wrong:
        where = parent or "for what does not fit into memory"
        raise RecordsError(f"no folder can be made {where}: {wrong.strerror}") from wrong
    with made as aside:
        yield aside


def _failure(wrong: Exception, aside: str) -> RecordsError | None:
    """Return how reading failed; None where a query of ours is to blame."""
    import duckdb

    if isinstance(wrong, duckdb.OutOfMemoryException) or any(word in str(wrong) for word in _FULL):
        return RecordsError("call records do not fit", hint=f"make room in {aside}'s folder")
    # Of Parquet that is not sound DuckDB says an error of no kind of its own, or one of these.
    unsound = (duckdb.IOException, duckdb.InvalidInputException, duckdb.ConversionException)
    if type(wrong) is duckdb.Error or isinstance(wrong, unsound):
        return UnreadableRecordsError("a file of call records is not sound: what stands in it cannot be read")
    return None


def filled(template: str, /, **parts: object) -> str:
    """Return a query with its parts in place of `$name`; parts are ours, or went through `text` or `name`."""
    return Template(template).substitute({name: str(part) for name, part in parts.items()})


def text(value: str) -> str:
    """Return a text as SQL writes it.

    >>> text("it's")
    "'it''s'"
    """
    return "'" + value.replace("'", "''") + "'"


def name(value: str) -> str:
    """Return the name of a column or table as SQL writes it.

    >>> name('a"b')
    '"a""b"'
    """
    return '"' + value.replace('"', '""') + '"'


def file(path: Path) -> str:
    """Return the path of one file as SQL writes it: signs that stand for several files stand for themselves."""
    return text(_plain(str(path)))


def files(paths: Sequence[Path]) -> str:
    """Return the paths of files as SQL writes a list of them."""
    return f"[{', '.join(map(file, paths))}]"


def rows_of(values: Iterable[Iterable[str | int | None]]) -> str:
    """Return rows as SQL writes them, at least one; one statement takes thousands as fast as a hundred."""
    return ", ".join(f"({', '.join(map(_value, row))})" for row in values)


def _value(value: str | int | None) -> str:
    return "NULL" if value is None else text(value) if isinstance(value, str) else str(value)


def _plain(path: str) -> str:
    return "".join(f"[{letter}]" if letter in "[*?" else letter for letter in path)


def _listed(words: Iterable[str]) -> str:
    return f"[{', '.join(map(text, words))}]"
