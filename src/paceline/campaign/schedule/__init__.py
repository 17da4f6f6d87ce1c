"""The schedule of a campaign: its weekly windows, their zone, and the proof that they place no illegal call.

It must never know the other aspects of a campaign, nor the platform's spelling of a schedule. Read first:
`model.Wanted`, `proof.proof`, `checks.guarded`.
"""
