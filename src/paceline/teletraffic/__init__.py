"""Closed forms of traffic theory for a dialer: exact answers in microseconds, and the oracles of the simulator.

It must never know a campaign, a platform or a scenario file; it computes from plain numbers, and loads numpy only to
solve a chain. Read first: `preflight.preflight_lines`, `engset.fixed_lines`, `erlang.erlang_b`.
"""
