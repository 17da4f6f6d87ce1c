"""Many campaigns at once: an item each, and the freeze that latches before it stops, and keeps stopped.

It must never skip the corridor for the sake of speed. Read first: `fleet.Fleet`, `freeze.Freeze`,
`enforcement.Enforcement`.
"""
