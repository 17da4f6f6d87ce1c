"""Which changes want a second person, and what was asked of one: kept, told, and withdrawn.

It must never make a change: what was approved is made by `due`. Read first: `policy.Policy`, `desk.ApprovalDesk`,
`withdrawal.Withdrawal`.
"""
