"""The pacing of a campaign: what its predictive dialer is told, and what is expected to come of it.

It must never know the other aspects of a campaign, nor the platform's spelling, nor how a projection is computed. Read
first: `model.Wanted`, `checks.guarded`, `boldness.loosening`.
"""
