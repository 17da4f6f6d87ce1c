"""Pause, resume and stop: which state may follow which, when, and what becomes of calls in flight.

It must never know the other aspects of a campaign. Read first:
`machine.TRANSITIONS`, `changes.Pause`, `checks.guarded`.
"""
