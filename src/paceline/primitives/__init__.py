"""Words that every floor shares: errors, the clock, the pinned zone data.

Nothing here knows campaigns, the platform or the law. Read first: `errors.PacelineError`, `clock.MachineClock`,
`zones.zone`.
"""
