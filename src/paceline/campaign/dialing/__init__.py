"""The dialing rules of a campaign: mode, attempts and their spacing, the abandonment threshold, calls per agent.

It must never know the other aspects of a campaign, nor the platform's spelling of the rules. Read first:
`model.Wanted`, `checks.guarded`, `capacity.loosening`.
"""
