"""The same steps as a pandas script would do them; run by a Python that has pandas, pyarrow and scipy; prints JSON.

`python benchmarks/records/peer.py FILE FOLDER ZONE`: it knows nothing of paceline, and is as fast as pandas makes it:
columns as a whole, never a loop over rows.
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # in the environment of the peers alone, which has no stubs
from scipy import stats

KEY = "5a" * 16
HALF_S = 1800
AWAY_S = 900.0
ENDINGS = ["connected", "abandoned", "machine", "no_answer", "busy", "failed"]
DURATIONS = {"ring_s": (0.25, 240), "talk_s": (2.0, 3600), "wrap_s": (0.5, 2400)}


def main(file: str, folder: str, zone: str) -> None:
    """Do every step; print seconds of CPU and of the clock for each, and the most memory."""
    told: dict[str, Any] = {}
    with step(told, "read, check, keep"):
        calls = pd.read_parquet(file)
        bad = wrong(calls)
        if bad.any():
            raise SystemExit(f"{int(bad.sum())} bad rows")
        for column in ("number", "agent", "debt"):
            calls[column] = digests(calls[column], column)
        calls = calls.sort_values("at", kind="stable")
        calls.to_parquet(Path(folder) / "peer.parquet", compression="zstd", index=False)
    with step(told, "count"):
        told |= counted(calls, zone)
    with step(told, "fit"):
        told["fits"] = fitted(calls)
    told["rows"] = len(calls)
    told["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps(told))


def wrong(calls: Any) -> Any:
    """Return which rows are bad."""
    bad = calls["at"].isna() | (calls["at"] > pd.Timestamp("2030-01-01", tz="UTC"))
    bad |= ~calls["number"].str.fullmatch(r"\+1[2-9][0-9]{9}|\+[2-9][0-9]{6,13}").fillna(value=False).astype(bool)
    bad |= ~calls["ending"].isin(ENDINGS) | ~calls["line"].isin(["landline", "cell", "voip", "unknown"])
    bad |= ~calls["region"].str.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?").fillna(value=True).astype(bool)
    bad |= ~(calls["cut"].isna() | (calls["cut"] == "shift")) | ~calls["attempt"].between(1, 10_000)
    for column in ("ring_s", "wait_s", "talk_s", "wrap_s"):
        bad |= ~(calls[column].isna() | calls[column].between(0, 86_400, inclusive="left"))
    bad |= (calls["ending"] == "abandoned") & (calls["talk_s"] > 0)
    return bad | calls.duplicated(["number", "at"])


def digests(column: Any, kind: str) -> Any:
    """Return keyed digests; each different value is hashed once."""
    codes, values = pd.factorize(column)
    found = np.fromiter(
        (int(hashlib.sha256(f"{KEY}{kind[0]}:{value}".encode()).hexdigest()[:16], 16) for value in values),
        dtype=np.uint64,
        count=len(values),
    )
    return np.where(codes < 0, np.uint64(0), found[codes])


def counted(calls: Any, zone: str) -> dict[str, Any]:
    """Return what a summary holds, as far as it is one number."""
    answered = calls["ending"].isin(["connected", "abandoned"])
    for column, (step_s, steps) in DURATIONS.items():
        values = calls.loc[calls["ending"] == "connected", column].dropna().to_numpy()
        np.bincount(np.minimum((values / step_s).astype(np.int64), steps - 1), minlength=steps)
    local = calls["at"].dt.tz_convert(zone)
    keys = [local.dt.date, local.dt.hour, calls["line"], calls["attempt"].clip(upper=10)]
    answered.groupby(keys).agg(["size", "sum"])
    half = calls["at"].dt.floor("30min")
    pd.crosstab(half, calls["ending"])
    calls["wait_s"].where(answered).groupby(half).sum()
    at_s = calls["at"].astype("datetime64[us, UTC]").astype("int64").to_numpy() / 1e6
    talks = calls["talk_s"].notna().to_numpy()
    begun = at_s[talks] + calls.loc[talks, ["ring_s", "wait_s"]].fillna(0).sum(axis=1).to_numpy()
    talked = begun + calls.loc[talks, "talk_s"].to_numpy()
    wrapped = talked + calls.loc[talks, "wrap_s"].fillna(0).to_numpy()
    until = (at_s.max() // HALF_S + 1) * HALF_S
    talk_s, wrap_s = spread(begun, talked, until), spread(talked, wrapped, until)
    there = stretches(calls.loc[talks, "agent"].to_numpy(), begun, wrapped)
    person, at = calls["number"].to_numpy(), at_s
    order = np.lexsort((at, person))
    gaps = np.diff(at[order])[np.diff(person[order].astype(np.int64)) == 0]
    return {
        "persons": int(calls["number"].nunique()),
        "half_hours": int(half.nunique()),
        "talk_h": sum(talk_s.values()) / 3600,
        "wrap_h": sum(wrap_s.values()) / 3600,
        "staffed_h": sum(spread(*there, until).values()) / 3600,
        "retry_horizon_s": float(gaps.max()),
    }


def spread(begins: Any, ends: Any, last: float) -> dict[int, float]:
    """Return the seconds of stretches in each half-hour, up to the last one in which anybody was dialed."""
    sums: dict[int, float] = {}
    begins, ends = np.minimum(begins, last), np.minimum(ends, last)
    while len(begins):
        row = (begins // HALF_S).astype(np.int64)
        until = np.minimum((row + 1) * HALF_S, ends)
        for place, seconds in pd.Series(until - begins).groupby(row).sum().items():
            sums[place] = sums.get(place, 0.0) + seconds
        left = until < ends
        begins, ends = until[left], ends[left]
    return sums


def stretches(agent: Any, begun: Any, ended: Any) -> tuple[Any, Any]:
    """Return when agents were there, by their activity."""
    frame = pd.DataFrame({"agent": agent, "begun": begun, "ended": ended}).sort_values(["agent", "begun"])
    last = frame.groupby("agent")["ended"].cummax().groupby(frame["agent"]).shift()
    island = ((frame["begun"] - last) > AWAY_S).fillna(value=True) | last.isna()
    merged = frame.groupby(island.cumsum()).agg({"begun": "min", "ended": "max"})
    return merged["begun"].to_numpy(), merged["ended"].to_numpy()


def fitted(calls: Any) -> int:
    """Fit the same families to every time itself; return how many fits there were."""
    fits = 0
    connected = calls[calls["ending"] == "connected"]
    for column in DURATIONS:
        values = connected[column].dropna().to_numpy()
        values = values[values > 0]
        for family in (stats.lognorm, stats.gamma, stats.weibull_min, stats.expon):
            family.fit(values, floc=0)
            fits += 1
    return fits


@contextmanager
def step(told: dict[str, Any], name: str) -> Iterator[None]:
    """Note the CPU and the time that a step takes, seconds."""
    cpu, began = _cpu_s(), time.perf_counter()
    yield
    told[name] = {"cpu_s": _cpu_s() - cpu, "wall_s": time.perf_counter() - began}


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(*sys.argv[1:])
