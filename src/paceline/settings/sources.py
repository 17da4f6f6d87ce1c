"""What counts over what: options, the environment, the env file, the profile, the file; each value knows its source.

Rules:
* In each of them our own name counts over those of other programs, and a value over a file that holds it.
* An empty variable is one that is not set.
* A name that begins with `PACELINE_`, or a key of a file of settings, has to be known; so has each of another profile.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from paceline.settings.env_file import env_lines
from paceline.settings.failures import Fault, SettingsError, nearest
from paceline.settings.kinds import PATH, Kind, UnfitError, Value, of_text, of_value
from paceline.settings.known import FILE_NAME, KNOWN, OURS, keys
from paceline.settings.lists import PATH_LIST

LARGEST_FILE = 1024 * 1024
"""The largest file of settings, or with a secret, that is read, in bytes."""
_PLACE = re.compile(r"\(at [^()]*\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A value as it was found.

    Attributes:
        raw: as it stands there; with `in_file`, the path of the file that holds it.
        source: where that is, in words.
        folder: where a relative path starts.
        judge: how it is judged: as a text, or as a value with a type.
        in_file: whether a file holds it.
    """

    raw: object = field(repr=False)
    source: str
    folder: Path
    judge: Callable[[Kind, object], Value] = of_text
    in_file: bool = False


Layer = Mapping[str, Found]
"""What one source says, by the setting's name."""


def options(flags: Mapping[str, str], folder: Path) -> Layer:
    """Return what the options of a command say; their names are those of settings.

    Raises:
        SettingsError: for an option that is no setting, or a secret.
    """
    for name in flags:
        if name not in KNOWN or KNOWN[name].option is None:
            variables = KNOWN[name].variables if name in KNOWN else ()
            in_file = "write it into the file of settings" if name in KNOWN else nearest(name, KNOWN)
            advice = f"set {' or '.join(variables)}" if variables else in_file
            raise SettingsError(f"{name} is no option", hint=advice)
    return {
        name: Found(raw=said, source=f"the option {KNOWN[name].option}", folder=folder) for name, said in flags.items()
    }


def environment(variables: Mapping[str, str], folder: Path) -> Layer:
    """Return what the environment says.

    Raises:
        SettingsError: for a variable that begins as ours do and is none.
    """
    return _named({name: (said, f"the environment's {name}") for name, said in variables.items()}, folder)


def env_file(path: Path) -> Layer:
    """Return what a file of lines `KEY=VALUE` says.

    Raises:
        SettingsError: it cannot be read, has a bad line, or a variable that begins as ours do and is none.
    """
    lines = env_lines(read_text(path, what="the env file"), name=path.name)
    told = {name: (line.value, f"{name} in line {line.number} of {path.name}") for name, line in lines.items()}
    return _named(told, path.parent)


def _named(variables: Mapping[str, tuple[str, str]], folder: Path) -> Layer:
    known = {variable for setting in KNOWN.values() for variable in setting.variables}
    for name, (_, source) in variables.items():
        if name.startswith(OURS) and name not in known:
            ours = {variable for variable in known if variable.startswith(OURS)}
            raise SettingsError(f"{source} is no setting", hint=nearest(name, ours) or "remove it")
    found = {}
    for setting in KNOWN.values():
        for variable in setting.variables:
            said, source = variables.get(variable, ("", ""))
            if said:
                in_file = setting.by_file and variable.endswith("_FILE")
                found[setting.name] = Found(raw=said, source=source, folder=folder, in_file=in_file)
                break
    return found


def settings_file(path: Path, profile: str | None) -> tuple[Layer, Layer]:
    """Return what the profile says, nothing when none is chosen, and what the file says beside its profiles.

    Raises:
        SettingsError: it cannot be read, is no TOML, has unknown keys, or not this profile.
    """
    try:
        document = tomllib.loads(read_text(path, what="the file of settings"))
    except tomllib.TOMLDecodeError as wrong:
        # What the parser says besides the place may repeat what stands there.
        place = _PLACE.search(str(wrong))
        at = f" {place[0]}" if place else ""
        raise SettingsError(
            f"{path.name} is not TOML{at}", hint='write KEY = "VALUE" lines and [profiles.NAME]'
        ) from None
    profiles = document.pop("profiles", {})
    if not isinstance(profiles, dict) or not all(isinstance(table, dict) for table in profiles.values()):
        raise SettingsError(f"profiles in {path.name} is no table of tables", hint="write [profiles.NAME]")
    layers = {name: _table(table, f"{path.name}, profile {name}", path) for name, table in profiles.items()}
    top = _table(document, path.name, path)
    if profile is None:
        return {}, top
    if profile not in layers:
        there = f"there are: {', '.join(sorted(layers))}" if layers else "it has none: write [profiles.NAME]"
        raise SettingsError(f"{path.name} has no profile {profile}", hint=nearest(profile, layers) or there)
    return layers[profile], top


def _table(table: Mapping[str, object], source: str, path: Path) -> Layer:
    known = dict(keys())
    for key in table:
        if key not in known:
            chooses = key in KNOWN and "it chooses what is read: say it by an option or a variable"
            raise SettingsError(f"{key} in {source} is no setting", hint=chooses or nearest(key, known) or "remove it")
    found = {}
    for key, setting in reversed(known.items()):
        if key in table:
            in_file = key != setting.name
            found[setting.name] = Found(
                raw=table[key], source=source, folder=path.parent, judge=of_value, in_file=in_file
            )
    return found


def layers(flags: Mapping[str, str], variables: Mapping[str, str], folder: Path) -> tuple[Layer, ...]:
    """Return every source, the one that counts most first.

    Raises:
        SettingsError: a source cannot be read, or holds names that are no settings.
    """
    home = variables.get("HOME")
    told = [options(flags, folder), environment(variables, folder)]
    lines = chosen("env_file", told)
    if lines is not None:
        told.append(env_file(Path(str(value_of("env_file", lines, home=home)))))
    named, asked = chosen("config", told), chosen("profile", told)
    path = folder / FILE_NAME if named is None else Path(str(value_of("config", named, home=home)))
    profile = None if asked is None else str(value_of("profile", asked, home=home))
    if named is not None or path.exists():
        told.extend(settings_file(path, profile))
    elif asked is not None:
        raise SettingsError(
            f"{asked.source} names a profile, but there is no {FILE_NAME} here", hint="name the file by --config FILE"
        )
    return tuple(told)


def chosen(name: str, told: Iterable[Layer]) -> Found | None:
    """Return what counts for a setting, None when no source says anything."""
    return next((layer[name] for layer in told if name in layer), None)


def value_of(name: str, found: Found, *, home: str | None) -> Value | Path:
    """Return the value of a setting: judged, a path made absolute, a file read where one holds it.

    Raises:
        SettingsError: it is not what the setting takes, or its file cannot be read.
    """
    known = KNOWN[name]
    try:
        if not found.in_file:
            value = found.judge(known.kind, found.raw)
            if isinstance(value, tuple) and known.kind is PATH_LIST:
                return tuple(str(_placed(one, found.folder, home)) for one in value)
            return _placed(str(value), found.folder, home) if known.kind is PATH else value
        path = _placed(str(found.judge(PATH, found.raw)), found.folder, home)
    except UnfitError as wrong:
        raise _unfit(name, found.source, str(wrong)) from None
    source = f"the file that {found.source} names"
    text = read_text(path, what=source)
    try:
        return of_text(known.kind, text.removesuffix("\n").removesuffix("\r"))
    except UnfitError as wrong:
        raise _unfit(name, source, str(wrong)) from None


def _unfit(name: str, source: str, wrong: str) -> SettingsError:
    default = f", or remove it to have {KNOWN[name].default}" if KNOWN[name].default is not None else ""
    return SettingsError.of([Fault(setting=name, source=source, wrong=wrong)], hint=f"correct it there{default}")


def _placed(path: str, folder: Path, home: str | None) -> Path:
    """Return the absolute path that this one means."""
    if home and (path == "~" or path.startswith("~/")):
        return Path(home, path[2:])
    return folder / path


def read_text(path: Path, *, what: str) -> str:
    """Return the text of a small file; `what` is how errors call it.

    Raises:
        SettingsError: it cannot be read, is larger than `LARGEST_FILE`, or is no text.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as wrong:
        raise SettingsError(f"cannot read {what}: {path}: {wrong.strerror}", hint="name another one") from wrong
    if len(content) > LARGEST_FILE:
        raise SettingsError(f"{what} is larger than {LARGEST_FILE} bytes: {path}", hint="name another one")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # The cause would hold the file's content.
        raise SettingsError(f"{what} is no text in UTF-8: {path}", hint="save it as UTF-8") from None
