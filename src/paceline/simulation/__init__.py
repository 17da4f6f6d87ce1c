"""The dialer in numbers: one model of a campaign's day, and three engines that play it.

It must never know a platform, a ledger or a database; it computes from a scenario and a seed. Read first:
`scenario.Scenario`, `engine.simulate`, `reference.play_day`.
"""
